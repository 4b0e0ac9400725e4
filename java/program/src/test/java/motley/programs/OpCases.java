package motley.programs;

import static motley.tensor.TensorType.bool;
import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.program.Padding;
import motley.program.ReduceKind;
import motley.program.UnaryKind;
import motley.program.Window;
import motley.tensor.DType;
import motley.tensor.Shape;

/// Every operation by itself, in the forms that tend to go wrong: odd sizes, strides that leave a
/// rest, uneven padding, dilation, groups, single elements, scalars.
public final class OpCases {
    private OpCases() {}

    public static Stream<OpCase> all() {
        return Stream.of(
                        elementwise(),
                        movement(),
                        reduction(),
                        windowed(),
                        dots(),
                        convolutions(),
                        indexing(),
                        sources())
                .flatMap(List::stream);
    }

    private static List<OpCase> elementwise() {
        var all = new ArrayList<OpCase>();
        for (var kind : UnaryKind.values()) all.add(unary(kind));
        for (var kind : BinaryKind.values()) all.add(binary(kind));
        for (var kind : CompareKind.values()) {
            all.add(OpCase.of(new Op.Compare(kind), f32(2, 3), f32(2, 3)));
            all.add(OpCase.of(new Op.Compare(kind), i32(17), i32(17)));
        }
        for (var kind : List.of(UnaryKind.NEG, UnaryKind.ABS, UnaryKind.SIGN)) {
            all.add(OpCase.of(new Op.Unary(kind), i32(7)));
        }
        for (var kind : List.of(BinaryKind.ADD, BinaryKind.SUB, BinaryKind.MUL, BinaryKind.MAX)) {
            all.add(OpCase.of(new Op.Binary(kind), i32(9), i32(9)));
        }
        all.add(OpCase.of(new Op.Binary(BinaryKind.MIN), f32(), f32()));
        all.add(OpCase.of(new Op.Select(), bool(3, 5), f32(3, 5), f32(3, 5)));
        all.add(OpCase.of(new Op.Select(), bool(17), i32(17), i32(17)));
        for (var to : DType.values()) {
            all.add(OpCase.of(new Op.Convert(to), f32(19)));
            all.add(OpCase.of(new Op.Convert(to), i32(3, 3)));
            all.add(OpCase.of(new Op.Convert(to), bool(5)));
        }
        return all;
    }

    private static OpCase unary(UnaryKind kind) {
        var op = new Op.Unary(kind);
        return switch (kind) {
            case LOG, SQRT, RSQRT, LOG1P -> OpCase.positive(op, f32(5, 7));
            case NOT -> OpCase.of(op, bool(2, 3));
            case NEG, ABS, SIGN, EXP, EXPM1, TANH, LOGISTIC, SIN, COS, ERF, FLOOR ->
                    OpCase.of(op, f32(5, 7));
        };
    }

    private static OpCase binary(BinaryKind kind) {
        var op = new Op.Binary(kind);
        return switch (kind) {
            case DIV, POW -> OpCase.positive(op, f32(3, 5), f32(3, 5));
            case AND, OR -> OpCase.of(op, bool(2, 3), bool(2, 3));
            case ADD, SUB, MUL, MAX, MIN -> OpCase.of(op, f32(3, 5), f32(3, 5));
        };
    }

