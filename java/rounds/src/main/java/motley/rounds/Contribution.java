package motley.rounds;

import java.time.Duration;
import java.util.Optional;
import motley.rounds.likeness.Sketch;

/// A device's answer to a task, without its bulk: the shell keeps the gradient itself at hand and
/// adds it when the loop says [Effect.Accept].
///
/// @param key the key of the task it answers
/// @param report what the device says
/// @param inspection what the shell found in the gradient
/// @param digest a digest of the gradient for comparison with other answers to the same task;
///     empty when there is none
/// @param sketch of the gradient, for comparison with answers of other numeric classes; empty where
///     nobody compares, and for evaluations
public record Contribution(
        TaskKey key, Report report, Inspection inspection, String digest, Optional<Sketch> sketch) {

    /// Without a sketch.
    public Contribution(TaskKey key, Report report, Inspection inspection, String digest) {
        this(key, report, inspection, digest, Optional.empty());
    }

    /// What the device says about its own work.
    ///
    /// @param samples how many samples went into the sums
    /// @param lossNatsSum the sum of the samples' losses
    /// @param correct how many samples were classified correctly; one of many positions counts
    ///     with the share of them that was
    /// @param compute time spent computing; shown to people, never used for a decision
    public record Report(int samples, double lossNatsSum, double correct, Duration compute) {}

    /// What the shell found out about the gradient by looking at it.
    ///
    /// @param fits element type and shapes are those of the model
    /// @param finite no element is infinite or not a number
    /// @param norm the Euclidean norm of the gradient *sum*
    public record Inspection(boolean fits, boolean finite, double norm) {
        /// For answers without a gradient: evaluations.
        public static Inspection ofNothing() {
            return new Inspection(true, true, 0);
        }
    }
}
