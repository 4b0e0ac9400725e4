package motley.simulation;

/// Where exactly the coordinator dies: having made its `decision`th decision, counted over all its
/// lives from 1, and carried out the first `effects` of that decision's effects.
///
/// @param decision 0: nowhere
record CrashPoint(long decision, int effects) {
    static final CrashPoint NONE = new CrashPoint(0, 0);

    boolean isReached(long decisions, int carriedOut) {
        return decisions == decision && carriedOut == effects;
    }
}
