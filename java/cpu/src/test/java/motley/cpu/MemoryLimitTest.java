package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

final class MemoryLimitTest {
    /// A param, read by the transposed copy that is the result: 1024 floats each.
    private static final long BYTES_NEEDED = 2 * 4 * 1024;

    @Test
    void aPlanThatFitsExactlyRuns() {
        try (var engine = CpuEngine.open(new CpuSettings(1).withMemoryBytesMax(BYTES_NEEDED));
                var executable = engine.prepare(transposed(32), List.of())) {
            executable.run();
        }
    }

    @Test
    void aPlanThatNeedsMoreIsRefusedWithWhatItNeeds() {
        var settings = new CpuSettings(1).withMemoryBytesMax(BYTES_NEEDED - 1);
        try (var engine = CpuEngine.open(settings)) {
            assertThatThrownBy(() -> engine.prepare(transposed(32), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("memory: 8192 bytes (expected: at most 8191)")
                    .hasMessageContaining("largest buffers: b0:f32[1024] 4096 bytes");
        }
    }

    @Test
    void nothingIsAllocatedForWhatIsRefused() {
        var settings = new CpuSettings(1).withMemoryBytesMax(1 << 20);
        try (var engine = CpuEngine.open(settings)) {
            assertThatThrownBy(() -> engine.prepare(transposed(30_000), List.of()))
                    .hasMessageStartingWith("memory: 7200000000 bytes");
        }
    }

    @Test
    void anArenaBeyondWhatAnArrayHoldsIsRefusedByTheCompiler() {
        try (var engine = CpuEngine.open(new CpuSettings(1, Long.MAX_VALUE))) {
            assertThatThrownBy(() -> engine.prepare(transposed(40_000), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("arena: 3200000000 elements (expected: at most");
        }
    }

    /// Tests have a heap of 2 GiB; this would take 3.2 GB.
    @Test
    void anEngineOutlivesWhatTheHeapCannotHold() {
        try (var engine = CpuEngine.open(new CpuSettings(1, Long.MAX_VALUE));
                var executable = engine.prepare(transposed(2), List.of())) {
            assertThatThrownBy(() -> engine.prepare(transposed(20_000), List.of()))
                    .isInstanceOf(OutOfMemoryError.class);
            executable.write(0, Tensor.ofFloats(Shape.of(2, 2), 1, 2, 3, 4));
            executable.run();
            var into = Tensor.onHeap(TensorType.f32(2, 2));
            executable.read(0, into);
            assertThat(into.toFloats()).containsExactly(1, 3, 2, 4);
            engine.prepare(transposed(32), List.of()).run();
        }
    }

    @Test
    void aLimitOfNothingIsRefused() {
        assertThatThrownBy(() -> new CpuSettings(1, 0))
                .hasMessage("memoryBytesMax: 0 (expected: at least 1)");
        assertThat(new CpuSettings(3).withMemoryBytesMax(5).threads()).isEqualTo(3);
    }

    private static Program transposed(int n) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(n, n));
        return b.build(List.of(b.transpose(x, 1, 0)));
    }
}
