package motley.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ReduceKind;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// One way to propose each operation but those of [RandomWindows].
final class RandomOps {
    /// An operation with operands and parameters at random.
    interface Proposal {
        void propose(Draft draft);
    }

    static final List<Proposal> ALL =
            Stream.of(
                            elementwise(),
                            movement(),
                            List.<Proposal>of(RandomOps::reduce, RandomOps::reduce),
                            List.<Proposal>of(RandomOps::argMax),
                            List.<Proposal>of(RandomOps::matrixProduct, RandomOps::dotGeneral),
                            RandomWindows.all(),
                            List.<Proposal>of(RandomOps::gather, RandomOps::scatterAdd),
                            List.<Proposal>of(RandomOps::oneHot, RandomOps::fill),
                            List.<Proposal>of(RandomOps::iota, RandomOps::randomUniform))
                    .flatMap(List::stream)
                    .toList();

    private RandomOps() {}

    private static List<Proposal> elementwise() {
        var all = new ArrayList<Proposal>();
        for (var kind : UnaryKind.values()) all.add(d -> unary(d, kind));
        for (var kind : BinaryKind.values()) all.add(d -> binary(d, kind));
        for (var kind : CompareKind.values()) all.add(d -> compare(d, kind));
        all.add(RandomOps::select);
        all.add(RandomOps::select);
        all.add(RandomOps::convert);
        all.add(RandomOps::convert);
        return all;
    }

    private static List<Proposal> movement() {
        return List.of(
                RandomOps::reshape,
                RandomOps::transpose,
                RandomOps::broadcast,
                RandomOps::slice,
                RandomOps::pad,
                RandomOps::concatenate,
                RandomOps::reverse);
    }

    // ---- Elementwise -----------------------------------------------------------------------

    private static void unary(Draft d, UnaryKind kind) {
        var x =
                switch (kind) {
                    case NEG, ABS, SIGN -> d.any(d.oneOf(List.of(DType.F32, DType.F32, DType.I32)));
                    case LOG, SQRT, RSQRT -> d.above(0.25);
                    case LOG1P -> d.above(-0.5);
                    case EXP, EXPM1, TANH, LOGISTIC, SIN, COS, ERF, FLOOR -> d.any(DType.F32);
                    case NOT -> d.any(DType.BOOL);
                };
        d.apply(new Op.Unary(kind), x);
    }

    private static void binary(Draft d, BinaryKind kind) {
        var x =
                switch (kind) {
                    case ADD, SUB, MUL, MAX, MIN ->
                            d.any(d.oneOf(List.of(DType.F32, DType.F32, DType.I32)));
                    case DIV -> d.any(DType.F32);
                    case POW -> d.above(0.25);
                    case AND, OR -> d.any(DType.BOOL);
                };
        // Now and then x with itself, whose cotangents must add up.
        var y = d.between(0, 5) == 0 ? x : d.like(x.type(), x);
        d.apply(new Op.Binary(kind), x, y);
    }

    private static void compare(Draft d, CompareKind kind) {
        var x = d.any(d.oneOf(List.of(DType.F32, DType.I32)));
        d.apply(new Op.Compare(kind), x, d.like(x.type()));
    }

    private static void select(Draft d) {
        var x = d.any(d.oneOf(List.of(DType.F32, DType.F32, DType.I32, DType.BOOL)));
        var y = d.like(x.type(), x);
        d.apply(new Op.Select(), d.like(x.type().with(DType.BOOL)), x, y);
    }

    private static void convert(Draft d) {
        var types = List.of(DType.values());
        d.apply(new Op.Convert(d.oneOf(types)), d.any(d.oneOf(types)));
    }

    // ---- Movement --------------------------------------------------------------------------

    private static Var moved(Draft d, int rankMin) {
        return d.any(d.oneOf(List.of(DType.F32, DType.F32, DType.I32, DType.BOOL)), rankMin);
    }

    /// Merges neighbouring axes, or puts axes of size 1 in.
    private static void reshape(Draft d) {
        var x = moved(d, 0);
        var dims = new ArrayList<Integer>();
        for (int dim : x.type().shape().dims()) {
            if (d.coin() && !dims.isEmpty()) dims.add(dims.removeLast() * dim);
            else dims.add(dim);
        }
        if (dims.isEmpty() || d.coin()) dims.add(d.between(0, dims.size()), 1);
        d.apply(new Op.Reshape(new Shape(dims)), x);
    }

    private static void transpose(Draft d) {
        var x = moved(d, 2);
        d.apply(new Op.Transpose(d.shuffled(x.type().shape().rank())), x);
    }

    private static void broadcast(Draft d) {
        var x = moved(d, 0);
        var dims = new ArrayList<>(x.type().shape().dims());
        var axes = new ArrayList<>(IntStream.range(0, dims.size()).boxed().toList());
        for (int added = d.between(1, 2); added > 0 && dims.size() < 6; added--) {
            int at = d.between(0, dims.size());
            dims.add(at, d.dim());
            axes.replaceAll(axis -> axis >= at ? axis + 1 : axis);
        }
        d.apply(new Op.Broadcast(new Shape(dims), axes), x);
    }

    private static void slice(Draft d) {
        var x = moved(d, 1);
        var starts = new ArrayList<Integer>();
        var limits = new ArrayList<Integer>();
        for (int dim : x.type().shape().dims()) {
            starts.add(d.between(0, dim - 1));
            limits.add(d.between(starts.getLast() + 1, dim));
        }
        d.apply(new Op.Slice(starts, limits, perAxis(d, x, 1, 3)), x);
    }

