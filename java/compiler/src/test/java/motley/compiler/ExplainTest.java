package motley.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.compiler.simplify.Pass;
import motley.program.Engine.Carry;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class ExplainTest {
    @Test
    void everyStageIsNamedInOrder() {
        var b = new ProgramBuilder();
        var w = b.param(TensorType.f32(100));
        var program = b.build(List.of(b.neg(b.neg(b.exp(w)))));
        var stages = Compiler.explain(program, List.of(new Carry(0, 0)));

        assertThat(stages.firstEntry().getKey()).isEqualTo("program");
        assertThat(stages.sequencedKeySet())
                .containsSubsequence(Pass.ALL.stream().map(Pass::name).toList())
                .endsWith("kernels", "memory");
        assertThat(stages.get("program")).contains("neg(v1)");
        assertThat(stages.get("canonical forms")).contains("return v1");
        assertThat(stages.get("common subexpressions")).isEqualTo("unchanged\n");
        assertThat(stages.get("kernels")).contains("loop [100]");
        assertThat(stages.get("memory"))
                .startsWith("arenas: 448 bytes (112 floats, 0 ints)")
                .contains("floats 0..100: b0:f32[100], 400 bytes");
    }
}
