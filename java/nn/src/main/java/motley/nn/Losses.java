package motley.nn;

import java.util.List;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// What the losses compute: for each sample of a batch, how wrong its output is.
record Losses(ProgramBuilder b) {
    /// The loss of each sample.
    ///
    /// Shape: `outputs [batch, …]`, `targets` as `loss` says with the batch in front `→ [batch]`.
    Var perSample(Loss loss, Var outputs, Var targets) {
        var each = new SampleLoss(b);
        return switch (loss) {
            case Loss.CrossEntropy(double smoothing) ->
                    meanOverPositions(crossEntropies(outputs, targets, smoothing));
            case Loss.BinaryCrossEntropy(double smoothing) ->
                    each.binaryCrossEntropy(outputs, targets, smoothing);
            case Loss.CategoricalCrossEntropy(double smoothing) ->
                    each.categoricalCrossEntropy(outputs, targets, smoothing);
            case Loss.Joint(var terms) -> joint(terms, outputs, targets);
            case Loss.MeanSquaredError _ -> each.meanSquaredError(outputs, targets);
            case Loss.MeanAbsoluteError _ -> each.meanAbsoluteError(outputs, targets);
            case Loss.Huber(double delta) -> each.huber(outputs, targets, delta);
            case Loss.Hinge _ -> each.hinge(outputs, targets);
            case Loss.Divergence _ -> each.divergence(outputs, targets);
        };
    }

    /// The share of each sample's guesses that are right; 0 where the loss is not about classes.
    /// Shape: `outputs [batch, …]`, `targets` as `loss` says with the batch in front `→ [batch]`.
    Var correct(Loss loss, Var outputs, Var targets) {
        return switch (loss) {
            case Loss.CrossEntropy _, Loss.Hinge _ -> correct(outputs, targets);
            case Loss.Divergence _ -> correct(outputs, b.apply(new Op.ArgMax(1), targets));
            case Loss.CategoricalCrossEntropy _ -> {
                int innermost = targets.type().shape().rank() - 1;
                yield correct(outputs, b.apply(new Op.ArgMax(innermost), targets));
            }
            case Loss.Joint(var terms) -> firstCorrect(terms, outputs, targets);
            case Loss.BinaryCrossEntropy _ -> correctSides(outputs, targets);
            case Loss.MeanSquaredError _, Loss.MeanAbsoluteError _, Loss.Huber _ ->
                    b.fill(TensorType.f32(outputs.type().shape().dim(0)), 0);
        };
    }

    /// The weighted sum of each output's loss.
    private Var joint(List<Several.Term> terms, Var outputs, Var targets) {
        var sum = b.fill(TensorType.f32(outputs.type().shape().dim(0)), 0);
        int output = 0;
        int target = 0;
        for (var term : terms) {
            var loss =
                    perSample(term.loss(), part(outputs, output, term), of(term, targets, target));
            sum = b.add(sum, b.scale(loss, term.weight()));
            output += term.count();
            target += term.targets();
        }
        return sum;
    }

    /// Of the first output that is about classes.
    private Var firstCorrect(List<Several.Term> terms, Var outputs, Var targets) {
        int output = 0;
        int target = 0;
        for (var term : terms) {
            switch (term.loss()) {
                case Loss.MeanSquaredError _, Loss.MeanAbsoluteError _, Loss.Huber _ -> {
                    output += term.count();
                    target += term.targets();
                }
                default -> {
                    var own = of(term, targets, target);
                    return correct(term.loss(), part(outputs, output, term), own);
                }
            }
        }
        return b.fill(TensorType.f32(outputs.type().shape().dim(0)), 0);
    }

    private Var part(Var outputs, int first, Several.Term term) {
        return new Rearrangements(b).part(outputs, first, term.count());
    }