    private static List<OpCase> movement() {
        return List.of(
                OpCase.of(new Op.Reshape(Shape.of(3, 1, 2)), f32(6)),
                OpCase.of(new Op.Reshape(Shape.of()), f32(1, 1)),
                OpCase.of(new Op.Transpose(List.of(1, 0)), f32(5, 3)),
                OpCase.of(new Op.Transpose(List.of(2, 0, 1)), f32(2, 3, 4)),
                OpCase.of(new Op.Transpose(List.of(0, 3, 1, 2)), i32(2, 3, 2, 5)),
                OpCase.of(new Op.Broadcast(Shape.of(2, 3), List.of()), f32()),
                OpCase.of(new Op.Broadcast(Shape.of(2, 3), List.of(0, 1)), f32(2, 3)),
                OpCase.of(new Op.Broadcast(Shape.of(2, 3, 5, 4), List.of(1, 3)), f32(3, 4)),
                OpCase.of(new Op.Slice(List.of(1, 0), List.of(8, 4), List.of(3, 2)), f32(9, 5)),
                OpCase.of(new Op.Slice(List.of(2), List.of(3), List.of(4)), f32(7)),
                OpCase.of(new Op.Pad(List.of(1, 0), List.of(2, 4), List.of(3, 0)), f32(3, 5)),
                OpCase.of(new Op.Pad(List.of(0), List.of(0), List.of(1)), bool(4)),
                OpCase.of(new Op.Concatenate(1), f32(3, 5), f32(3, 2), f32(3, 1)),
                OpCase.of(new Op.Concatenate(0), f32(4)),
                OpCase.of(new Op.Concatenate(2), i32(1, 2, 3), i32(1, 2, 1)),
                OpCase.of(new Op.Reverse(List.of(0, 2)), f32(3, 5, 2)),
                OpCase.of(new Op.Reverse(List.of()), f32(3)));
    }

    private static List<OpCase> reduction() {
        var all = new ArrayList<OpCase>();
        for (var kind : ReduceKind.values()) {
            all.add(OpCase.of(new Op.Reduce(kind, List.of(0)), f32(17)));
            all.add(OpCase.of(new Op.Reduce(kind, List.of(1)), f32(3, 5, 2)));
            all.add(OpCase.of(new Op.Reduce(kind, List.of(0, 2)), f32(3, 5, 2)));
            all.add(OpCase.of(new Op.Reduce(kind, List.of()), f32(4)));
        }
        all.add(OpCase.of(new Op.Reduce(ReduceKind.MAX, List.of(0)), i32(6, 2)));
        all.add(OpCase.of(new Op.Reduce(ReduceKind.MIN, List.of(1)), i32(6, 2)));
        all.add(OpCase.of(new Op.ArgMax(0), f32(9)));
        all.add(OpCase.of(new Op.ArgMax(1), f32(3, 5, 2)));
        return all;
    }

    private static List<OpCase> windowed() {
        var all = new ArrayList<OpCase>();
        all.addAll(pools(Window.square(2), new int[] {1, 5, 7, 3}, new int[] {1, 2, 3, 3}));
        // (6 + 3 - 3) / 2 + 1 rows, (5 + 1 - 2) / 1 + 1 columns
        var overlapping = new Window(3, 2, 2, 1, new Padding(1, 2, 0, 1));
        all.addAll(pools(overlapping, new int[] {2, 6, 5, 3}, new int[] {2, 4, 5, 3}));
        // Strides longer than the window leave elements uncovered.
        var sparse = new Window(1, 2, 3, 3, Padding.NONE);
        all.addAll(pools(sparse, new int[] {1, 7, 5, 2}, new int[] {1, 3, 2, 2}));
        return all;
    }

    private static List<OpCase> pools(Window window, int[] image, int[] pooled) {
        var x = f32(image[0], image[1], image[2], image[3]);
        var y = f32(pooled[0], pooled[1], pooled[2], pooled[3]);
        return List.of(
                OpCase.of(new Op.MaxPool(window), x),
                OpCase.of(new Op.MaxPoolGradient(window), x, y),
                OpCase.of(new Op.MaxPoolPick(window), x, x),
                OpCase.of(new Op.AveragePool(window), x),
                OpCase.of(new Op.AveragePoolGradient(window, x.shape()), y));
    }

