package motley.compiler.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import motley.compiler.Compiler;
import motley.compiler.kernel.Target;
import motley.program.ProgramBuilder;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Seeds;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Arenas for machines whose memory comes in pieces.
final class PiecesProperties {
    private static final int SEEDS = 100;
    private static final int ALIGNMENT = 64;
    private static final long PIECE = 4096;

    @Test
    void noBufferLiesInTwoPieces() {
        var target = new Target(ALIGNMENT, PIECE, false);
        Seeds.forEach(
                SEEDS,
                getClass(),
                "noBufferLiesInTwoPieces",
                seed -> {
                    var options = Options.forEngines().withEquations(40);
                    var program = RandomPrograms.generate(seed, options).program();
                    var plan = Compiler.compile(program, List.of(), target);
                    for (var buffer : plan.buffers()) {
                        long offset = plan.layout().offset(buffer);
                        assertThat(offset % ALIGNMENT).isZero();
                        assertThat(offset / PIECE)
                                .as(plan::describeMemory)
                                .isEqualTo((offset + buffer.elements() - 1) / PIECE);
                    }
                });
    }

    @Test
    void aTensorLargerThanAPieceIsRefusedByName() {
        var b = new ProgramBuilder();
        var program = b.build(List.of(b.neg(b.param(TensorType.f32(4097)))));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                Compiler.compile(
                                        program, List.of(), new Target(ALIGNMENT, PIECE, false)))
                .withMessageContaining("tensor: 4160 elements (expected: at most 4096");
    }
}
