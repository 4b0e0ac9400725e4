package motley.program.autodiff;

import java.util.List;
import java.util.Optional;
import motley.program.CompareKind;
import motley.program.Equation;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.ReduceKind;
import motley.program.Var;
import motley.tensor.Shape;

/// The use of one operand in one equation, with the cotangent `g` that arrived at its result. The
/// pullback rule of every op is stated for each operand by itself, so that nothing is computed for
/// operands that need no gradient.
///
/// In the margins `y = op(x…)`, and `dx` is the cotangent of `x`, `dy` that of `y`, here `g`.
///
/// @param operand which of the equation's operands, an f32
record Use(ProgramBuilder b, Equation equation, int operand, Var g) {
    /// The cotangent that this use adds to the operand's; none where the derivative is zero.
    Optional<Var> pull() {
        return switch (equation.op()) {
            case Op.Elementwise e -> ElementwisePullback.pull(this, e);
            case Op.Movement m -> Optional.of(MovementPullback.pull(this, m));
            case Op.Reduction r -> reduction(r);
            case Op.Windowed w -> windowed(w);
            case Op.Contraction c -> Optional.of(ContractionPullback.pull(this, c));
            case Op.Indexing i -> indexing(i);
            case Op.Source _ -> Optional.empty();
        };
    }

    boolean first() {
        return operand == 0;
    }

    Var in(int number) {
        return equation.in().get(number);
    }

    /// The operand in question.
    Var x() {
        return in(operand);
    }

    Shape shape() {
        return x().type().shape();
    }

    /// The result.
    Var y() {
        return equation.out();
    }

    private Optional<Var> reduction(Op.Reduction op) {
        return switch (op) {
            case Op.Reduce(var kind, var axes) ->
                    Optional.of(kind == ReduceKind.SUM ? repeat(g, axes) : share(axes));
            case Op.ArgMax _ -> Optional.empty();
        };
    }

    /// y = max x: each of the n elements that equal y gets dx = dy / n; likewise of min.
    private Var share(List<Integer> axes) {
        var equals = b.compare(CompareKind.EQ, x(), repeat(y(), axes));
        var mask = b.convert(equals, x().type().dtype());
        var count = b.sum(mask, axes.toArray(Integer[]::new));
        return b.mul(mask, repeat(b.div(g, count), axes));
    }

    /// A value reduced over `axes`, repeated along them to the operand's shape.
    private Var repeat(Var reduced, List<Integer> axes) {
        return b.broadcast(reduced, shape(), MovementPullback.others(shape(), axes));
    }

    private Optional<Var> windowed(Op.Windowed op) {
        return switch (op) {
            case Op.MaxPool(var w) -> Optional.of(b.apply(new Op.MaxPoolGradient(w), x(), g));
            // Both move the elements of operand 1 as operand 0 directs: each is the other's
            // adjoint.
            case Op.MaxPoolGradient(var w) ->
                    first()
                            ? Optional.empty()
                            : Optional.of(b.apply(new Op.MaxPoolPick(w), in(0), g));
            case Op.MaxPoolPick(var w) ->
                    first()
                            ? Optional.empty()
                            : Optional.of(b.apply(new Op.MaxPoolGradient(w), in(0), g));
            case Op.AveragePool(var w) ->
                    Optional.of(b.apply(new Op.AveragePoolGradient(w, shape()), g));
            case Op.AveragePoolGradient(var w, _) -> Optional.of(b.apply(new Op.AveragePool(w), g));
        };
    }

    private Optional<Var> indexing(Op.Indexing op) {
        return switch (op) {
            case Op.Gather _ -> // y = table[indices] ⇒ dtable = Σ dy at its index
                    Optional.of(b.apply(new Op.ScatterAdd(shape().dim(0)), in(1), g));
            case Op.ScatterAdd _ -> // y[indices] += updates ⇒ dupdates = dy[indices]
                    Optional.of(b.apply(new Op.Gather(), g, in(0)));
            case Op.OneHot _ -> Optional.empty();
        };
    }
}
