package motley.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import motley.compiler.Compiler;
import motley.compiler.kernel.Kernel;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;
import motley.wasm.Division.Range;
import org.junit.jupiter.api.Test;

/// How work is divided among threads.
final class DivisionTest {
    @Test
    void rangesAreOfEqualSizeAndBeginAtUnits() {
        assertThat(Division.ranges(10, 3, 1))
                .containsExactly(new Range(0, 3), new Range(3, 3), new Range(6, 4));
        assertThat(Division.ranges(40, 2, 16)).containsExactly(new Range(0, 16), new Range(16, 24));
    }

    @Test
    void thereAreNoEmptyRanges() {
        assertThat(Division.ranges(2, 16, 1)).containsExactly(new Range(0, 1), new Range(1, 1));
        assertThat(Division.ranges(5, 16, 16)).containsExactly(new Range(0, 5));
    }

    @Test
    void wideProductsAreCutByColumnsAndTallOnesByRows() {
        assertThat(extents(product(8, 64, 128))).containsExactly(List.of(1, 1, 8, 64, 64));
        assertThat(extents(product(512, 64, 10))).containsExactly(List.of(1, 1, 256, 64, 10));
    }

    @Test
    void littleWorkStaysWhole() {
        assertThat(Division.of(product(4, 4, 4), 2)).hasSize(1);
    }

    private static List<List<Integer>> extents(Kernel.Product product) {
        var slices = Division.of(product, 2);
        assertThat(slices).hasSize(2).allMatch(slice -> slice.shifts().equals(Map.of()));
        return slices.stream()
                .map(slice -> ((Kernel.Product) slice.kernel()).extents())
                .distinct()
                .collect(Collectors.toList());
    }

    private static Kernel.Product product(int rows, int terms, int columns) {
        var b = new ProgramBuilder();
        var left = b.param(TensorType.f32(rows, terms));
        var right = b.param(TensorType.f32(terms, columns));
        var program = b.build(List.of(b.apply(Op.DotGeneral.matrixProduct(), left, right)));
        var plan = Compiler.compile(program, List.of());
        return (Kernel.Product) plan.kernels().getFirst();
    }
}
