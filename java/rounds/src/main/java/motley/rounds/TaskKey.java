package motley.rounds;

/// Which lease, round, slot and parameters a contribution is for. The device repeats the key of
/// its task, and the loop compares every part of it.
///
/// @param round counted from 0 over the whole run; while evaluating, the number of training
///     rounds applied so far
/// @param slot the micro-batch's place in its round, counted from 0
/// @param version the parameter version the task must be computed at
public record TaskKey(LeaseId lease, int round, int slot, long version) {}
