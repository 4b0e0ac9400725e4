package motley.program;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Appends equations in order and types each one as it is appended, so that an ill-typed program
/// cannot be built. Also the vocabulary in which layers, losses and gradients are written.
///
/// Confined to one thread.
public final class ProgramBuilder {
    private final List<Var> params = new ArrayList<>();
    private final List<Equation> equations = new ArrayList<>();
    private String label = "";
    private int next;

    /// An empty program.
    public ProgramBuilder() {}

    /// Appends a param. Params come before equations, as they do in the numbering of values.
    ///
    /// @throws IllegalArgumentException if an equation was appended before
    public Var param(TensorType type) {
        require(
                equations.isEmpty(),
                "param: after %d equations (expected: before the first)",
                equations.size());
        var param = new Var(next++, type);
        params.add(param);
        return param;
    }

    /// Appends `op(in…)`.
    ///
    /// @throws IllegalArgumentException if the operands do not fit `op`
    public Var apply(Op op, Var... in) {
        var operands = List.of(in);
        var type = TypeRules.infer(op, operands.stream().map(Var::type).toList());
        var out = new Var(next++, type);
        equations.add(new Equation(out, op, operands, label));
        return out;
    }

    /// Runs `body`, whose equations are labelled `name`, after the names of the scopes around it:
    /// `block1/dense2`. An empty name adds nothing.
    ///
    /// @return what `body` returns
    public <T> T scope(String name, Supplier<T> body) {
        var outer = label;
        if (!name.isEmpty()) label = outer.isEmpty() ? name : outer + "/" + name;
        try {
            return body.get();
        } finally {
            label = outer;
        }
    }

    /// The same for a body that returns nothing.
    public void scope(String name, Runnable body) {
        scope(
                name,
                () -> {
                    body.run();
                    return name;
                });
    }

    /// Appends the equations of `program` with `operands` in place of its params.
    ///
    /// @return its results
    /// @throws IllegalArgumentException if the operands' types are not the params'
    public List<Var> inline(Program program, List<Var> operands) {
        var types = operands.stream().map(Var::type).toList();
        require(
                types.equals(program.paramTypes()),
                "operands: %s (expected: %s)",
                types,
                program.paramTypes());
        var values = new HashMap<Var, Var>();
        for (int i = 0; i < operands.size(); i++) {
            values.put(program.params().get(i), operands.get(i));
        }
        for (var e : program.equations()) {
            var in = e.in().stream().map(values::get).toArray(Var[]::new);
            values.put(e.out(), scope(e.label(), () -> apply(e.op(), in)));
        }
        return program.results().stream().map(values::get).toList();
    }

    /// The equations appended so far, for passes that append more: the backward pass walks them.
    public List<Equation> equations() {
        return List.copyOf(equations);
    }

    public Program build(List<Var> results) {
        return new Program(params, equations, results);
    }

    // ---- Elementwise -----------------------------------------------------------------------

    public Var unary(UnaryKind kind, Var x) {
        return apply(new Op.Unary(kind), x);
    }

    public Var add(Var x, Var y) {
        return apply(new Op.Binary(BinaryKind.ADD), x, y);
    }

    public Var sub(Var x, Var y) {
        return apply(new Op.Binary(BinaryKind.SUB), x, y);
    }

    public Var mul(Var x, Var y) {
        return apply(new Op.Binary(BinaryKind.MUL), x, y);
    }

    public Var div(Var x, Var y) {
        return apply(new Op.Binary(BinaryKind.DIV), x, y);
    }

    public Var max(Var x, Var y) {
        return apply(new Op.Binary(BinaryKind.MAX), x, y);
    }

    public Var min(Var x, Var y) {
        return apply(new Op.Binary(BinaryKind.MIN), x, y);
    }

    public Var neg(Var x) {
        return unary(UnaryKind.NEG, x);
    }

    public Var exp(Var x) {
        return unary(UnaryKind.EXP, x);
    }

    public Var log(Var x) {
        return unary(UnaryKind.LOG, x);
    }

    public Var sqrt(Var x) {
        return unary(UnaryKind.SQRT, x);
    }

    public Var compare(CompareKind kind, Var x, Var y) {
        return apply(new Op.Compare(kind), x, y);
    }

    public Var select(Var predicate, Var whenTrue, Var whenFalse) {
        return apply(new Op.Select(), predicate, whenTrue, whenFalse);
    }

    public Var convert(Var x, DType to) {
        return x.type().dtype() == to ? x : apply(new Op.Convert(to), x);
    }

    /// `x · by`, element by element.
    public Var scale(Var x, double by) {
        return mul(x, fillLike(x, by));
    }

    /// `x + by`, element by element.
    public Var shift(Var x, double by) {
        return add(x, fillLike(x, by));
    }

    // ---- Sources ---------------------------------------------------------------------------

    public Var fill(TensorType type, double value) {
        return apply(new Op.Fill(type, value));
    }

    public Var fillLike(Var x, double value) {
        return fill(x.type(), value);
    }

    public Var iota(Shape shape, int axis) {
        return apply(new Op.Iota(shape, axis));
    }

    // ---- Movement --------------------------------------------------------------------------

    public Var reshape(Var x, Shape shape) {
        return x.type().shape().equals(shape) ? x : apply(new Op.Reshape(shape), x);
    }

    public Var transpose(Var x, Integer... permutation) {
        return apply(new Op.Transpose(List.of(permutation)), x);
    }

    /// Repeats `x`, whose axis `i` becomes axis `axes[i]` of `shape`.
    public Var broadcast(Var x, Shape shape, Integer... axes) {
        return apply(new Op.Broadcast(shape, List.of(axes)), x);
    }

    /// Repeats a scalar.
    public Var spread(Var scalar, Shape shape) {
        return shape.rank() == 0 ? scalar : broadcast(scalar, shape);
    }

    /// Repeats `x`, whose axes are the innermost of `shape`: a bias over a batch.
    public Var alongInnermost(Var x, Shape shape) {
        int offset = shape.rank() - x.type().shape().rank();
        var axes = IntStream.range(offset, shape.rank()).boxed().toList();
        return apply(new Op.Broadcast(shape, axes), x);
    }

    /// Repeats `x`, whose axes are the outermost of `shape`: one number per sample.
    public Var alongOutermost(Var x, Shape shape) {
        var axes = IntStream.range(0, x.type().shape().rank()).boxed().toList();
        return apply(new Op.Broadcast(shape, axes), x);
    }

    // ---- Reduction and contraction ---------------------------------------------------------

    public Var sum(Var x, Integer... axes) {
        return apply(new Op.Reduce(ReduceKind.SUM, List.of(axes)), x);
    }

    /// The sum of all elements, as a scalar.
    public Var sumAll(Var x) {
        return reduceAll(ReduceKind.SUM, x);
    }

    public Var maxOver(Var x, Integer... axes) {
        return apply(new Op.Reduce(ReduceKind.MAX, List.of(axes)), x);
    }

    /// `[m, k]·[k, n] → [m, n]`.
    public Var matmul(Var x, Var y) {
        return apply(Op.DotGeneral.matrixProduct(), x, y);
    }

    private Var reduceAll(ReduceKind kind, Var x) {
        var axes = new Integer[x.type().shape().rank()];
        Arrays.setAll(axes, axis -> axis);
        return apply(new Op.Reduce(kind, List.of(axes)), x);
    }
}
