package motley.wire;

/// Which task of which run, as both sides name it.
///
/// @param fence rises whenever the run changes owner; older fences are refused
/// @param slot the micro-batch within its round
public record TaskKey(
        String run, long lease, long fence, int round, int slot, long parameterVersion) {}
