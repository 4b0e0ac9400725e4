package motley.coordinator;

import static motley.tensor.Require.require;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import motley.coordinator.storage.BlobStore;
import motley.nn.Model;
import motley.nn.Optimizers;
import motley.nn.Schedules;
import motley.rounds.Strategy;

/// What somebody wants trained.
///
/// @param initialWeights blob of the parameters to begin with, as safetensors or as raw f32 in the
///     order of the model; empty: drawn from the seed
public record RunRequest(
        Model model,
        Dataset dataset,
        Training training,
        Crew crew,
        Optional<String> initialWeights,
        Strategy strategy) {
    /// A request whose rounds wait for every task.
    public RunRequest(
            Model model,
            Dataset dataset,
            Training training,
            Crew crew,
            Optional<String> initialWeights) {
        this(model, dataset, training, crew, initialWeights, Strategy.SYNC);
    }

    /// @throws IllegalArgumentException naming the first field that is wrong
    public RunRequest {
        initialWeights.ifPresent(blob -> requireBlob("initialWeights", blob));
        require(
                training.batchSize <= dataset.train.samples,
                "batchSize: %d (expected: at most trainSamples, %d)",
                training.batchSize,
                dataset.train.samples);
    }

    /// Blobs in IDX form, not compressed.
    ///
    /// @param classes labels are below it
    public record Dataset(Part train, Part test, int classes) {
        public Dataset {
            require(classes >= 2, "classes: %d (expected: at least 2)", classes);
            require(train.samples >= 1, "trainSamples: %d (expected: at least 1)", train.samples);
            require(test.samples >= 0, "testSamples: %d (expected: at least 0)", test.samples);
        }
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
            Optimizers.named(optimizer);
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

    /// Which devices take part.
    ///
    /// @param min devices that must be there before the first task
    /// @param max devices at once; 0: any number
    /// @param precautions against hostile ones
    public record Crew(int min, int max, Precautions precautions) {
        public static final Crew ANY = new Crew(1, 0);

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

    /// Every blob the run needs.
    List<String> blobs() {
        return List.of(
                dataset.train.images,
                dataset.train.labels,
                dataset.test.images,
                dataset.test.labels);
    }

    private static void requireBlob(String field, String name) {
        require(
                BlobStore.isName(name),
                "%s: %s (expected: the SHA-256 of a blob, 64 hexadecimal digits)",
                field,
                name);
    }
}
