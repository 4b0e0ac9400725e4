package motley.compiler.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.compiler.Compiler;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Plan;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class RowGroupsTest {
    private final ProgramBuilder b = new ProgramBuilder();

    @Test
    void aSoftmaxIsOneKernelThatKeepsItsRowsToItself() {
        var x = b.param(TensorType.f32(64, 33));
        var plan = plan(softmax(x));

        assertThat(plan.kernels()).hasSize(1);
        var rows = (Kernel.Rows) plan.kernels().getFirst();
        assertThat(rows.rows()).isEqualTo(64);
        assertThat(rows.stages()).hasSize(4);
        assertThat(rows.locals()).hasSize(3);
        assertThat(plan.layout().floats()).isLessThanOrEqualTo(2 * 64 * 33);
    }

    @Test
    void whatIsReadElsewhereHasAPlace() {
        var x = b.param(TensorType.f32(64, 32));
        var y = softmax(x);
        var w = b.exp(b.sum(y, 1)); // [64], by rows as well
        var transposed = b.matmul(b.transpose(y, 1, 0), x);
        var plan = plan(w, transposed);

        var rows = (Kernel.Rows) plan.kernels().getFirst();
        assertThat(plan.kernels()).hasSize(2);
        assertThat(rows.writes()).hasSize(2);
    }

    @Test
    void aLoopThatReadsOtherRowsStaysApart() {
        var x = b.param(TensorType.f32(64, 64));
        var e = b.exp(x);
        var turned = b.add(e, b.transpose(e, 1, 0));
        var plan = plan(turned);

        assertThat(plan.kernels()).hasSize(2).allMatch(k -> k instanceof Kernel.Loop);
    }

    @Test
    void aSumOverRowsStaysApart() {
        var x = b.param(TensorType.f32(64, 64));
        var e = b.exp(x);
        var plan = plan(e, b.sum(e, 0));

        assertThat(plan.kernels()).hasSize(2);
    }

    @Test
    void fewRowsAreNotGrouped() {
        var plan = plan(softmax(b.param(TensorType.f32(4, 32))));

        assertThat(plan.kernels()).hasSize(4);
    }

    private Plan plan(Var... results) {
        return Compiler.compile(b.build(List.of(results)), List.of());
    }

    private Var softmax(Var x) {
        var shape = x.type().shape();
        var e = b.exp(b.sub(x, b.alongOutermost(b.maxOver(x, 1), shape)));
        return b.div(e, b.alongOutermost(b.sum(e, 1), shape));
    }
}
