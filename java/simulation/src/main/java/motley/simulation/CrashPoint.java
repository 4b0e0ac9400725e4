package motley.simulation;

/// Where exactly the coordinator dies: having made its `decision`th decision, counted over all its
/// lives from 1, and carried out the first `effects` of that decision's effects, or all if they are
/// fewer.
///
/// @param decision 0: nowhere
record CrashPoint(long decision, int effects) {
    static final CrashPoint NONE = new CrashPoint(0, 0);

    /// Whether `carriedOut` of `all` effects of this decision are what it is given time for.
    boolean isReached(long number, int carriedOut, int all) {
        return number == decision && carriedOut == Math.min(effects, all);
    }
}
