package motley.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Plan;
import motley.program.Engine.Carry;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Seeds;
import motley.tensor.DType;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Laws of memory plans.
final class PlanProperties {
    private static final int SEEDS = 200;

    @Test
    void everyKernelReadsWhatWasWrittenForIt() {
        Seeds.forEach(
                SEEDS,
                getClass(),
                "everyKernelReadsWhatWasWrittenForIt",
                seed -> {
                    var program = RandomPrograms.generate(seed, Options.forEngines()).program();
                    var carries = carries(program);
                    new Owners(Compiler.compile(program, List.of())).check();
                    new Owners(Compiler.compile(program, carries)).check();
                });
    }

    /// As many as fit, result by result.
    private static List<Carry> carries(Program program) {
        var carries = new ArrayList<Carry>();
        var taken = new boolean[program.params().size()];
        for (int r = 0; r < program.results().size(); r++) {
            for (int p = 0; p < taken.length; p++) {
                var fits = program.params().get(p).type().equals(program.results().get(r).type());
                if (!fits || taken[p]) continue;
                taken[p] = true;
                carries.add(new Carry(r, p));
                break;
            }
        }
        return carries;
    }

    /// Runs a plan on arenas that hold, instead of values, which buffer owns each element.
    private static final class Owners {
        private final Plan plan;
        private final int[] floats;
        private final int[] ints;

        Owners(Plan plan) {
            this.plan = plan;
            floats = new int[plan.layout().floats()];
            ints = new int[plan.layout().ints()];
            Arrays.fill(floats, -1);
            Arrays.fill(ints, -1);
        }

        void check() {
            plan.params().forEach(p -> own(p.buffer()));
            for (var kernel : plan.kernels()) {
                for (var in : kernel.reads()) assertOwned(in, kernel.toString());
                for (var out : kernel.writes()) {
                    for (var in : kernel.reads()) assertNoHarm(kernel, in, out);
                }
                kernel.writes().forEach(this::own);
            }
            for (var result : plan.results()) assertOwned(result.buffer(), "results");
        }

        private int[] arena(Buffer buffer) {
            return buffer.dtype() == DType.F32 ? floats : ints;
        }

        private void own(Buffer buffer) {
            int offset = plan.layout().offset(buffer);
            Arrays.fill(arena(buffer), offset, offset + buffer.elements(), buffer.id());
        }

        private void assertOwned(Buffer buffer, String reader) {
            int offset = plan.layout().offset(buffer);
            for (int i = offset; i < offset + buffer.elements(); i++) {
                if (arena(buffer)[i] == buffer.id()) continue;
                throw new AssertionError(
                        "%s for %s: element %d is of b%d%n%s"
                                .formatted(buffer, reader, i, arena(buffer)[i], plan.describe()));
            }
        }

        private void assertNoHarm(Kernel kernel, Buffer in, Buffer out) {
            int from = plan.layout().offset(in);
            int to = plan.layout().offset(out);
            boolean apart =
                    (in.dtype() == DType.F32) != (out.dtype() == DType.F32)
                            || from + in.elements() <= to
                            || to + out.elements() <= from;
            boolean samePlace = from == to && kernel.mayOverwrite(in, out);
            assertThat(apart || samePlace).as("%s over %s in %s", out, in, kernel).isTrue();
        }
    }

    @Test
    void aCarriedResultTakesItsParamsPlace() {
        var b = new ProgramBuilder();
        var w = b.param(TensorType.f32(100));
        var g = b.param(TensorType.f32(100));
        var program = b.build(List.of(b.sub(w, g)));
        var plan = Compiler.compile(program, List.of(new Carry(0, 0)));

        assertThat(plan.layout().offset(plan.results().getFirst().buffer()))
                .isEqualTo(plan.layout().offset(plan.params().getFirst().buffer()));
        assertThat(plan.kernels()).hasSize(1);
    }

    @Test
    void anExchangeOfTwoParamsGoesThroughACopy() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(10));
        var y = b.param(TensorType.f32(10));
        var program = b.build(List.of(y, x));
        var plan = Compiler.compile(program, List.of(new Carry(0, 0), new Carry(1, 1)));

        new Owners(plan).check();
        assertThat(plan.kernels()).hasSize(3);
    }

    @Test
    void memoryIsUsedAgain() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(64, 64));
        var y = x;
        for (int i = 0; i < 10; i++) y = b.matmul(y, x);
        var plan = Compiler.compile(b.build(List.of(y)), List.of());

        assertThat(plan.layout().floats()).isLessThanOrEqualTo(4 * 64 * 64);
    }

    @Test
    void aChainOfElementwiseEquationsIsOneKernel() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(7, 5));
        var bias = b.param(TensorType.f32(5));
        var shifted = b.add(x, b.alongInnermost(bias, x.type().shape()));
        var y = b.max(shifted, b.fillLike(shifted, 0));
        var plan = Compiler.compile(b.build(List.of(y)), List.of());

        assertThat(plan.kernels()).hasSize(1);
        assertThat(plan.describe())
                .contains("loop [7, 5]: n0=b0(5, 1), n1=b1(0, 1), n2=add(n0 n1)");
    }

    @Test
    void reshapeCostsNothing() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(6, 5));
        var y = b.reshape(b.exp(x), motley.tensor.Shape.of(3, 10));
        var plan = Compiler.compile(b.build(List.of(b.sum(y, 1))), List.of());

        assertThat(plan.kernels()).hasSize(1);
    }
}
