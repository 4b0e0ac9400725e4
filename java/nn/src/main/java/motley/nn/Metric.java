package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// What people want to know of a model besides its loss: a number over all samples, from outputs
/// and targets. Training does not feel it.
///
/// As text they are `accuracy`, `top-5`, `precision`, `recall`, `f1`, `perplexity` and `mae`.
public sealed interface Metric {
    /// The share of right guesses, in [0, 1]: of positions whose largest logit is the target's
    /// class, or of logits whose sign says on which side of a half the target is.
    record Accuracy() implements Metric {}

    /// The share of positions with the target's class among the `k` largest logits; among equals
    /// the first class counts as larger.
    ///
    /// @param k at least 1
    record TopK(int k) implements Metric {
        public TopK {
            require(k >= 1, "k: %d (expected: at least 1)", k);
        }
    }

    /// Of the guesses of a class the share that is right; the mean over classes.
    ///
    /// Here and below: a class that is neither target nor guess anywhere is left out of the mean,
    /// and a share of nothing is 0.
    record Precision() implements Metric {}

    /// Of the positions of a class the share that is found; the mean over classes.
    record Recall() implements Metric {}

    /// The harmonic mean of a class's precision and recall; the mean over classes.
    record F1() implements Metric {}

    /// `exp` of the mean over all positions of the nats that the target's class costs: among how
    /// many equally likely classes the model hesitates. At least 1.
    record Perplexity() implements Metric {}

    /// The mean magnitude of what outputs differ from their targets by, in their unit.
    record MeanAbsoluteError() implements Metric {}

    /// @throws IllegalArgumentException if there is no such metric; the message lists those there
    ///     are
    static Metric named(String text) {
        return switch (text) {
            case "accuracy" -> new Accuracy();
            case "precision" -> new Precision();
            case "recall" -> new Recall();
            case "f1" -> new F1();
            case "perplexity" -> new Perplexity();
            case "mae" -> new MeanAbsoluteError();
            default -> {
                require(
                        text.matches("top-[1-9][0-9]{0,8}"),
                        "metric: %s (expected: one of accuracy, top-5 or another number,"
                                + " precision, recall, f1, perplexity, mae)",
                        text);
                yield new TopK(Integer.parseInt(text.substring("top-".length())));
            }
        };
    }

    /// Several, with commas between them: `accuracy,top-5,f1`.
    ///
    /// @throws IllegalArgumentException if one does not exist or is there twice
    static List<Metric> list(String text) {
        var metrics = new ArrayList<Metric>();
        for (var name : text.split(",", -1)) metrics.add(named(name.strip()));
        boolean once = new HashSet<>(metrics).size() == metrics.size();
        require(once, "metrics: %s (expected: each once)", text);
        return List.copyOf(metrics);
    }

    /// The text that [#named] reads as this.
    default String text() {
        return switch (this) {
            case Accuracy _ -> "accuracy";
            case TopK(int k) -> "top-" + k;
            case Precision _ -> "precision";
            case Recall _ -> "recall";
            case F1 _ -> "f1";
            case Perplexity _ -> "perplexity";
            case MeanAbsoluteError _ -> "mae";
        };
    }

    /// @throws IllegalArgumentException if it says nothing about models trained with the loss of
    ///     `model`, or if `k` is over the number of classes
    default void requireFits(Model model) {
        var loss = model.loss();
        var fitting =
                switch (this) {
                    case Accuracy _, Precision _, Recall _, F1 _ -> isAboutClasses(loss);
                    case TopK _ -> isAboutClasses(loss) && !isBinary(loss);
                    case Perplexity _ ->
                            loss instanceof Loss.CrossEntropy
                                    || loss instanceof Loss.CategoricalCrossEntropy;
                    case MeanAbsoluteError _ ->
                            !isAboutClasses(loss) && !(loss instanceof Loss.Joint);
                };
        require(
                fitting,
                "metric: %s (expected: one that goes with the loss %s of %s)",
                text(),
                loss.text(),
                model.name());
        if (this instanceof TopK(int k)) {
            int classes = model.classes();
            require(k <= classes, "metric: top-%d (expected: at most top-%d)", k, classes);
        }
    }

    private static boolean isAboutClasses(Loss loss) {
        return switch (loss) {
            case Loss.CrossEntropy _,
                    Loss.CategoricalCrossEntropy _,
                    Loss.Hinge _,
                    Loss.Divergence _ ->
                    true;
            case Loss.BinaryCrossEntropy _ -> true;
            case Loss.Joint _ -> false;
            case Loss.MeanSquaredError _, Loss.MeanAbsoluteError _, Loss.Huber _ -> false;
        };
    }

    private static boolean isBinary(Loss loss) {
        return loss instanceof Loss.BinaryCrossEntropy;
    }
}
