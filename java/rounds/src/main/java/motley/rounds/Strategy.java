package motley.rounds;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.OptionalInt;

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

    /// The names of [#named], in the order of the table above.
    public static final List<String> NAMES = List.of("sync", "k-batch", "async", "local");

    /// How many versions behind an answer may be unless somebody says. Source: bounded staleness
    /// trained as fast as waiting up to 16 versions in our measurements (docs/strategies.md).
    public static final int STALENESS_USUAL = 16;

    /// @throws IllegalArgumentException naming the first component out of its range
    public Strategy {
        require(k >= 0, "k: %d (expected: at least 1, or 0 for all tasks)", k);
        require(staleness >= 0, "staleness: %d (expected: at least 0)", staleness);
        require(
                staleness == 0 || !local.isUsed(),
                "staleness: %d (expected: 0, where devices take local steps)",
                staleness);
    }

    /// The strategy that people call `name`, with what they say of its dials; the others take their
    /// usual values: `k` is all `tasks` of a round for `k-batch` and 1 for `async`.
    ///
    /// @throws IllegalArgumentException if there is no such strategy, or if it has no such dial
    public static Strategy named(String name, OptionalInt k, OptionalInt staleness, int tasks) {
        return switch (name) {
            case "sync" -> {
                requireNone("k", k, name);
                requireNone("staleness", staleness, name);
                yield SYNC;
            }
            case "k-batch" -> {
                requireNone("staleness", staleness, name);
                yield new Strategy(atLeastOne("k", k.orElse(tasks)), 0, Local.NONE);
            }
            case "async" -> {
                int bound = atLeastOne("staleness", staleness.orElse(STALENESS_USUAL));
                yield new Strategy(atLeastOne("k", k.orElse(1)), bound, Local.NONE);
            }
            case "local" -> {
                requireNone("k", k, name);
                requireNone("staleness", staleness, name);
                yield new Strategy(0, 0, Local.USUAL);
            }
            default ->
                    throw new IllegalArgumentException(
                            "strategy: %s (expected: one of %s)"
                                    .formatted(name, String.join(", ", NAMES)));
        };
    }

    /// This strategy with other local steps.
    public Strategy withLocal(Local other) {
        return new Strategy(k, staleness, other);
    }

    /// Whether an update takes whatever answers come first, so that an epoch is one flow of tasks
    /// and not a row of rounds with tasks of their own.
    public boolean flows() {
        return k > 0 && !local.isUsed();
    }

    /// What people call it, as [#named] reads it.
    public String name() {
        if (local.isUsed()) return "local";
        if (staleness > 0) return "async";
        return k > 0 ? "k-batch" : "sync";
    }

    private static int atLeastOne(String dial, int value) {
        require(value >= 1, "%s: %d (expected: at least 1)", dial, value);
        return value;
    }

    private static void requireNone(String dial, OptionalInt value, String name) {
        if (value.isEmpty()) return;
        throw new IllegalArgumentException(
                "%s: %d (expected: none, %s has no such dial)"
                        .formatted(dial, value.getAsInt(), name));
    }

    /// Local steps: a task is a short training of its own, whose answer is by how much the
    /// parameters moved.
    ///
    /// @param steps optimizer steps of a task, each over a micro-batch of its own; 0: none, an
    ///     answer is a gradient
    /// @param passes how often a task goes over its samples
    /// @param warmUpRounds rounds without local steps at the start of the run
    /// @param fragments parts of the model that are synchronised in turns, each once in `steps`
    ///     steps: a round is `steps / fragments` of them, and its answers hold one part
    /// @param replicas whether a device keeps its copy of the model and its optimizer's state from
    ///     task to task
    public record Local(int steps, int passes, int warmUpRounds, int fragments, boolean replicas) {
        public static final Local NONE = new Local(0, 1, 0);

        /// Steps unless somebody says, without warm-up ([#usualWarmUp] gives one). Source:
        /// docs/strategies.md.
        public static final Local USUAL = new Local(20, 1, 0);

        /// Steps of a task, over all its passes: their learning rates travel with it.
        public static final int TASK_STEPS_MAX = 4096;

        /// Their ends travel with every task.
        public static final int FRAGMENTS_MAX = 64;

        private static final int WARM_UP_MAX = 1000;

        /// Local steps after which everything is synchronised and nothing kept.
        public Local(int steps, int passes, int warmUpRounds) {
            this(steps, passes, warmUpRounds, 1, false);
        }

        /// @throws IllegalArgumentException naming the first component out of its range
        public Local {
            require(steps >= 0, "steps: %d (expected: at least 0)", steps);
            require(passes >= 1, "passes: %d (expected: at least 1)", passes);
            require(warmUpRounds >= 0, "warmUpRounds: %d (expected: at least 0)", warmUpRounds);
            require(
                    (long) steps * passes <= TASK_STEPS_MAX,
                    "steps: %d, in each of %d passes (expected: at most %d in all)",
                    steps,
                    passes,
                    TASK_STEPS_MAX);
            require(
                    fragments >= 1 && fragments <= FRAGMENTS_MAX,
                    "fragments: %d (expected: 1 to %d)",
                    fragments,
                    FRAGMENTS_MAX);
            require(
                    steps % fragments == 0,
                    "fragments: %d (expected: a divisor of localSteps, %d)",
                    fragments,
                    steps);
            require(
                    fragments == 1 || passes == 1,
                    "fragments: %d (expected: 1, where a task goes over its samples %d times)",
                    fragments,
                    passes);
            require(
                    fragments == 1 || replicas,
                    "replicas: false (expected: true with %d fragments: what is not synchronised"
                            + " yet must stay on the device)",
                    fragments);
        }

        /// Steps of a task in one pass: what lies between two synchronisations of whatever part.
        public int stepsOfRound() {
            return steps / fragments;
        }

        /// A third of the rounds that the run would have without local steps, at most a thousand.
        public static int usualWarmUp(int trainSamples, int batchSize, int epochs) {
            long rounds = (long) epochs * Math.ceilDiv(trainSamples, batchSize);
            return (int) Math.min(WARM_UP_MAX, Math.ceilDiv(rounds, 3));
        }

        public boolean isUsed() {
            return steps > 0;
        }
    }
}
