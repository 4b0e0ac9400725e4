package motley.rounds;

import static motley.tensor.Require.require;

/// The dials of the loop: when a round closes, how old an answer may be, and how much a device does
/// between two answers. The names people know are settings of them:
///
/// | name | `k` | `staleness` | `local` |
/// |---|---|---|---|
/// | sync | 0 | 0 | none |
/// | k-batch | K | 0 | none |
/// | async | 1 or a few | S | none |
/// | local (FedAvg, local SGD, DiLoCo) | 0 or K | 0 | steps |
///
/// @param k contributions that close a round; 0: all its tasks
/// @param staleness how many versions behind the present one the parameters of an accepted answer
///     may be; 0: not at all
/// @param local what a device does on its own before it answers
public record Strategy(int k, int staleness, Local local) {
    /// Every task of a round, computed at its parameters.
    public static final Strategy SYNC = new Strategy(0, 0, Local.NONE);

    /// @throws IllegalArgumentException naming the first component out of its range
    public Strategy {
        require(k >= 0, "k: %d (expected: at least 1, or 0 for all tasks)", k);
        require(staleness >= 0, "staleness: %d (expected: at least 0)", staleness);
        require(
                staleness == 0 || !local.isUsed(),
                "staleness: %d (expected: 0, where devices take local steps)",
                staleness);
    }

    /// Local steps: a task is a short training of its own, whose answer is by how much the
    /// parameters moved.
    ///
    /// @param steps optimizer steps of a task, each over a micro-batch of its own; 0: none, an
    ///     answer is a gradient
    /// @param passes how often a task goes over its samples
    /// @param warmUpRounds rounds without local steps at the start of the run
    public record Local(int steps, int passes, int warmUpRounds) {
        public static final Local NONE = new Local(0, 1, 0);

        /// @throws IllegalArgumentException naming the first component out of its range
        public Local {
            require(steps >= 0, "steps: %d (expected: at least 0)", steps);
            require(passes >= 1, "passes: %d (expected: at least 1)", passes);
            require(warmUpRounds >= 0, "warmUpRounds: %d (expected: at least 0)", warmUpRounds);
        }

        public boolean isUsed() {
            return steps > 0;
        }
    }
}
