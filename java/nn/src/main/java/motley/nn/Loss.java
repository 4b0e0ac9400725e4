package motley.nn;

import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;

/// How wrong a batch of logits is.
record Loss(ProgramBuilder b) {
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

    /// 1 where the first largest logit is the label's, else 0.
    ///
    /// Shape: `[batch, class], i32[batch] → [batch]`.
    Var correct(Var logits, Var labels) {
        var guess = b.apply(new Op.ArgMax(1), logits); // i32[batch]
        return b.convert(b.compare(CompareKind.EQ, guess, labels), DType.F32);
    }

    /// `Σ weights·values` over the batch. Shape: `[batch], [batch] → []`.
    Var weightedSum(Var values, Var weights) {
        return b.sumAll(b.mul(values, weights));
    }
}
