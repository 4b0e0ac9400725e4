package motley.program;

import static motley.tensor.TensorType.bool;
import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// One well-typed use or more of every op, with every kind and static parameters away from their
/// defaults, and the type worked out by hand.
final class EveryOp {
    private EveryOp() {}

    record Use(Op op, List<TensorType> in, TensorType out) {
        static Use of(Op op, TensorType out, TensorType... in) {
            return new Use(op, List.of(in), out);
        }

        /// A program of nothing but this.
        Program program() {
            var b = new ProgramBuilder();
            var params = in.stream().map(b::param).toArray(Var[]::new);
            return b.build(List.of(b.apply(op, params)));
        }

        @Override
        public String toString() {
            return op + " of " + in;
        }
    }

    static List<Use> uses() {
        return Stream.of(
                        elementwise(),
                        movement(),
                        reduction(),
                        windowed(),
                        contraction(),
                        indexing(),
                        source())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Use> elementwise() {
        var uses = new ArrayList<Use>();
        for (var kind : UnaryKind.values()) {
            var type = kind == UnaryKind.NOT ? bool(2, 3) : f32(2, 3);
            uses.add(Use.of(new Op.Unary(kind), type, type));
        }
        for (var kind : BinaryKind.values()) {
            boolean logical = kind == BinaryKind.AND || kind == BinaryKind.OR;
            var type = logical ? bool(2, 3) : f32(2, 3);
            uses.add(Use.of(new Op.Binary(kind), type, type, type));
        }
        for (var kind : CompareKind.values()) {
            uses.add(Use.of(new Op.Compare(kind), bool(5), i32(5), i32(5)));
        }
        uses.add(Use.of(new Op.Unary(UnaryKind.SIGN), i32(), i32()));
        uses.add(Use.of(new Op.Binary(BinaryKind.MUL), i32(4), i32(4), i32(4)));
        uses.add(Use.of(new Op.Compare(CompareKind.LT), bool(), f32(), f32()));
        uses.add(Use.of(new Op.Select(), i32(2), bool(2), i32(2), i32(2)));
        uses.add(Use.of(new Op.Select(), bool(2), bool(2), bool(2), bool(2)));
        for (var to : DType.values()) {
            uses.add(Use.of(new Op.Convert(to), new TensorType(to, Shape.of(3)), f32(3)));
        }
        return uses;
    }

    private static List<Use> movement() {
        return List.of(
                Use.of(new Op.Reshape(Shape.of(3, 1, 2)), i32(3, 1, 2), i32(6)),
                Use.of(new Op.Reshape(Shape.of()), bool(), bool(1, 1)),
                Use.of(new Op.Transpose(List.of(2, 0, 1)), f32(4, 2, 3), f32(2, 3, 4)),
                Use.of(new Op.Broadcast(Shape.of(2, 3), List.of(1)), f32(2, 3), f32(3)),
                Use.of(new Op.Broadcast(Shape.of(2, 3), List.of()), f32(2, 3), f32()),
                Use.of(
                        new Op.Slice(List.of(1, 0), List.of(8, 2), List.of(3, 1)),
                        f32(3, 2),
                        f32(9, 2)),
                Use.of(
                        new Op.Pad(List.of(1, 0), List.of(2, 0), List.of(3, 1)),
                        f32(12, 3),
                        f32(3, 2)),
                Use.of(new Op.Concatenate(1), i32(2, 9), i32(2, 3), i32(2, 1), i32(2, 5)),
                Use.of(new Op.Concatenate(0), bool(2), bool(2)),
                Use.of(new Op.Reverse(List.of(0, 2)), f32(2, 3, 4), f32(2, 3, 4)));
    }

    private static List<Use> reduction() {
        var uses = new ArrayList<Use>();
        for (var kind : ReduceKind.values()) {
            uses.add(Use.of(new Op.Reduce(kind, List.of(0, 2)), f32(3), f32(2, 3, 4)));
        }
        uses.add(Use.of(new Op.Reduce(ReduceKind.MAX, List.of(0)), i32(), i32(7)));
        uses.add(Use.of(new Op.ArgMax(1), i32(2, 4), f32(2, 3, 4)));
        return uses;
    }

    private static List<Use> windowed() {
        var window = new Window(3, 2, 2, 1, new Padding(2, 1, 0, 1));
        var small = f32(2, 4, 5, 3); // (6 + 3 - 3) / 2 + 1 rows, (5 + 1 - 2) / 1 + 1 columns
        var large = f32(2, 6, 5, 3);
        return List.of(
                Use.of(new Op.MaxPool(window), small, large),
                Use.of(new Op.MaxPool(Window.square(2)), f32(1, 2, 3, 1), f32(1, 5, 6, 1)),
                Use.of(new Op.MaxPoolGradient(window), large, large, small),
                Use.of(new Op.MaxPoolPick(window), small, large, large),
                Use.of(new Op.AveragePool(window), small, large),
                Use.of(new Op.AveragePoolGradient(window, large.shape()), large, small));
    }

    private static List<Use> contraction() {
        var dot = new Op.DotGeneral(List.of(2, 0), List.of(0, 1), List.of(3), List.of(2));
        var spec = new ConvolutionSpec(2, 1, 1, 2, new Padding(0, 1, 2, 0), 2);
        var images = f32(2, 7, 6, 4);
        var filters = f32(3, 2, 2, 6);
        var out = f32(2, 3, 6, 6); // (7 + 1 - 3) / 2 + 1 rows, (6 + 2 - 3) / 1 + 1 columns
        return List.of(
                Use.of(Op.DotGeneral.matrixProduct(), f32(2, 4), f32(2, 3), f32(3, 4)),
                Use.of(dot, f32(5, 2, 3, 6), f32(2, 3, 5, 4), f32(5, 2, 4, 6)),
                Use.of(new Op.Convolution(spec), out, images, filters),
                Use.of(
                        new Op.Convolution(ConvolutionSpec.plain()),
                        f32(1, 2, 2, 5),
                        f32(1, 4, 4, 3),
                        f32(3, 3, 3, 5)),
                Use.of(new Op.ConvolutionInputGradient(spec, images.shape()), images, out, filters),
                Use.of(
                        new Op.ConvolutionFilterGradient(spec, filters.shape()),
                        filters,
                        images,
                        out));
    }

    private static List<Use> indexing() {
        return List.of(
                Use.of(new Op.Gather(), f32(5, 2, 3, 4), f32(9, 3, 4), i32(5, 2)),
                Use.of(new Op.ScatterAdd(9), f32(9, 3, 4), i32(5, 2), f32(5, 2, 3, 4)),
                Use.of(new Op.OneHot(10), f32(3, 2, 10), i32(3, 2)));
    }

    private static List<Use> source() {
        var uses = new ArrayList<Use>();
        for (double value : new double[] {0, -0.0, 1e-30, Double.NaN, Double.NEGATIVE_INFINITY}) {
            uses.add(Use.of(new Op.Fill(f32(2), value), f32(2)));
        }
        uses.add(Use.of(new Op.Fill(i32(), Integer.MIN_VALUE), i32()));
        uses.add(Use.of(new Op.Fill(bool(1), 1), bool(1)));
        uses.add(Use.of(new Op.Iota(Shape.of(3, 4), 1), i32(3, 4)));
        for (int stream : new int[] {0, 127, 128, -1}) {
            var op = new Op.RandomUniform(stream, List.of(3, 5));
            uses.add(Use.of(op, f32(4, 3, 5), i32(2), i32(4)));
        }
        return uses;
    }

    /// Every concrete op under `type`.
    static List<Class<?>> records(Class<?> type) {
        if (!type.isSealed()) return List.of(type);
        return Arrays.stream(type.getPermittedSubclasses())
                .flatMap(permitted -> records(permitted).stream())
                .toList();
    }
}
