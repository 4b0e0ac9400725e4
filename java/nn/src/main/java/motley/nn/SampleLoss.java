package motley.nn;

import java.util.stream.IntStream;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.Shape;

/// How wrong each sample's outputs are: functions from `[batch, …]` and its targets to `[batch]`.
///
/// A result depends on its own sample only, so that sums over micro-batches add up. Where a sample
/// has several outputs, its loss is their mean, as PyTorch's is. No finite output overflows on its
/// way through `exp`.
record SampleLoss(ProgramBuilder b) {
    /// The cross-entropy, in nats, between the softmax of the logits `z` and the label:
    /// `-Σⱼ qⱼ·log softmax(z)ⱼ` with `qⱼ = (1 - ε)·[j = label] + ε/classes`.
    ///
    /// Shape: `[batch, class], i32[batch] → [batch]`. A label outside `[0, class)` has no share.
    /// Source: Szegedy et al. 2016, "Rethinking the Inception architecture", §7.
    ///
    /// @param smoothing `ε`, in [0, 1]: the share that is spread over all classes
    Var crossEntropy(Var logits, Var labels, double smoothing) {
        int classes = logits.type().shape().dim(1);
        var hot = b.apply(new Op.OneHot(classes), labels); // [batch, class]
        var q = smoothing == 0 ? hot : b.shift(b.scale(hot, 1 - smoothing), smoothing / classes);
        return b.neg(b.sum(b.mul(q, logSoftmax(logits)), 1));
    }

    /// The cross-entropy, in nats, between the softmax of the logits `z` and a distribution, the
    /// mean over a sample's positions: `-Σⱼ qⱼ·log softmax(z)ⱼ` with `qⱼ = (1 - ε)·tⱼ + ε/classes`.
    ///
    /// Shape: `[batch, …, class], [batch, …, class] → [batch]`.
    ///
    /// @param targets probabilities that sum to 1 over the classes
    /// @param smoothing `ε`, in [0, 1]
    Var categoricalCrossEntropy(Var logits, Var targets, double smoothing) {
        var shape = logits.type().shape();
        int classes = shape.dims().getLast();
        int positions = shape.count() / shape.dim(0) / classes;
        var rows = Shape.of(shape.dim(0) * positions, classes);
        var t = b.reshape(targets, rows);
        var q = smoothing == 0 ? t : b.shift(b.scale(t, 1 - smoothing), smoothing / classes);
        var nats = b.neg(b.sum(b.mul(q, logSoftmax(b.reshape(logits, rows))), 1));
        return mean(b.reshape(nats, Shape.of(shape.dim(0), positions)));
    }

    /// The cross-entropy, in nats, between the logistic function of each logit `z` and its target
    /// `t`, the mean over a sample: `max(z, 0) - z·t + log(1 + exp(-|z|))`.
    ///
    /// Shape: `[batch, …], [batch, …] → [batch]`.
    ///
    /// @param targets probabilities, in [0, 1]
    /// @param smoothing `ε`, in [0, 1]: `t` becomes `(1 - ε)·t + ε/2`
    Var binaryCrossEntropy(Var logits, Var targets, double smoothing) {
        var t = b.shift(b.scale(targets, 1 - smoothing), smoothing / 2);
        var above = b.max(logits, b.fillLike(logits, 0));
        var tail = b.exp(b.neg(magnitude(logits)));
        var nats = b.add(b.sub(above, b.mul(logits, t)), b.unary(UnaryKind.LOG1P, tail));
        return mean(nats);
    }

    /// `(y - t)²`, the mean over a sample. Shape: `[batch, …], [batch, …] → [batch]`.
    Var meanSquaredError(Var outputs, Var targets) {
        var d = b.sub(outputs, targets);
        return mean(b.mul(d, d));
    }

    /// `|y - t|`, the mean over a sample. Shape: `[batch, …], [batch, …] → [batch]`.
    Var meanAbsoluteError(Var outputs, Var targets) {
        return mean(magnitude(b.sub(outputs, targets)));
    }

