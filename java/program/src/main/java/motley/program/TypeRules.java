package motley.program;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// The type of every op's result.
public final class TypeRules {
    private TypeRules() {}

    /// The type of `op`'s result for operands of the types `in`.
    ///
    /// @throws IllegalArgumentException if the operands do not fit `op`
    public static TensorType infer(Op op, List<TensorType> in) {
        int arity = arity(op, in.size());
        require(in.size() == arity, "%s: %d operands (expected: %d)", op, in.size(), arity);
        return switch (op) {
            case Op.Elementwise e -> elementwise(e, in);
            case Op.Movement m -> MovementTypes.infer(m, in);
            case Op.Reduction r -> reduction(r, in.getFirst());
            case Op.Windowed w -> WindowTypes.windowed(w, in);
            case Op.Contraction c -> contraction(c, in);
            case Op.Indexing i -> indexing(i, in);
            case Op.Source s -> source(s, in);
        };
    }

    private static int arity(Op op, int given) {
        return switch (op) {
            case Op.Fill _, Op.Iota _ -> 0;
            case Op.Unary _, Op.Convert _ -> 1;
            case Op.Concatenate _ -> Math.max(1, given);
            case Op.Movement _, Op.Reduction _ -> 1;
            case Op.MaxPool _, Op.AveragePool _, Op.AveragePoolGradient _, Op.OneHot _ -> 1;
            case Op.Binary _, Op.Compare _, Op.MaxPoolGradient _, Op.MaxPoolPick _ -> 2;
            case Op.Contraction _, Op.Gather _, Op.ScatterAdd _, Op.RandomUniform _ -> 2;
            case Op.Select _ -> 3;
        };
    }

    private static TensorType elementwise(Op.Elementwise op, List<TensorType> in) {
        var x = in.getFirst();
        return switch (op) {
            case Op.Unary(var kind) -> {
                requireDType(op, x, allowed(kind));
                yield x;
            }
            case Op.Binary(var kind) -> {
                requireEqual(op, x, in.get(1));
                requireDType(op, x, allowed(kind));
                yield x;
            }
            case Op.Compare _ -> {
                requireEqual(op, x, in.get(1));
                requireDType(op, x, List.of(DType.F32, DType.I32));
                yield x.with(DType.BOOL);
            }
            case Op.Select _ -> {
                requireDType(op, x, List.of(DType.BOOL));
                requireEqual(op, in.get(1), in.get(2));
                requireEqual(op, x, in.get(1).with(DType.BOOL));
                yield in.get(1);
            }
            case Op.Convert(var to) -> x.with(to);
        };
    }

    private static List<DType> allowed(UnaryKind kind) {
        return switch (kind) {
            case NEG, ABS, SIGN -> List.of(DType.F32, DType.I32);
            case NOT -> List.of(DType.BOOL);
            case EXP, LOG, LOG1P, EXPM1, TANH, LOGISTIC, SQRT, RSQRT, SIN, COS, ERF, FLOOR ->
                    List.of(DType.F32);
        };
    }

    private static List<DType> allowed(BinaryKind kind) {
        return switch (kind) {
            case ADD, SUB, MUL, MAX, MIN -> List.of(DType.F32, DType.I32);
            case DIV, POW -> List.of(DType.F32);
            case AND, OR -> List.of(DType.BOOL);
        };
    }

    private static TensorType reduction(Op.Reduction op, TensorType x) {
        return switch (op) {
            case Op.Reduce(var kind, var axes) -> {
                requireDType(
                        op,
                        x,
                        kind == ReduceKind.SUM
                                ? List.of(DType.F32)
                                : List.of(DType.F32, DType.I32));
                requireAxes(op, x, axes);
                yield x.with(x.shape().without(axes));
            }
            case Op.ArgMax(int axis) -> {
                requireDType(op, x, List.of(DType.F32));
                requireAxes(op, x, List.of(axis));
                yield new TensorType(DType.I32, x.shape().without(List.of(axis)));
            }
        };
    }

    private static TensorType contraction(Op.Contraction op, List<TensorType> in) {
        var x = in.get(0);
        var y = in.get(1);
        requireDType(op, x, List.of(DType.F32));
        requireDType(op, y, List.of(DType.F32));
        return switch (op) {
            case Op.DotGeneral dot -> dotGeneral(dot, x, y);
            case Op.Convolution(var spec) ->
                    WindowTypes.convolution(op, spec, x.shape(), y.shape());
            case Op.ConvolutionInputGradient(var spec, var shape) -> {
                var out = WindowTypes.convolution(op, spec, shape, y.shape());
                requireEqual(op, x, out);
                yield x.with(shape);
            }
            case Op.ConvolutionFilterGradient(var spec, var shape) -> {
                var out = WindowTypes.convolution(op, spec, x.shape(), shape);
                requireEqual(op, y, out);
                yield x.with(shape);
            }
        };
    }

