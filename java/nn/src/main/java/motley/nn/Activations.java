package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;

/// Functions of activations without parameters. Any shape, kept.
record Activations(ProgramBuilder b) {
    /// `y = x > 0 ? x : slope·x`. Source: Maas et al. 2013, "Rectifier nonlinearities improve
    /// neural network acoustic models", §2.
    Var leakyRelu(Var x, double slope) {
        require(Double.isFinite(slope), "slope: %s (expected: finite)", slope);
        var positive = b.compare(CompareKind.GT, x, b.fillLike(x, 0));
        return b.select(positive, x, b.scale(x, slope));
    }

    /// `y = x > 0 ? x : scale·(eˣ - 1)`. What is above 0 does not reach `exp`, which could overflow
    /// there and spoil the gradient.
    Var elu(Var x, double scale) {
        var zero = b.fillLike(x, 0);
        var positive = b.compare(CompareKind.GT, x, zero);
        var below = b.unary(UnaryKind.EXPM1, b.select(positive, zero, x));
        return b.select(positive, x, b.scale(below, scale));
    }

    /// `y = x ≥ most ? most : x`; the derivative at `most` is 0.
    Var capped(Var x, double most) {
        var limit = b.fillLike(x, most);
        return b.select(b.compare(CompareKind.GE, x, limit), limit, x);
    }

    /// `y = log(1 + eˣ) = max(x, 0) + log(1 + e⁻ˡˣˡ)`.
    Var softplus(Var x) {
        var tail = b.exp(b.neg(b.unary(UnaryKind.ABS, x)));
        return b.add(b.max(x, b.fillLike(x, 0)), b.unary(UnaryKind.LOG1P, tail));
    }

    /// Each part of `x` under its own function. Shape: `[batch, count]`, kept.
    Var heads(Var x, List<Head> heads) {
        var parts = new ArrayList<Var>();
        int first = 0;
        for (var head : heads) {
            var part = new Rearrangements(b).part(x, first, head.count());
            parts.add(
                    switch (head.link()) {
                        case LINEAR -> part;
                        case SIGMOID -> sigmoid(part);
                        case SOFTMAX -> softmax(part);
                    });
            first += head.count();
        }
        if (parts.size() == 1) return parts.getFirst();
        return b.apply(new Op.Concatenate(1), parts.toArray(Var[]::new));
    }

    /// `y = x·Φ(x) = x·(1 + erf(x/√2))/2`, with Φ the normal distribution.
    /// Source: Hendrycks & Gimpel 2016, "Gaussian error linear units", §2.
    Var gelu(Var x) {
        return halved(x, b.unary(UnaryKind.ERF, b.scale(x, Math.sqrt(0.5))));
    }

    /// `y = x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2`, within 5·10⁻⁴ of [#gelu]: for weights that
    /// were trained with it. Source: as there.
    Var geluByTanh(Var x) {
        var cube = b.mul(x, b.mul(x, x));
        var inner = b.scale(b.add(x, b.scale(cube, 0.044715)), Math.sqrt(2 / Math.PI));
        return halved(x, b.unary(UnaryKind.TANH, inner));
    }

    /// `y = x / (1 + e⁻ˣ)`, also called swish. Source: as of [#gelu].
    Var silu(Var x) {
        return b.mul(x, sigmoid(x));
    }

    /// `y = 1 / (1 + e⁻ˣ)`.
    Var sigmoid(Var x) {
        return b.unary(UnaryKind.LOGISTIC, x);
    }

    /// `y = tanh x`.
    Var tanh(Var x) {
        return b.unary(UnaryKind.TANH, x);
    }

    /// `y[…, k] = exp x[…, k] / Σⱼ exp x[…, j]`: positive, with sum 1 along the innermost axis.
    ///
    /// `x` is shifted first so that `exp` cannot overflow and the largest term is at least 1. Any
    /// number near the largest will do; its floor has no derivative, as the shift has no influence.
    Var softmax(Var x) {
        var shape = x.type().shape();
        require(shape.rank() >= 1, "x: %s (expected: [a…, class])", x.type());
        int innermost = shape.rank() - 1;
        var largest = b.unary(UnaryKind.FLOOR, b.maxOver(x, innermost)); // [a…]
        var powers = b.exp(b.sub(x, b.alongOutermost(largest, shape)));
        return b.div(powers, b.alongOutermost(b.sum(powers, innermost), shape));
    }

    /// `x·(1 + t)/2`.
    private Var halved(Var x, Var t) {
        return b.mul(b.scale(x, 0.5), b.shift(t, 1));
    }
}