    /// A term's targets as its loss takes them. Shape: `[batch, …] → [batch, …]`.
    private Var of(Several.Term term, Var targets, int first) {
        var part = new Rearrangements(b).part(targets, first, term.targets());
        var type = term.loss().target(Shape.of(term.count()));
        var shaped = b.reshape(part, type.shape().prepend(part.type().shape().dim(0)));
        return type.dtype() == DType.I32 ? b.convert(shaped, DType.I32) : shaped;
    }

    /// The share of logits whose sign says on which side of a half the target is.
    /// Shape: `[batch, …], [batch, …] → [batch]`.
    private Var correctSides(Var logits, Var targets) {
        var yes = b.compare(CompareKind.GT, logits, b.fillLike(logits, 0));
        var is = b.compare(CompareKind.GT, targets, b.fillLike(targets, 0.5));
        var same = b.compare(CompareKind.EQ, b.convert(yes, DType.F32), b.convert(is, DType.F32));
        return meanOverPositions(b.convert(same, DType.F32));
    }

    /// The share of positions at which the first largest output is the target's class, for each
    /// sample. Shape: `[batch, …, class], i32[batch, …] → [batch]`.
    Var correct(Var outputs, Var targets) {
        int last = outputs.type().shape().rank() - 1;
        var guess = b.apply(new Op.ArgMax(last), outputs); // i32[batch, …]
        var hit = b.convert(b.compare(CompareKind.EQ, guess, targets), DType.F32);
        return meanOverPositions(hit);
    }

    /// `Σ weights·values` over the batch. Shape: `[batch], [batch] → []`.
    Var weightedSum(Var values, Var weights) {
        return b.sumAll(b.mul(values, weights));
    }

    /// The cross-entropy at every position.
    /// Shape: `[batch, …, class], i32[batch, …] → [batch, …]`.
    private Var crossEntropies(Var logits, Var labels, double smoothing) {
        var positions = labels.type().shape();
        if (positions.rank() == 1) return crossEntropy(logits, labels, smoothing);
        int rows = positions.count();
        int classes = logits.type().shape().dims().getLast();
        var flat = b.reshape(logits, Shape.of(rows, classes)); // [position, class]
        var nats = crossEntropy(flat, b.reshape(labels, Shape.of(rows)), smoothing); // [position]
        return b.reshape(nats, positions);
    }

    private Var crossEntropy(Var logits, Var labels, double smoothing) {
        if (smoothing == 0) return crossEntropy(logits, labels);
        return new SampleLoss(b).crossEntropy(logits, labels, smoothing);
    }

    /// The cross-entropy, in nats, between the softmax of the logits and the label of each sample:
    /// `log Σⱼ exp(zⱼ) - z[label]`. A label outside `[0, class)` counts as a class of logit 0.
    ///
    /// Shape: `[batch, class], i32[batch] → [batch]`.
    ///
    /// `z` is shifted first so that `exp` cannot overflow. Any number near the largest logit will
    /// do; its floor has no derivative, so the gradient is exactly `softmax(z) - oneHot(label)`.
    Var crossEntropy(Var logits, Var labels) {
        var largest = b.unary(UnaryKind.FLOOR, b.maxOver(logits, 1)); // [batch]
        var shifted = b.sub(logits, b.alongOutermost(largest, logits.type().shape()));
        var logSum = b.log(b.sum(b.exp(shifted), 1)); // [batch]
        int classes = logits.type().shape().dim(1);
        var chosen = b.mul(b.apply(new Op.OneHot(classes), labels), shifted); // [batch, class]
        return b.sub(logSum, b.sum(chosen, 1));
    }

    /// Shape: `[batch, …] → [batch]`.
    private Var meanOverPositions(Var x) {
        var shape = x.type().shape();
        if (shape.rank() == 1) return x;
        int batch = shape.dim(0);
        int positions = shape.count() / batch;
        var sums = b.sum(b.reshape(x, Shape.of(batch, positions)), 1); // [batch]
        return b.scale(sums, 1.0 / positions);
    }
}