    private static List<OpCase> dots() {
        var product = Op.DotGeneral.matrixProduct();
        var transposed = new Op.DotGeneral(List.of(), List.of(), List.of(0), List.of(1));
        var attention = new Op.DotGeneral(List.of(0, 1), List.of(0, 1), List.of(3), List.of(3));
        var tangled = new Op.DotGeneral(List.of(1, 0), List.of(0, 3), List.of(4, 2), List.of(1, 4));
        var outer = new Op.DotGeneral(List.of(), List.of(), List.of(), List.of());
        var inner = new Op.DotGeneral(List.of(), List.of(), List.of(0), List.of(0));
        return List.of(
                OpCase.of(product, f32(1, 1), f32(1, 1)),
                OpCase.of(product, f32(3, 5), f32(5, 7)),
                OpCase.of(product, f32(17, 3), f32(3, 19)),
                OpCase.of(transposed, f32(5, 3), f32(7, 5)),
                OpCase.of(attention, f32(2, 2, 3, 5), f32(2, 2, 4, 5)),
                OpCase.of(tangled, f32(2, 3, 4, 2, 5), f32(3, 5, 6, 2, 4)),
                OpCase.of(outer, f32(3), f32(2, 2)),
                OpCase.of(inner, f32(33), f32(33)));
    }

    private static List<OpCase> convolutions() {
        var all = new ArrayList<OpCase>();
        var plain = ConvolutionSpec.plain();
        all.addAll(convolution(plain, Shape.of(2, 5, 4, 3), Shape.of(3, 3, 3, 2), 3, 2));
        var pointwise = Shape.of(1, 1, 5, 3);
        all.addAll(convolution(plain, Shape.of(1, 3, 3, 5), pointwise, 3, 3));
        var same = new ConvolutionSpec(1, 1, 1, 1, new Padding(1, 1, 1, 1), 1);
        all.addAll(convolution(same, Shape.of(1, 5, 7, 2), Shape.of(3, 3, 2, 4), 5, 7));
        // (7 + 1 - 3) / 2 + 1 rows, (6 + 3 - 3) / 1 + 1 columns
        var mixed = new ConvolutionSpec(2, 1, 1, 2, new Padding(1, 0, 2, 1), 2);
        all.addAll(convolution(mixed, Shape.of(2, 7, 6, 4), Shape.of(3, 2, 2, 6), 3, 7));
        // A rest: (8 - 2) / 4 + 1 rows of 8 use the first 6, (5 - 3) / 3 + 1 columns the first 3.
        var leftOver = new ConvolutionSpec(4, 3, 1, 1, Padding.NONE, 1);
        all.addAll(convolution(leftOver, Shape.of(1, 8, 5, 1), Shape.of(2, 3, 1, 2), 2, 1));
        var depthwise = new ConvolutionSpec(1, 2, 2, 1, new Padding(2, 2, 0, 1), 3);
        all.addAll(convolution(depthwise, Shape.of(1, 4, 5, 3), Shape.of(3, 2, 1, 3), 4, 3));
        return all;
    }

    private static List<OpCase> convolution(
            ConvolutionSpec spec, Shape images, Shape filters, int rows, int cols) {
        var x = f32().with(images);
        var w = f32().with(filters);
        var y = f32(images.dim(0), rows, cols, filters.dim(3));
        return List.of(
                OpCase.of(new Op.Convolution(spec), x, w),
                OpCase.of(new Op.ConvolutionInputGradient(spec, images), y, w),
                OpCase.of(new Op.ConvolutionFilterGradient(spec, filters), x, y));
    }

    private static List<OpCase> indexing() {
        return List.of(
                OpCase.of(new Op.Gather(), f32(3, 2), i32(2, 5)),
                OpCase.of(new Op.Gather(), f32(4), i32()),
                OpCase.of(new Op.ScatterAdd(3), i32(2, 5), f32(2, 5, 2)),
                OpCase.of(new Op.ScatterAdd(4), i32(), f32(3)),
                OpCase.of(new Op.OneHot(4), i32(2, 5)));
    }

    private static List<OpCase> sources() {
        return List.of(
                OpCase.of(new Op.Fill(f32(2, 3), 0.1)),
                OpCase.of(new Op.Fill(i32(5), -7)),
                OpCase.of(new Op.Fill(bool(3), 1)),
                OpCase.of(new Op.Iota(Shape.of(2, 3, 2), 1)),
                OpCase.of(new Op.RandomUniform(7, List.of(2, 3)), i32(2), i32(5)));
    }
}