    private static void pad(Draft d) {
        var x = moved(d, 1);
        d.apply(new Op.Pad(perAxis(d, x, 0, 2), perAxis(d, x, 0, 2), perAxis(d, x, 0, 2)), x);
    }

    private static List<Integer> perAxis(Draft d, Var x, int low, int high) {
        return x.type().shape().dims().stream()
                .map(_ -> d.coin() ? low : d.between(low, high))
                .collect(Collectors.toList());
    }

    private static void concatenate(Draft d) {
        var x = moved(d, 1);
        int axis = d.between(0, x.type().shape().rank() - 1);
        var parts = new ArrayList<>(List.of(x));
        for (int more = d.between(0, 2); more > 0; more--) {
            var dims = new ArrayList<>(x.type().shape().dims());
            if (d.coin()) dims.set(axis, d.between(1, 3));
            if (!d.fits(dims)) return;
            parts.add(d.like(x.type().with(new Shape(dims))));
        }
        d.apply(new Op.Concatenate(axis), parts.toArray(Var[]::new));
    }

    private static void reverse(Draft d) {
        var x = moved(d, 1);
        d.apply(new Op.Reverse(d.someAxes(x.type().shape())), x);
    }

    // ---- Reduction and contraction ---------------------------------------------------------

    private static void reduce(Draft d) {
        var kind = d.oneOf(List.of(ReduceKind.values()));
        boolean integers = kind != ReduceKind.SUM && d.between(0, 3) == 0;
        var x = d.any(integers ? DType.I32 : DType.F32, 1);
        d.apply(new Op.Reduce(kind, d.someAxes(x.type().shape())), x);
    }

    private static void argMax(Draft d) {
        var x = d.any(DType.F32, 1);
        d.apply(new Op.ArgMax(d.between(0, x.type().shape().rank() - 1)), x);
    }

    /// Of matrices of any sizes, either of them transposed.
    private static void matrixProduct(Draft d) {
        int inner = d.dim();
        int left = d.between(0, 1);
        int right = d.between(0, 1);
        var x = left == 1 ? List.of(d.dim(), inner) : List.of(inner, d.dim());
        var y = right == 0 ? List.of(inner, d.dim()) : List.of(d.dim(), inner);
        if (!d.fits(x) || !d.fits(y)) return;
        var op = new Op.DotGeneral(List.of(), List.of(), List.of(left), List.of(right));
        var f32 = TensorType.f32();
        d.apply(op, d.like(f32.with(new Shape(x))), d.like(f32.with(new Shape(y))));
    }

    /// The axes of the left operand in any order take their parts; the right one is made to fit.
    private static void dotGeneral(Draft d) {
        var x = d.any(DType.F32, 1);
        var shape = x.type().shape();
        var order = d.shuffled(shape.rank());
        int batches = d.between(0, Math.max(0, shape.rank() - 1));
        int contracted = d.between(0, shape.rank() - batches);
        var leftBatch = order.subList(0, batches);
        var leftContracted = order.subList(batches, batches + contracted);

        var dims = new ArrayList<Integer>(leftBatch.stream().map(shape::dim).toList());
        leftContracted.forEach(axis -> dims.add(shape.dim(axis)));
        for (int free = d.between(0, 2); free > 0; free--) dims.add(d.dim());
        var places =
                d.shuffled(dims.size()); // Where each of these axes stands in the right operand.
        var right = new ArrayList<>(dims);
        for (int i = 0; i < dims.size(); i++) right.set(places.get(i), dims.get(i));
        var op =
                new Op.DotGeneral(
                        leftBatch,
                        places.subList(0, batches),
                        leftContracted,
                        places.subList(batches, batches + contracted));
        boolean tooManyAxes = shape.rank() + right.size() - batches - 2 * contracted > 6;
        if (tooManyAxes || !d.fits(right)) return;
        d.apply(op, x, d.like(x.type().with(new Shape(right))));
    }

    // ---- Indexing and sources --------------------------------------------------------------

    private static void gather(Draft d) {
        var table = d.any(DType.F32, 1);
        var indices = d.any(DType.I32);
        var dims = new ArrayList<>(indices.type().shape().dims());
        dims.addAll(table.type().shape().without(List.of(0)).dims());
        if (d.fits(dims)) d.apply(new Op.Gather(), table, indices);
    }

    private static void scatterAdd(Draft d) {
        var indices = d.any(DType.I32);
        var dims = new ArrayList<>(indices.type().shape().dims());
        if (d.coin()) dims.add(d.dim());
        if (!d.fits(dims)) return;
        var updates = d.like(TensorType.f32().with(new Shape(dims)));
        d.apply(new Op.ScatterAdd(d.dim()), indices, updates);
    }

    private static void oneHot(Draft d) {
        var indices = d.any(DType.I32);
        if (indices.type().shape().rank() < Shape.RANK_MAX) {
            d.apply(new Op.OneHot(d.dim()), indices);
        }
    }

    private static void fill(Draft d) {
        var type = new TensorType(d.oneOf(List.of(DType.values())), d.shape());
        double value =
                switch (type.dtype()) {
                    case F32 -> d.between(-20, 20) / 10.0;
                    case I32 -> d.between(-3, 3);
                    case BOOL -> d.between(0, 1);
                };
        d.apply(new Op.Fill(type, value));
    }

    private static void iota(Draft d) {
        var shape = d.shape(1, 3);
        d.apply(new Op.Iota(shape, d.between(0, shape.rank() - 1)));
    }

    private static void randomUniform(Draft d) {
        var dims = d.shape(0, 2).dims();
        var rows = d.like(TensorType.i32(d.between(1, 4)));
        d.apply(new Op.RandomUniform(d.between(0, 3), dims), d.like(TensorType.i32(2)), rows);
    }
}
