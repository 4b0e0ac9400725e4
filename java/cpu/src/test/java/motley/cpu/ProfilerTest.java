package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import motley.program.Executable;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.ProgramHash;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// What a profiler keeps, with a clock that advances by one at every look.
class ProfilerTest {
    private final AtomicLong time = new AtomicLong();
    private final Profiler profiler = new Profiler(time::incrementAndGet);

    private static Program doubling() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(4));
        return b.build(List.of(b.add(x, x)));
    }

    private static void run(Executable executable, int times) {
        executable.write(0, Tensor.ofFloats(Shape.of(4), 1, 2, 3, 4));
        for (int i = 0; i < times; i++) executable.run();
        executable.read(0, Tensor.onHeap(TensorType.f32(4)));
    }

    @Test
    void everyRunIsTimedWithItsKernels() {
        var program = doubling();
        try (var engine = CpuEngine.open(new CpuSettings(1), profiler)) {
            run(engine.prepare(program, List.of()), 3);
        }
        var profile = profiler.profile();
        var timed = profile.programs().getFirst();
        assertThat(timed.program()).isEqualTo(ProgramHash.of(program));
        assertThat(timed.runs()).isEqualTo(3);
        assertThat(timed.copyNs()).isEqualTo(2); // A write and a read, a tick each.
        var kernel = timed.kernels().getFirst();
        assertThat(timed.kernels()).hasSize(1);
        assertThat(kernel.runs()).isEqualTo(3);
        assertThat(kernel.ns()).isEqualTo(3); // A tick each.
        assertThat(timed.ns()).isEqualTo(9); // Two looks of the kernel, one of its own.
        assertThat(kernel.flops()).isEqualTo(4);
        assertThat(kernel.bytes()).isEqualTo(2 * 4 * 4);
        assertThat(profile.spans()).hasSize(6);
        assertThat(profile.spansLost()).isZero();
    }

    @Test
    void sumsStayWholeWhenTheRingIsFull() {
        int runs = Profiler.SPANS_MAX / 2 + 10; // Of two spans each.
        try (var engine = CpuEngine.open(new CpuSettings(1), profiler)) {
            run(engine.prepare(doubling(), List.of()), runs);
        }
        var profile = profiler.profile();
        assertThat(profile.spansLost()).isEqualTo(20);
        assertThat(profile.spans()).hasSize(Profiler.SPANS_MAX);
        assertThat(profile.programs().getFirst().runs()).isEqualTo(runs);
        assertThat(profile.programs().getFirst().kernels().getFirst().runs()).isEqualTo(runs);
        for (int i = 1; i < profile.spans().size(); i++) {
            var before = profile.spans().get(i - 1);
            var span = profile.spans().get(i);
            assertThat(span.startNs() + span.ns()).isGreaterThan(before.startNs() + before.ns());
        }
    }

    @Test
    void programPreparedAgainGoesOnWithItsSums() {
        try (var engine = CpuEngine.open(new CpuSettings(1), profiler)) {
            for (int i = 0; i < 5; i++) {
                try (var executable = engine.prepare(doubling(), List.of())) {
                    run(executable, 2);
                }
            }
        }
        assertThat(profiler.profile().programs()).hasSize(1);
        assertThat(profiler.profile().programs().getFirst().runs()).isEqualTo(10);
    }

    @Test
    void resetForgetsRunsAndKeepsPrograms() {
        try (var engine = CpuEngine.open(new CpuSettings(1), profiler)) {
            var executable = engine.prepare(doubling(), List.of());
            run(executable, 2);
            profiler.reset();
            assertThat(profiler.profile().spans()).isEmpty();
            assertThat(profiler.profile().programs().getFirst().copyNs()).isZero();
            run(executable, 1);
        }
        assertThat(profiler.profile().programs().getFirst().runs()).isEqualTo(1);
    }
}