    private static TensorType dotGeneral(Op.DotGeneral op, TensorType x, TensorType y) {
        var left = concat(op.leftBatch(), op.leftContracted());
        var right = concat(op.rightBatch(), op.rightContracted());
        requireDistinctAxes(op, x, left);
        requireDistinctAxes(op, y, right);
        require(
                op.leftBatch().size() == op.rightBatch().size() && left.size() == right.size(),
                "%s: (expected: as many axes on the left as on the right)",
                op);
        for (int i = 0; i < left.size(); i++) {
            require(
                    x.shape().dim(left.get(i)) == y.shape().dim(right.get(i)),
                    "%s: operands [%s, %s] (expected: equal sizes of paired axes)",
                    op,
                    x,
                    y);
        }
        var dims = new ArrayList<Integer>();
        for (int axis : op.leftBatch()) dims.add(x.shape().dim(axis));
        dims.addAll(x.shape().without(left).dims());
        dims.addAll(y.shape().without(right).dims());
        return x.with(new Shape(dims));
    }

    private static TensorType indexing(Op.Indexing op, List<TensorType> in) {
        var x = in.getFirst();
        return switch (op) {
            case Op.Gather _ -> {
                var indices = in.get(1);
                requireDType(op, x, List.of(DType.F32));
                requireDType(op, indices, List.of(DType.I32));
                requireRank(op, x, 1);
                yield x.with(joined(indices.shape(), x.shape().without(List.of(0))));
            }
            case Op.ScatterAdd(int rows) -> {
                var updates = in.get(1);
                requireDType(op, x, List.of(DType.I32));
                requireDType(op, updates, List.of(DType.F32));
                int rank = x.shape().rank();
                requireRank(op, updates, rank);
                var outer = updates.shape().dims().subList(0, rank);
                require(
                        outer.equals(x.shape().dims()),
                        "%s: operands %s (expected: updates that begin with the indices' shape)",
                        op,
                        in);
                var inner = updates.shape().dims().subList(rank, updates.shape().rank());
                yield updates.with(new Shape(inner).prepend(rows));
            }
            case Op.OneHot(int depth) -> {
                requireDType(op, x, List.of(DType.I32));
                yield new TensorType(DType.F32, joined(x.shape(), Shape.of(depth)));
            }
        };
    }

    private static TensorType source(Op.Source op, List<TensorType> in) {
        return switch (op) {
            case Op.Fill(var type, double value) -> {
                boolean fits =
                        switch (type.dtype()) {
                            case F32 -> true;
                            case I32 -> value == (int) value;
                            case BOOL -> value == 0 || value == 1;
                        };
                require(fits, "%s: value %s (expected: a %s)", op, value, type.dtype().label());
                yield type;
            }
            case Op.Iota(var shape, int axis) -> {
                var type = new TensorType(DType.I32, shape);
                requireAxes(op, type, List.of(axis));
                yield type;
            }
            case Op.RandomUniform(int _, var dims) -> {
                var rows = in.get(1);
                require(
                        in.getFirst().equals(TensorType.i32(2))
                                && rows.dtype() == DType.I32
                                && rows.shape().rank() == 1,
                        "%s: operands %s (expected: key i32[2] and rows i32[n])",
                        op,
                        in);
                yield new TensorType(DType.F32, new Shape(dims).prepend(rows.shape().dim(0)));
            }
        };
    }

    private static Shape joined(Shape outer, Shape inner) {
        return new Shape(concat(outer.dims(), inner.dims()));
    }

    private static List<Integer> concat(List<Integer> first, List<Integer> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    static void requireEqual(Op op, TensorType x, TensorType y) {
        require(x.equals(y), "%s: operands [%s, %s] (expected: %s twice)", op, x, y, x);
    }

    static void requireDType(Op op, TensorType x, List<DType> allowed) {
        require(allowed.contains(x.dtype()), "%s: operand %s (expected: %s)", op, x, allowed);
    }

    static void requireRank(Op op, TensorType x, int atLeast) {
        int rank = x.shape().rank();
        require(rank >= atLeast, "%s: operand %s (expected: rank at least %d)", op, x, atLeast);
    }

    /// Axes in increasing order, each within `x`.
    static void requireAxes(Op op, TensorType x, List<Integer> axes) {
        int rank = x.shape().rank();
        int previous = -1;
        for (int axis : axes) {
            require(
                    axis > previous && axis < rank,
                    "%s: axes %s of %s (expected: increasing, in [0, %d))",
                    op,
                    axes,
                    x,
                    rank);
            previous = axis;
        }
    }

    private static void requireDistinctAxes(Op op, TensorType x, List<Integer> axes) {
        requireAxes(op, x, IntStream.of(sorted(axes)).boxed().toList());
    }

    private static int[] sorted(List<Integer> axes) {
        return axes.stream().mapToInt(Integer::intValue).sorted().toArray();
    }
}
