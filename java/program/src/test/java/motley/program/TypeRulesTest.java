package motley.program;

import static motley.tensor.TensorType.bool;
import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TypeRulesTest {
    private static final int MAX = Integer.MAX_VALUE;

    static List<EveryOp.Use> uses() {
        return EveryOp.uses();
    }

    @Test
    void everyOpAndKindIsUsed() {
        var ops = new HashSet<Class<?>>();
        var kinds = new HashSet<Object>();
        for (var use : uses()) {
            ops.add(use.op().getClass());
            if (use.op() instanceof Op.Unary(var kind)) kinds.add(kind);
            if (use.op() instanceof Op.Binary(var kind)) kinds.add(kind);
            if (use.op() instanceof Op.Compare(var kind)) kinds.add(kind);
            if (use.op() instanceof Op.Reduce(var kind, _)) kinds.add(kind);
            if (use.op() instanceof Op.Convert(var dtype)) kinds.add(dtype);
        }
        assertThat(ops).isEqualTo(Set.copyOf(EveryOp.records(Op.class)));
        assertThat(kinds).containsAll(constants());
    }

    private static List<Object> constants() {
        return Stream.<Object[]>of(
                        UnaryKind.values(),
                        BinaryKind.values(),
                        CompareKind.values(),
                        ReduceKind.values(),
                        DType.values())
                .flatMap(Arrays::stream)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("uses")
    void theTypeIsTheOneWorkedOutByHand(EveryOp.Use use) {
        assertThat(TypeRules.infer(use.op(), use.in())).isEqualTo(use.out());
    }

    /// One operand too few or too many never passes, but where the number is free.
    @ParameterizedTest
    @MethodSource("uses")
    void theNumberOfOperandsIsChecked(EveryOp.Use use) {
        if (use.op() instanceof Op.Concatenate) return;
        var more = Stream.concat(use.in().stream(), Stream.of(f32(2, 3))).toList();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TypeRules.infer(use.op(), more))
                .withMessage(
                        "%s: %d operands (expected: %d)", use.op(), more.size(), use.in().size());
        if (use.in().isEmpty()) return;
        var fewer = use.in().subList(1, use.in().size());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TypeRules.infer(use.op(), fewer))
                .withMessage(
                        "%s: %d operands (expected: %d)", use.op(), fewer.size(), use.in().size());
    }

    @ParameterizedTest
    @MethodSource("illTyped")
    void illTypedIsRefused(Op op, List<TensorType> in) {
        assertThatIllegalArgumentException().isThrownBy(() -> TypeRules.infer(op, in));
    }

    static Stream<Arguments> illTyped() {
        return Stream.of(elementwise(), movement(), contraction(), windows(), indexing(), sources())
                .flatMap(s -> s);
    }

    private static Arguments bad(Op op, TensorType... in) {
        return Arguments.of(op, List.of(in));
    }

    private static Stream<Arguments> elementwise() {
        return Stream.of(
                bad(new Op.Unary(UnaryKind.EXP), i32(2)),
                bad(new Op.Unary(UnaryKind.NOT), f32(2)),
                bad(new Op.Unary(UnaryKind.NEG), bool(2)),
                bad(new Op.Binary(BinaryKind.ADD), f32(2), f32(1)),
                bad(new Op.Binary(BinaryKind.ADD), f32(2), i32(2)),
                bad(new Op.Binary(BinaryKind.DIV), i32(2), i32(2)),
                bad(new Op.Binary(BinaryKind.AND), f32(2), f32(2)),
                bad(new Op.Compare(CompareKind.EQ), bool(2), bool(2)),
                bad(new Op.Compare(CompareKind.EQ), f32(2), f32(3)),
                bad(new Op.Select(), f32(2), f32(2), f32(2)),
                bad(new Op.Select(), bool(2), f32(2), i32(2)),
                bad(new Op.Select(), bool(1), f32(2), f32(2)));
    }

    private static Stream<Arguments> movement() {
        return Stream.of(
                bad(new Op.Reshape(Shape.of(5)), f32(6)),
                bad(new Op.Transpose(List.of(0, 0)), f32(2, 2)),
                bad(new Op.Transpose(List.of(0)), f32(2, 2)),
                bad(new Op.Transpose(List.of(0, 2)), f32(2, 2)),
                bad(new Op.Broadcast(Shape.of(2, 3), List.of(0)), f32(3)),
                bad(new Op.Broadcast(Shape.of(2, 3), List.of(1, 0)), f32(3, 2)),
                bad(new Op.Broadcast(Shape.of(2, 3), List.of(2)), f32(3)),
                bad(new Op.Broadcast(Shape.of(2, 3), List.of(-1)), f32(3)),
                bad(new Op.Slice(List.of(0), List.of(4), List.of(1)), f32(3)),
                bad(new Op.Slice(List.of(2), List.of(2), List.of(1)), f32(3)),
                bad(new Op.Slice(List.of(-1), List.of(2), List.of(1)), f32(3)),
                bad(new Op.Slice(List.of(0), List.of(2), List.of(0)), f32(3)),
                bad(new Op.Slice(List.of(0), List.of(2), List.of()), f32(3)),
                bad(new Op.Pad(List.of(-1), List.of(0), List.of(0)), f32(3)),
                bad(new Op.Pad(List.of(0), List.of(-1), List.of(0)), f32(3)),
                bad(new Op.Pad(List.of(0), List.of(0), List.of(-1)), f32(3)),
                bad(new Op.Pad(List.of(0), List.of(0), List.of(MAX)), f32(3)),
                bad(new Op.Pad(List.of(MAX), List.of(MAX), List.of(MAX)), f32(MAX)),
                bad(new Op.Pad(List.of(0), List.of(0), List.of()), f32(3)),
                bad(new Op.Concatenate(0)),
                bad(new Op.Concatenate(2), f32(2, 3)),
                bad(new Op.Concatenate(-1), f32(2, 3)),
                bad(new Op.Concatenate(0), f32(2, 3), f32(2, 4)),
                bad(new Op.Concatenate(0), f32(2), f32(2, 1)),
                bad(new Op.Concatenate(0), f32(2), i32(2)),
                bad(new Op.Concatenate(0), f32(MAX), f32(MAX)),
                bad(new Op.Concatenate(0), f32(MAX), f32(MAX), f32(MAX)),
                bad(new Op.Reverse(List.of(1)), f32(3)),
                bad(new Op.Reverse(List.of(0, 0)), f32(3)),
                bad(new Op.Reduce(ReduceKind.SUM, List.of(0)), i32(3)),
                bad(new Op.Reduce(ReduceKind.MAX, List.of(0)), bool(3)),
                bad(new Op.Reduce(ReduceKind.SUM, List.of(1, 0)), f32(3, 2)),
                bad(new Op.ArgMax(0), i32(3)),
                bad(new Op.ArgMax(1), f32(3)));
    }

    private static Stream<Arguments> contraction() {
        var none = List.<Integer>of();
        var plain = ConvolutionSpec.plain();
        return Stream.of(
                bad(Op.DotGeneral.matrixProduct(), f32(2, 3), f32(2, 3)),
                bad(Op.DotGeneral.matrixProduct(), f32(2), f32(2, 3)),
                bad(Op.DotGeneral.matrixProduct(), i32(2, 2), i32(2, 2)),
                bad(new Op.DotGeneral(none, none, List.of(0), none), f32(2), f32(2)),
                bad(new Op.DotGeneral(List.of(0), none, none, List.of(0)), f32(2), f32(2)),
                bad(
                        new Op.DotGeneral(List.of(0), List.of(0), List.of(0), List.of(0)),
                        f32(2),
                        f32(2)),
                bad(new Op.DotGeneral(none, none, List.of(-1), List.of(0)), f32(2), f32(2)),
                bad(new Op.DotGeneral(none, none, none, none), f32(1 << 16), f32(1 << 16)),
                bad(new Op.DotGeneral(none, none, none, none), f32(1, 1, 1, 1, 1), f32(1, 1, 1, 1)),
                bad(new Op.Convolution(plain), f32(1, 4, 4, 3), f32(3, 3, 2, 5)),
                bad(new Op.Convolution(plain), f32(1, 4, 4, 3), f32(5, 3, 3, 5)),
                bad(new Op.Convolution(plain), f32(4, 4, 3), f32(3, 3, 3, 5)),
                bad(new Op.Convolution(plain), f32(1, 4, 4, 3), f32(3, 3, 3)),
                bad(new Op.Convolution(grouped(2)), f32(1, 4, 4, 4), f32(1, 1, 2, 3)),
                bad(new Op.Convolution(grouped(1 << 30)), f32(1, 4, 4, 4), f32(1, 1, 8, 1)),
                bad(
                        new Op.ConvolutionInputGradient(plain, Shape.of(1, 4, 4, 3)),
                        f32(1, 3, 3, 5),
                        f32(3, 3, 3, 5)),
                bad(
                        new Op.ConvolutionFilterGradient(plain, Shape.of(3, 3, 3, 5)),
                        f32(1, 4, 4, 3),
                        f32(1, 2, 2, 4)));
    }

    private static ConvolutionSpec grouped(int groups) {
        return new ConvolutionSpec(1, 1, 1, 1, Padding.NONE, groups);
    }

    /// The far ends of `int`: no sum or product here may wrap around and look harmless.
    private static Stream<Arguments> windows() {
        var image = f32(1, 4, 4, 1);
        var wide = new Window(1, MAX, 1, 1, new Padding(0, 0, MAX - 1, MAX - 1));
        var square = new Window(1 << 16, 1 << 16, 1, 1, new Padding(0xffff, 0, 0xffff, 0));
        var padded = new ConvolutionSpec(1, 1, 1, 1, new Padding(MAX, MAX, 0, 0), 1);
        var dilated = new ConvolutionSpec(1, 1, MAX, MAX, Padding.NONE, 1);
        return Stream.of(
                bad(new Op.MaxPool(Window.square(5)), image),
                bad(new Op.MaxPool(Window.square(2)), f32(4, 4)),
                bad(new Op.MaxPool(Window.square(2)), i32(1, 4, 4, 1)),
                bad(new Op.MaxPool(wide), image),
                bad(new Op.AveragePool(square), image),
                bad(new Op.MaxPoolGradient(Window.square(2)), image, image),
                bad(new Op.MaxPoolPick(Window.square(2)), image, f32(1, 2, 2, 1)),
                bad(new Op.AveragePoolGradient(Window.square(2), image.shape()), image),
                bad(new Op.Convolution(padded), image, f32(1, 1, 1, 1)),
                bad(new Op.Convolution(dilated), image, f32(3, 1, 1, 1)),
                bad(new Op.Convolution(dilated), image, f32(1, 2, 1, 1)));
    }

    private static Stream<Arguments> indexing() {
        return Stream.of(
                bad(new Op.Gather(), f32(), i32(2)),
                bad(new Op.Gather(), f32(3), f32(2)),
                bad(new Op.Gather(), i32(3), i32(2)),
                bad(new Op.Gather(), f32(1, 1, 1, 1, 1, 1), i32(1, 1, 1, 1)),
                bad(new Op.ScatterAdd(3), i32(2), f32(4, 5)),
                bad(new Op.ScatterAdd(3), i32(2, 2), f32(2)),
                bad(new Op.ScatterAdd(0), i32(2), f32(2)),
                bad(new Op.ScatterAdd(-1), i32(2), f32(2)),
                bad(new Op.ScatterAdd(3), f32(2), f32(2)),
                bad(new Op.OneHot(0), i32(2)),
                bad(new Op.OneHot(MAX), i32(2)),
                bad(new Op.OneHot(3), f32(2)));
    }

    private static Stream<Arguments> sources() {
        return Stream.of(
                bad(new Op.Fill(i32(), 0.5)),
                bad(new Op.Fill(i32(), Double.NaN)),
                bad(new Op.Fill(i32(), 1L << 31)),
                bad(new Op.Fill(bool(), 2)),
                bad(new Op.Iota(Shape.of(3), 1)),
                bad(new Op.Iota(Shape.of(), 0)),
                bad(new Op.RandomUniform(0, List.of(3)), i32(3), i32(4)),
                bad(new Op.RandomUniform(0, List.of(3)), i32(2), i32(4, 1)),
                bad(new Op.RandomUniform(0, List.of(0)), i32(2), i32(4)));
    }

    /// Strides past the end leave one position; the widest window that counts in `int` is allowed.
    @Test
    void extremeWindowsAreTypedExactly() {
        var image = f32(1, 4, 4, 1);
        var far = new ConvolutionSpec(MAX, MAX, MAX, MAX, new Padding(0, MAX - 4, 0, 0), 1);
        assertThat(infer(new Op.Convolution(far), image, f32(1, 1, 1, 1)))
                .isEqualTo(f32(1, 1, 1, 1));
        var tall = new Window(1 << 30, 1, 1, 1, new Padding((1 << 30) - 1, 0, 0, 0));
        assertThat(infer(new Op.MaxPool(tall), image)).isEqualTo(f32(1, 4, 4, 1));
    }

    private static TensorType infer(Op op, TensorType... in) {
        return TypeRules.infer(op, List.of(in));
    }

    @Test
    void messagesNameOpOperandsAndExpectation() {
        assertMessage(
                "Binary[kind=ADD]: operands [f32[2], f32[3]] (expected: f32[2] twice)",
                new Op.Binary(BinaryKind.ADD),
                f32(2),
                f32(3));
        assertMessage(
                "Unary[kind=EXP]: operand i32[2] (expected: [F32])",
                new Op.Unary(UnaryKind.EXP),
                i32(2));
        assertMessage(
                "Reshape[shape=[5]]: operand f32[2, 3] (expected: 5 elements)",
                new Op.Reshape(Shape.of(5)),
                f32(2, 3));
        assertMessage(
                "Iota[shape=[3], axis=1]: axes [1] of i32[3] (expected: increasing, in [0, 1))",
                new Op.Iota(Shape.of(3), 1));
        assertMessage(
                "MaxPool[window=Window[rows=5, cols=5, strideRows=5, strideCols=5, padding=Padding"
                        + "[top=0, bottom=0, left=0, right=0]]]: window of 5 (expected: at most 4,"
                        + " the image and its padding)",
                new Op.MaxPool(Window.square(5)),
                f32(1, 4, 4, 1));
    }

    private static void assertMessage(String message, Op op, TensorType... in) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TypeRules.infer(op, List.of(in)))
                .withMessage(message);
    }
}
