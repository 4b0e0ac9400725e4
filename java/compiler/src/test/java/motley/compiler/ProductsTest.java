package motley.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Kernel.Part;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class ProductsTest {
    private static final int TIME = 5;

    private final ProgramBuilder b = new ProgramBuilder();
    private final Var q = b.param(TensorType.f32(2, TIME, 3, 4)); // [batch, time, head, depth]
    private final Var k = b.param(TensorType.f32(2, TIME, 3, 4));
    private final Var square = b.param(TensorType.f32(2, 3, TIME, TIME)); // [batch, head, …]

    @Test
    void headsAreReadWhereTheyLie() {
        var program = b.build(List.of(scores()));
        assertThat(kernels(program)).hasSize(1);
        var product = products(program).getFirst();
        assertThat(product.left().strides()).containsExactly(60, 4, 12, 1);
        assertThat(product.right().strides()).containsExactly(60, 4, 1, 12);
    }

    @Test
    void resultsLieAsTheyAreWantedTransposed() {
        var gathered = b.transpose(b.apply(gather(), square, k), 0, 2, 1, 3);
        var kernels = kernels(b.build(List.of(gathered)));
        assertThat(kernels).as("product, and the copy of a result").hasSizeLessThanOrEqualTo(2);
        var product = (Kernel.Product) kernels.getFirst();
        assertThat(product.out().strides()).containsExactly(60, 4, 12, 1);
    }

    @Test
    void onlyHalfIsComputedOfWhatAMaskHides() {
        var masked = b.select(mask(CompareKind.LE), scores(), b.fillLike(square, -9));
        assertThat(parts(masked)).containsExactly(Part.COLUMNS_UP_TO_ROW);
    }

    @Test
    void scoresThatSomebodyElseSeesAreComputedAll() {
        var scores = scores();
        var masked = b.select(mask(CompareKind.LE), scores, b.fillLike(square, -9));
        assertThat(parts(b.add(masked, scores))).containsExactly(Part.ALL);
    }

    @Test
    void zerosOfAMaskAreLeftOut() {
        var zero = b.fillLike(square, 0);
        assertThat(parts(b.apply(gather(), b.select(mask(CompareKind.GE), square, zero), k)))
                .containsExactly(Part.TERMS_FROM_ROW);
        var other = b.fillLike(square, 1);
        assertThat(parts(b.apply(gather(), b.select(mask(CompareKind.GE), square, other), k)))
                .containsExactly(Part.ALL);
        var unordered = b.select(mask(CompareKind.NE), square, zero);
        assertThat(parts(b.apply(gather(), unordered, k))).containsExactly(Part.ALL);
    }

    @Test
    void sumsOfPaddedPartsAreConcatenated() {
        var x = b.param(TensorType.f32(2, 3));
        var low = b.apply(new Op.Pad(List.of(0, 0), List.of(0, 3), List.of(0, 0)), x);
        var high = b.apply(new Op.Pad(List.of(0, 3), List.of(0, 0), List.of(0, 0)), x);
        var overlapping = b.apply(new Op.Pad(List.of(0, 2), List.of(0, 1), List.of(0, 0)), x);
        assertThat(ops(b.build(List.of(b.add(high, low))))).containsExactly(new Op.Concatenate(1));
        assertThat(ops(b.build(List.of(b.add(overlapping, low)))))
                .doesNotContain(new Op.Concatenate(1));
    }

    private Var scores() {
        var compare = new Op.DotGeneral(List.of(0, 2), List.of(0, 2), List.of(3), List.of(3));
        return b.apply(compare, q, k); // [batch, head, time, time]
    }

    private static Op gather() {
        return new Op.DotGeneral(List.of(0, 1), List.of(0, 2), List.of(3), List.of(1));
    }

    /// Whether the last index stands in this relation to the one before it.
    private Var mask(CompareKind kind) {
        var shape = Shape.of(TIME, TIME);
        var mask = b.compare(kind, b.iota(shape, 1), b.iota(shape, 0));
        return b.alongInnermost(mask, square.type().shape());
    }

    private List<Part> parts(Var result) {
        return products(b.build(List.of(result))).stream().map(Kernel.Product::part).toList();
    }

    private static List<Kernel> kernels(Program program) {
        return Compiler.compile(program, List.of()).kernels();
    }

    private static List<Kernel.Product> products(Program program) {
        return kernels(program).stream()
                .filter(Kernel.Product.class::isInstance)
                .map(Kernel.Product.class::cast)
                .toList();
    }

    private static List<Op> ops(Program program) {
        return Compiler.simplify(program).equations().stream().map(e -> e.op()).toList();
    }
}
