package motley.coordinator;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import motley.coordinator.storage.BlobStore;
import motley.data.SplitSamples;
import motley.nn.Model;
import motley.nn.Optimizers;
import motley.nn.Schedules;
import motley.rounds.OwnTerms;
import motley.rounds.Policy;
import motley.rounds.Strategy;

/// What somebody wants trained.
///
/// @param initialWeights blob of the parameters to begin with, as safetensors or as raw f32 in the
///     order of the model; empty: drawn from the seed
/// @param keeping which parameters are the result, and when there is no point in going on
/// @param ancestor the run this one goes on from; empty: none
/// @param transfer in what form bytes travel
/// @param claim what it may take
public record RunRequest(
        Model model,
        Dataset dataset,
        Training training,
        Crew crew,
        Optional<String> initialWeights,
        Strategy strategy,
        Keeping keeping,
        Optional<Ancestor> ancestor,
        Transfer transfer,
        Outer outer,
        Claim claim) {
    /// A request whose rounds wait for every task, for the last parameters, in plain floats.
    public RunRequest(
            Model model,
            Dataset dataset,
            Training training,
            Crew crew,
            Optional<String> initialWeights) {
        this(
                model,
                dataset,
                training,
                crew,
                initialWeights,
                Strategy.SYNC,
                Keeping.LAST,
                Optional.empty(),
                Transfer.PLAIN,
                Outer.USUAL,
                Claim.USUAL);
    }

    /// @throws IllegalArgumentException naming the first field that is wrong
    public RunRequest {
        initialWeights.ifPresent(blob -> requireBlob("initialWeights", blob));
        require(
                dataset instanceof OnDevices || training.batchSize <= dataset.trainSamples(),
                "batchSize: %d (expected: at most trainSamples, %d)",
                training.batchSize,
                dataset.trainSamples());
    }

    /// Samples to learn from and to be judged by, as blobs.
    public sealed interface Dataset {
        int trainSamples();

        int testSamples();

        /// The same without regard to what is held back.
        default Dataset whole() {
            return this;
        }

        /// Every blob it needs.
        List<String> blobs();
    }

    /// The same with other samples.
    RunRequest with(Dataset other) {
        return new RunRequest(
                model,
                other,
                training,
                crew,
                initialWeights,
                strategy,
                keeping,
                ancestor,
                transfer,
                outer,
                claim);
    }

    /// This request with other dials.
    RunRequest with(Strategy other) {
        return new RunRequest(
                model,
                dataset,
                training,
                crew,
                initialWeights,
                other,
                keeping,
                ancestor,
                transfer,
                outer,
                claim);
    }

    /// Blobs in IDX form, not compressed.
    ///
    /// @param classes labels are below it
    public record Images(Part train, Part test, int classes) implements Dataset {
        public Images {
            require(classes >= 2, "classes: %d (expected: at least 2)", classes);
            requireCounts(train.samples, test.samples);
        }

        @Override
        public int trainSamples() {
            return train.samples;
        }

        @Override
        public int testSamples() {
            return test.samples;
        }

        @Override
        public List<String> blobs() {
            return List.of(train.images, train.labels, test.images, test.labels);
        }
    }

    /// One blob whose samples are divided as [SplitSamples] says.
    ///
    /// @param blob a text or arrays, as `form` says
    public record Whole(Form form, String blob, int trainSamples, int testSamples)
            implements Dataset {
        public Whole {
            requireBlob(form.field, blob);
            requireCounts(trainSamples, testSamples);
        }

        @Override
        public List<String> blobs() {
            return List.of(blob);
        }
    }

    /// A stored data set, of which devices fetch what they need.
    ///
    /// @param dataset its id; empty where somebody names shards of their own
    /// @param index blob that says where the samples are, as `ShardIndex` has it
    public record Stored(String dataset, String index, int trainSamples, int testSamples)
            implements Dataset {
        public Stored {
            requireBlob("index", index);
            requireCounts(trainSamples, testSamples);
        }

        @Override
        public List<String> blobs() {
            return List.of(index);
        }
    }

    /// Samples of which some to learn from are judged by instead; the test samples of `whole` are
    /// left alone.
    ///
    /// @param share that was asked for
    /// @param held what follows from it
    public record HeldBack(Dataset whole, double share, motley.data.HeldBack held)
            implements Dataset {
        public HeldBack {
            require(!(whole instanceof HeldBack), "validationShare: twice (expected: once)");
        }

        static HeldBack of(Dataset whole, double share, long seed) {
            require(
                    !(whole instanceof OnDevices),
                    "validationShare: %s (expected: none where data stay on devices)",
                    share);
            var held = motley.data.HeldBack.of(share, whole.trainSamples(), seed);
            return new HeldBack(whole, share, held);
        }

        @Override
        public int trainSamples() {
            return held.rest(whole.trainSamples());
        }

        @Override
        public int testSamples() {
            return held.samples();
        }

        @Override
        public List<String> blobs() {
            return whole.blobs();
        }
    }

    /// Samples that stay on the devices that have them.
    ///
    /// @param name what devices offer them as
    /// @param held what they hold; nothing until the run is started
    /// @param rules how rounds go
    /// @param test samples to be judged by
    public record OnDevices(String name, Held held, OwnTerms rules, Dataset test)
            implements Dataset {
        public OnDevices {
            require(
                    !name.isBlank() && name.length() <= NAME_CHARS_MAX,
                    "dataset.onDevices.name: \"%s\" (expected: 1 to %d characters)",
                    name,
                    NAME_CHARS_MAX);
            require(
                    !(test instanceof OnDevices),
                    "dataset.onDevices: twice (expected: test samples beside it)");
        }

        @Override
        public int trainSamples() {
            return held.samples();
        }

        @Override
        public int testSamples() {
            return test.testSamples();
        }

        @Override
        public List<String> blobs() {
            return test.blobs();
        }

        private static final int NAME_CHARS_MAX = 64;
    }

    /// What the devices that were there at the start of a run held.
    ///
    /// @param devices how many
    /// @param samples of all of them
    public record Held(int devices, int samples) {
        static final Held NOTHING = new Held(0, 0);

        public Held {
            require(devices >= 0, "devices: %d (expected: at least 0)", devices);
            require(samples >= devices, "samples: %d (expected: one a device or more)", samples);
        }
    }

    /// What a blob of samples is.
    public enum Form {
        /// Arrays `x` and `y` in an NPZ file.
        ARRAYS("arrays"),

        /// A text, cut into windows as long as an input of the model.
        TEXT("text");

        final String field;

        Form(String field) {
            this.field = field;
        }
    }

    private static void requireCounts(int trainSamples, int testSamples) {
        require(trainSamples >= 1, "trainSamples: %d (expected: at least 1)", trainSamples);
        require(testSamples >= 0, "testSamples: %d (expected: at least 0)", testSamples);
    }

    /// Images and labels of as many samples.
    public record Part(String images, String labels, int samples) {
        public Part {
            requireBlob("images", images);
            requireBlob("labels", labels);
        }
    }

    /// How to train.
    ///
    /// @param batchSize samples of a round, that is, of one optimizer step
    /// @param tasks micro-batches that a round is cut into
    /// @param seed of everything random in the run
    public record Training(
            int epochs,
            int batchSize,
            int tasks,
            Descent descent,
            long seed,
            boolean evaluateEveryEpoch) {
        public Training {
            require(epochs >= 1, "epochs: %d (expected: at least 1)", epochs);
            require(batchSize >= 1, "batchSize: %d (expected: at least 1)", batchSize);
            require(
                    tasks >= 1 && tasks <= batchSize,
                    "tasks: %d (expected: 1 to batchSize, %d)",
                    tasks,
                    batchSize);
        }
    }

    /// How gradients move the parameters.
    ///
    /// @param optimizer as [Optimizers] reads it
    /// @param learningRate per step, the highest one; empty: the optimizer's usual
    /// @param schedule as [Schedules] reads it
    /// @param warmUpSteps steps in which the rate rises before the schedule begins
    public record Descent(
            String optimizer, OptionalDouble learningRate, String schedule, int warmUpSteps) {
        public Descent {
            Optimizers.ofSums(optimizer);
            Schedules.named(schedule, 1);
            learningRate.ifPresent(
                    rate ->
                            require(
                                    rate > 0 && rate < 1e6,
                                    "learningRate: %s (expected: above 0, below 10⁶)",
                                    rate));
            require(warmUpSteps >= 0, "warmUpSteps: %d (expected: at least 0)", warmUpSteps);
        }
    }

    /// What comes out.
    ///
    /// @param patience evaluations without a better one after which the run ends; 0: never
    /// @param best whether the result is the parameters whose evaluation was the best, and not the
    ///     last ones
    public record Keeping(int patience, boolean best) {
        /// All epochs, and the last parameters.
        public static final Keeping LAST = new Keeping(0, false);

        public Keeping {
            require(patience >= 0, "earlyStop: %d (expected: at least 0)", patience);
        }
    }

    /// Where a run began that goes on from another one's checkpoint.
    ///
    /// @param run the other run
    /// @param steps optimizer steps that the optimizer's state has seen; 0: it begins anew
    public record Ancestor(String run, long steps) {
        public Ancestor {
            require(steps >= 0, "steps: %d (expected: at least 0)", steps);
        }
    }

    /// What the coordinator does with the moves of devices that take local steps.
    ///
    /// @param optimizer as [Optimizers] reads it
    /// @param learningRate per round
    public record Outer(String optimizer, double learningRate) {
        /// Source: Douillard et al. 2023, "DiLoCo", §4.
        public static final Outer USUAL = new Outer("nesterov:momentum=0.9", 0.7);

        public Outer {
            Optimizers.ofSums(optimizer);
            require(
                    learningRate > 0 && learningRate < 1e6,
                    "outerLearningRate: %s (expected: above 0, below 10⁶)",
                    learningRate);
        }
    }

    /// Which devices take part.
    ///
    /// @param min devices that must be there before the first task
    /// @param max devices at once; 0: any number
    /// @param precautions against hostile ones
    /// @param slowFactor how many times as long as the median a device may take before open tasks
    ///     go to others; 0: any number of times
    public record Crew(int min, int max, Precautions precautions, double slowFactor) {
        public static final Crew ANY = new Crew(1, 0);

        /// Devices of usual patience.
        public Crew(int min, int max, Precautions precautions) {
            this(min, max, precautions, Policy.DEFAULT.slowFactor());
        }

        /// Devices that are trusted.
        public Crew(int min, int max) {
            this(min, max, Precautions.NONE);
        }

        public Crew {
            require(min >= 1, "minDevices: %d (expected: at least 1)", min);
            require(
                    max == 0 || max >= min,
                    "maxDevices: %d (expected: 0 for any number, or at least minDevices, %d)",
                    max,
                    min);
        }
    }

    /// The same with bytes in another form.
    RunRequest withTransfer(Transfer other) {
        return new RunRequest(
                model,
                dataset,
                training,
                crew,
                initialWeights,
                strategy,
                keeping,
                ancestor,
                other,
                outer,
                claim);
    }

    /// The same with another claim.
    public RunRequest with(Claim other) {
        return new RunRequest(
                model,
                dataset,
                training,
                crew,
                initialWeights,
                strategy,
                keeping,
                ancestor,
                transfer,
                outer,
                other);
    }

    /// The same with another result.
    RunRequest with(Keeping other) {
        return new RunRequest(
                model,
                dataset,
                training,
                crew,
                initialWeights,
                strategy,
                other,
                ancestor,
                transfer,
                outer,
                claim);
    }

    /// The same, going on from another run.
    RunRequest from(Ancestor other) {
        return new RunRequest(
                model,
                dataset,
                training,
                crew,
                Optional.empty(),
                strategy,
                keeping,
                Optional.of(other),
                transfer,
                outer,
                claim);
    }

    /// Every blob the run needs.
    List<String> blobs() {
        return dataset.blobs();
    }

    private static void requireBlob(String field, String name) {
        require(
                BlobStore.isName(name),
                "%s: %s (expected: the SHA-256 of a blob, 64 hexadecimal digits)",
                field,
                name);
    }
}
