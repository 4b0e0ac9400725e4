package motley.program;

import static motley.tensor.TensorType.bool;
import static motley.tensor.TensorType.f32;
import static motley.tensor.TensorType.i32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import motley.program.Cost.EquationCost;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CostTest {
    @ParameterizedTest
    @MethodSource("byHand")
    void flopsAreThoseCountedByHand(Op op, long flops, List<TensorType> in) {
        var out = TypeRules.infer(op, in);
        assertThat(OpCost.flops(op, in, out)).isEqualTo(flops);
    }

    static Stream<Arguments> byHand() {
        var window = new Window(3, 2, 2, 1, new Padding(2, 1, 0, 1));
        var small = f32(2, 4, 5, 3); // 120 elements
        var large = f32(2, 6, 5, 3); // 180 elements
        var spec = new ConvolutionSpec(2, 1, 1, 2, new Padding(0, 1, 2, 0), 2);
        var images = f32(2, 7, 6, 4);
        var filters = f32(3, 2, 2, 6); // 12 products make an output element
        var out = f32(2, 3, 6, 6); // 216 elements
        var batched = new Op.DotGeneral(List.of(0), List.of(0), List.of(1, 3), List.of(2, 1));
        return Stream.of(
                of(new Op.Unary(UnaryKind.NEG), 6, i32(2, 3)),
                of(new Op.Unary(UnaryKind.SQRT), 6, f32(2, 3)),
                of(new Op.Unary(UnaryKind.TANH), 6 * 16, f32(2, 3)),
                of(new Op.Binary(BinaryKind.ADD), 6, f32(2, 3), f32(2, 3)),
                of(new Op.Binary(BinaryKind.POW), 6 * 33, f32(2, 3), f32(2, 3)),
                of(new Op.Compare(CompareKind.EQ), 6, f32(2, 3), f32(2, 3)),
                of(new Op.Select(), 6, bool(2, 3), f32(2, 3), f32(2, 3)),
                of(new Op.Convert(DType.I32), 6, f32(2, 3)),
                of(new Op.Reshape(Shape.of(6)), 0, f32(2, 3)),
                of(new Op.Broadcast(Shape.of(9), List.of()), 0, f32()),
                of(new Op.Reduce(ReduceKind.SUM, List.of(0)), 6, f32(2, 3)),
                of(new Op.ArgMax(0), 6, f32(2, 3)),
                of(new Op.MaxPool(window), 120 * 6, large),
                of(new Op.MaxPoolGradient(window), 120 * 7, large, small),
                of(new Op.MaxPoolPick(window), 120 * 6, large, large),
                of(new Op.AveragePool(window), 120 * 7, large),
                of(new Op.AveragePoolGradient(window, large.shape()), 120 * 7, small),
                of(Op.DotGeneral.matrixProduct(), 2 * 2 * 3 * 4, f32(2, 3), f32(3, 4)),
                of(batched, 2 * 5 * 4 * 6 * 2 * 3, f32(5, 2, 4, 3), f32(5, 3, 2, 6)),
                of(new Op.Convolution(spec), 2 * 216 * 12, images, filters),
                of(
                        new Op.ConvolutionInputGradient(spec, images.shape()),
                        2 * 216 * 12,
                        out,
                        filters),
                of(
                        new Op.ConvolutionFilterGradient(spec, filters.shape()),
                        2 * 216 * 12,
                        images,
                        out),
                of(new Op.Gather(), 0, f32(9, 3), i32(5)),
                of(new Op.ScatterAdd(9), 15, i32(5), f32(5, 3)),
                of(new Op.OneHot(10), 50, i32(5)),
                of(new Op.Fill(f32(5), 1), 0),
                of(new Op.Iota(Shape.of(5), 0), 0),
                of(new Op.RandomUniform(0, List.of(3)), 27 * 12, i32(2), i32(4)));
    }

    private static Arguments of(Op op, long flops, TensorType... in) {
        return Arguments.of(op, flops, List.of(in));
    }

    /// Values of 4, 8, 12 … bytes, so that every sum says which of them are in it.
    @Test
    void valuesLiveFromTheirEquationToTheirLastUse() {
        var b = new ProgramBuilder();
        var param = b.param(f32(1)); // 4 bytes, alive throughout
        var two = b.broadcast(param, Shape.of(2, 1), 1); // 8 bytes, last used by the next
        var wide = b.add(two, two); // 8 bytes, a result
        var unused = b.fill(i32(100), 0); // 400 bytes, for its own equation only
        var flags = b.compare(CompareKind.GT, wide, wide); // 2 bytes, a result
        var cost = Cost.of(b.build(List.of(wide, flags)));

        assertThat(unused.id()).isEqualTo(3);
        assertThat(cost.equations())
                .containsExactly(
                        new EquationCost(0, 4, 8, 4 + 8),
                        new EquationCost(2, 8 + 8, 8, 4 + 8 + 8),
                        new EquationCost(0, 0, 400, 4 + 8 + 400),
                        new EquationCost(2, 8 + 8, 2, 4 + 8 + 2));
        assertThat(cost.flops()).isEqualTo(2 + 2);
        assertThat(cost.trafficBytes()).isEqualTo(4 + 8 + 16 + 8 + 400 + 16 + 2);
        assertThat(cost.totalBytes()).isEqualTo(4 + 8 + 8 + 400 + 2);
        assertThat(cost.peakLiveBytes()).isEqualTo(4 + 8 + 400);
    }

    /// A result is still there after its last use.
    @Test
    void resultsLiveToTheEnd() {
        var b = new ProgramBuilder();
        var result = b.fill(f32(2), 1);
        b.fill(bool(3), 0);
        var cost = Cost.of(b.build(List.of(result)));
        assertThat(cost.peakLiveBytes()).isEqualTo(8 + 3);
    }

    @Test
    void programsWithoutEquationsHoldTheirParams() {
        var b = new ProgramBuilder();
        var x = b.param(f32(3));
        b.param(bool(5));
        assertThat(Cost.of(b.build(List.of(x, x)))).isEqualTo(new Cost(0, 0, 17, 17, List.of()));
    }

    /// 2³⁰ windows of 2³⁰ elements are the most work one equation can claim.
    @Test
    void hugeWorkSaturates() {
        var edge = (1 << 15) - 1;
        var window = new Window(1 << 15, 1 << 15, 1, 1, new Padding(edge, 0, edge, 0));
        var image = f32(1, 1 << 15, 1 << 15, 1);
        var pool = new Op.MaxPool(window);
        assertThat(TypeRules.infer(pool, List.of(image))).isEqualTo(image);
        assertThat(OpCost.flops(pool, List.of(image), image)).isEqualTo(1L << 60);
        assertThat(OpCost.sum(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(OpCost.product(1L << 40, 1L << 40)).isEqualTo(Long.MAX_VALUE);
        assertThat(OpCost.product(0, Long.MAX_VALUE)).isZero();
    }
}
