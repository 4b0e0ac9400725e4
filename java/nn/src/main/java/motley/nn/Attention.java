package motley.nn;

import static motley.tensor.Require.require;

import java.util.List;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;

/// What the layers of a transformer compute over time.
///
/// Nothing is transposed: products name the axes they sum over and those they keep apart, and
/// engines move elements where their kernels need it.
record Attention(ProgramBuilder b) {
    /// The score of what must not be seen: far below any other, so that its weight is exactly 0,
    /// and finite, so that no difference of scores is NaN.
    private static final double UNSEEN = -0x1p100;

    /// Wavelengths of [#sinusoidal] reach from 2π to this times 2π.
    private static final double WAVELENGTHS = 10_000;

    /// Parameters of [#multiHead].
    ///
    /// @param in `[width, 3·width]`: queries, keys and values, each `heads` times `width/heads`
    ///     columns. PyTorch's `in_proj_weight`, transposed
    /// @param inBias `[3·width]`
    /// @param out `[width, width]`. PyTorch's `out_proj.weight`, transposed
    /// @param outBias `[width]`
    record Projections(Var in, Var inBias, Var out, Var outBias) {}

    /// Every position gathers from all others, or from none after it, what resembles it; each head
    /// in its own part of the width.
    ///
    /// ```
    /// q, k, v = x·in + inBias
    /// a[n, h, t, ·] = softmaxₛ (q[n, t, h]·k[n, s, h] / √(width/heads))       0 ≤ s ≤ t if causal
    /// y[n, t] = concatₕ (Σₛ a[n, h, t, s]·v[n, s, h])·out + outBias
    /// ```
    /// Shape: `[batch, time, width]`, kept. Source: Vaswani et al. 2017, "Attention is all you
    /// need", §3.2.
    ///
    /// @throws IllegalArgumentException if `heads` does not divide the width, or shapes do not fit
    Var multiHead(Var x, Projections projections, int heads, boolean causal) {
        require(shape(x).rank() == 3, "x: %s (expected: [batch, time, width])", x.type());
        int width = shape(x).dim(2);
        require(
                heads >= 1 && width % heads == 0,
                "heads: %d (expected: a divisor of width %d)",
                heads,
                width);
        requireShape(projections.in, "in", Shape.of(width, 3 * width));
        requireShape(projections.inBias, "inBias", Shape.of(3 * width));
        requireShape(projections.out, "out", Shape.of(width, width));
        requireShape(projections.outBias, "outBias", Shape.of(width));

        var all = addBias(product(x, projections.in), projections.inBias); // [batch, time, 3·width]
        var q = part(all, 0, heads); // [batch, time, head, depth]
        var k = part(all, 1, heads);
        var v = part(all, 2, heads);
        var seen = scaledDotProduct(q, k, v, causal); // [batch, head, time, depth]
        var out = b.reshape(projections.out, Shape.of(heads, width / heads, width));
        var join = new Op.DotGeneral(List.of(), List.of(), List.of(1, 3), List.of(0, 1));
        return addBias(b.apply(join, seen, out), projections.outBias); // [batch, time, width]
    }

    /// What tells positions apart when it is added to them:
    ///
    /// ```
    /// y[t, 2i] = sin(t·ω),  y[t, 2i + 1] = cos(t·ω),  ω = 10000^(-2i/width)
    /// ```
    /// Shape: `→ [time, width]`. Within `time·2⁻²²` in float32. Source: as of [#multiHead], §3.5.
    ///
    /// @throws IllegalArgumentException if `width` is odd
    Var sinusoidal(Shape shape) {
        require(
                shape.rank() == 2 && shape.dim(1) % 2 == 0,
                "shape: %s (expected: [time, width] with an even width)",
                shape);
        int width = shape.dim(1);
        var half = Shape.of(shape.dim(0), width / 2, 1);
        var time = b.convert(b.iota(half, 0), DType.F32);
        var pair = b.convert(b.iota(half, 1), DType.F32);
        var frequency = b.exp(b.scale(pair, -2 * Math.log(WAVELENGTHS) / width));
        var angle = b.mul(time, frequency);
        var sin = b.unary(UnaryKind.SIN, angle);
        var cos = b.unary(UnaryKind.COS, angle);
        return b.reshape(b.apply(new Op.Concatenate(2), sin, cos), shape);
    }

    /// `y[…, ·] = table[tokens[…], ·]`; zeros for a token outside `[0, words)`.
    /// Shape: `i32[batch, time], [words, width] → [batch, time, width]`.
    Var embedding(Var tokens, Var table) {
        require(
                tokens.type().dtype() == DType.I32,
                "tokens: %s (expected: i32[batch, time])",
                tokens.type());
        require(shape(table).rank() == 2, "table: %s (expected: [words, width])", table.type());
        return b.apply(new Op.Gather(), table, tokens);
    }

    /// Columns of queries, keys or values, by head.
    /// Shape: `[batch, time, 3·width] → [batch, time, head, depth]`.
    private Var part(Var all, int number, int heads) {
        int batch = shape(all).dim(0);
        int time = shape(all).dim(1);
        int width = shape(all).dim(2) / 3;
        var starts = List.of(0, 0, number * width);
        var limits = List.of(batch, time, (number + 1) * width);
        var columns = b.apply(new Op.Slice(starts, limits, List.of(1, 1, 1)), all);
        return b.reshape(columns, Shape.of(batch, time, heads, width / heads));
    }

    /// `softmaxₛ(q·kᵀ/√depth)·v` for each head.
    /// Shape: `[batch, time, head, depth]` three times `→ [batch, head, time, depth]`.
    ///
    /// Weights of what must not be seen are 0 anyway. They are set to 0 all the same, so that a
    /// compiler can see that half of each product, here and in the gradient, is 0 or unused.
    private Var scaledDotProduct(Var q, Var k, Var v, boolean causal) {
        var scaled = b.scale(q, 1 / Math.sqrt(shape(q).dim(3)));
        var compare = new Op.DotGeneral(List.of(0, 2), List.of(0, 2), List.of(3), List.of(3));
        var scores = b.apply(compare, scaled, k); // [batch, head, time, time of key]
        var softmax = new Activations(b).softmax(causal ? past(scores, UNSEEN) : scores);
        var weights = causal ? past(softmax, 0) : softmax;
        var gather = new Op.DotGeneral(List.of(0, 1), List.of(0, 2), List.of(3), List.of(1));
        return b.apply(gather, weights, v);
    }

    /// Scores, or weights, with `unseen` for keys that come after the query.
    private Var past(Var scores, double unseen) {
        var shape = shape(scores);
        var square = Shape.of(shape.dim(2), shape.dim(3));
        var seen = b.compare(CompareKind.LE, b.iota(square, 1), b.iota(square, 0));
        return b.select(b.alongInnermost(seen, shape), scores, b.fillLike(scores, unseen));
    }

    /// `[batch, time, in]·[in, out] → [batch, time, out]`.
    private Var product(Var x, Var w) {
        return b.apply(new Op.DotGeneral(List.of(), List.of(), List.of(2), List.of(0)), x, w);
    }

    private Var addBias(Var x, Var bias) {
        return b.add(x, b.alongInnermost(bias, shape(x)));
    }

    private static void requireShape(Var parameter, String name, Shape expected) {
        require(
                shape(parameter).equals(expected),
                "%s: %s (expected: f32%s)",
                name,
                parameter.type(),
                expected);
    }

    private static Shape shape(Var x) {
        return x.type().shape();
    }
}
