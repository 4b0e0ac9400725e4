package motley.wire;

import java.util.List;
import java.util.Optional;
import motley.wire.encoding.Encoding;
import motley.wire.encoding.ParameterForm;

/// What a coordinator says in a device's session.
public sealed interface FromCoordinator {
    /// @param sessionToken sent as a bearer token with every bulk request of the session
    /// @param sharedDirectory where a device of the same machine may exchange files
    /// @param numericClass that the device counts in; empty where the coordinator does not say
    record Welcome(
            String deviceId,
            String sessionToken,
            Timing timing,
            Optional<String> sharedDirectory,
            Optional<String> numericClass)
            implements FromCoordinator {}

    /// @param heartbeatMillis how often each side says something
    /// @param silenceMillis how long either side waits before it takes the other for gone
    record Timing(int heartbeatMillis, int silenceMillis) {}

    /// That the coordinator lives.
    ///
    /// @param timing from now on; empty where it stays
    record Pulse(Optional<Timing> timing) implements FromCoordinator {
        public Pulse() {
            this(Optional.empty());
        }
    }

    /// What this message says about how often either side is to be heard.
    default Optional<Timing> retiming() {
        return switch (this) {
            case Welcome welcome -> Optional.of(welcome.timing);
            case Pulse pulse -> pulse.timing;
            default -> Optional.empty();
        };
    }

    /// What to fetch before the first task of a run.
    record Prepare(RunManifest manifest) implements FromCoordinator {}

    record Assign(TaskKey task, Work work, int ttlMillis, Optional<Files> files, Form form)
            implements FromCoordinator {
        /// A task whose bytes are plain floats.
        public Assign(TaskKey task, Work work, int ttlMillis, Optional<Files> files) {
            this(task, work, ttlMillis, files, Form.PLAIN);
        }
    }

    record Accepted(long lease) implements FromCoordinator {}

    record Refused(long lease, String reason) implements FromCoordinator {}

    /// The task of this lease is no longer needed.
    record Revoked(long lease) implements FromCoordinator {}

    /// There is no work at present, and why.
    record Idle(String reason) implements FromCoordinator {}

    /// The coordinator ends the session.
    record Goodbye(String reason, boolean mayReturn) implements FromCoordinator {}

    /// Which samples to compute.
    ///
    /// @param first position in the epoch's order
    /// @param local how to train on them; empty: the answer is their gradient
    record Work(Kind kind, int epoch, int first, int count, Optional<LocalSteps> local) {
        /// Samples to evaluate, or to compute the gradient of.
        public Work(Kind kind, int epoch, int first, int count) {
            this(kind, epoch, first, count, Optional.empty());
        }
    }

    /// A training within a task: over its samples from first to last, a micro-batch a step,
    /// `passes` times. The answer is (parameters before − parameters after) times the task's
    /// samples.
    ///
    /// @param state blob of the optimizer's state to begin with, f32; empty: zeros
    /// @param stateSteps optimizer steps that this state has seen
    /// @param firstStep optimizer steps of the run before this task; names the random numbers
    /// @param learningRates of the steps; at least as many as there are
    /// @param replica the copy of the model to go on with; empty: everything begins with what the
    ///     coordinator says
    record LocalSteps(
            Optional<String> state,
            int stateSteps,
            int firstStep,
            int passes,
            List<Float> learningRates,
            Optional<Replica> replica) {
        /// Rates of a task: a message must hold them.
        public static final int STEPS_MAX = 4096;

        public LocalSteps {
            learningRates = List.copyOf(learningRates);
        }

        /// Steps after which nothing is kept.
        public LocalSteps(
                Optional<String> state,
                int stateSteps,
                int firstStep,
                int passes,
                List<Float> learningRates) {
            this(state, stateSteps, firstStep, passes, learningRates, Optional.empty());
        }
    }

    /// A copy of the model that a device trains on from task to task. Its parts, which lie one
    /// after the other, are synchronised in turns: the answer holds the part whose turn it is, and
    /// what the coordinator made of the one before is taken over when the next task begins.
    ///
    /// @param number of the local round, counted from 0: the turn of part `number` modulo their
    /// count
    /// @param ends where each part ends, in elements
    record Replica(int number, List<Integer> ends) {
        public static final int PARTS_MAX = 64;

        public Replica {
            ends = List.copyOf(ends);
        }

        public int parts() {
            return ends.size();
        }

        /// Elements of all parts.
        public int elements() {
            return ends.getLast();
        }

        /// Where the part whose turn is local round `round` begins.
        public int first(int round) {
            int part = round % ends.size();
            return part == 0 ? 0 : ends.get(part - 1);
        }

        /// Elements of that part.
        public int count(int round) {
            return ends.get(round % ends.size()) - first(round);
        }
    }

    enum Kind {
        TRAIN,
        EVALUATE
    }

    /// In what form bytes travel, by name: a device may not know all names.
    ///
    /// @param encoding of the contribution, as [Encoding] reads it
    /// @param parameters as [ParameterForm] reads it
    /// @param parametersSha256 of the parameters as little-endian f32, whatever their form; a
    ///     device computes with no others. Empty: not said
    record Form(String encoding, String parameters, Optional<String> parametersSha256) {
        /// A form of parameters that are named by their version alone.
        public Form(String encoding, String parameters) {
            this(encoding, parameters, Optional.empty());
        }

        public static final Form PLAIN =
                new Form(Encoding.plain().text(), ParameterForm.F32.text());
    }

    /// Names within the shared directory.
    record Files(String parameters, String contribution) {}
}