    /// `d²/2` where `d = |y - t|` is at most `delta`, and beyond it the tangent `δ·(d - δ/2)`; the
    /// mean over a sample. Both are `m·(d - m/2)` with `m = min(d, δ)`.
    ///
    /// Shape: `[batch, …], [batch, …] → [batch]`.
    /// Source: Huber 1964, "Robust estimation of a location parameter".
    ///
    /// @param delta above 0, in the unit of the outputs
    Var huber(Var outputs, Var targets, double delta) {
        var d = magnitude(b.sub(outputs, targets));
        var m = b.min(d, b.fillLike(d, delta));
        return mean(b.mul(m, b.sub(d, b.scale(m, 0.5))));
    }

    /// `Σⱼ max(0, 1 - z[label] + zⱼ) / classes` over the other classes `j`.
    ///
    /// Shape: `[batch, class], i32[batch] → [batch]`.
    /// Source: Weston & Watkins 1999, "Support vector machines for multi-class pattern
    /// recognition". Differs: divided by the number of classes, as in PyTorch.
    Var hinge(Var logits, Var labels) {
        var shape = logits.type().shape();
        var hot = b.apply(new Op.OneHot(shape.dim(1)), labels); // [batch, class]
        var chosen = b.alongOutermost(b.sum(b.mul(hot, logits), 1), shape);
        var excess = b.shift(b.sub(logits, chosen), 1);
        var zero = b.fillLike(excess, 0);
        var counts = b.apply(new Op.Binary(BinaryKind.AND), isZero(hot), isAbove(excess));
        return mean(b.select(counts, excess, zero));
    }

    /// The Kullback-Leibler divergence, in nats, of the softmax of the logits from the targets:
    /// `Σⱼ tⱼ·(log tⱼ - log softmax(z)ⱼ)`, where a target of 0 adds nothing.
    ///
    /// Shape: `[batch, class], [batch, class] → [batch]`.
    ///
    /// @param targets probabilities that sum to 1 over the classes
    Var divergence(Var logits, Var targets) {
        var logT = b.log(b.select(isZero(targets), b.fillLike(targets, 1), targets));
        return b.sum(b.mul(targets, b.sub(logT, logSoftmax(logits))), 1);
    }

    /// `zⱼ - log Σₖ exp(zₖ)`. Shape: `[batch, class] → [batch, class]`.
    ///
    /// `z` is shifted first so that `exp` cannot overflow. Any number near the largest logit will
    /// do; its floor has no derivative, so that ties for the largest get no share of their own.
    private Var logSoftmax(Var logits) {
        var shape = logits.type().shape();
        var largest = b.unary(UnaryKind.FLOOR, b.maxOver(logits, 1)); // [batch]
        var shifted = b.sub(logits, b.alongOutermost(largest, shape));
        var logSum = b.log(b.sum(b.exp(shifted), 1)); // [batch]
        return b.sub(shifted, b.alongOutermost(logSum, shape));
    }

    private Var magnitude(Var x) {
        return b.unary(UnaryKind.ABS, x);
    }

    private Var isZero(Var x) {
        return b.compare(CompareKind.EQ, x, b.fillLike(x, 0));
    }

    /// Whether `x > 0`, or is not a number: that must reach the loss.
    private Var isAbove(Var x) {
        var atMost = b.compare(CompareKind.LE, x, b.fillLike(x, 0));
        return b.unary(UnaryKind.NOT, atMost);
    }

    /// Over all axes but the batch. Shape: `[batch, …] → [batch]`.
    private Var mean(Var x) {
        var shape = x.type().shape();
        if (shape.rank() == 1) return x;
        int each = shape.count() / shape.dim(0);
        var axes = IntStream.range(1, shape.rank()).boxed().toArray(Integer[]::new);
        return b.scale(b.sum(x, axes), 1.0 / each);
    }
}
