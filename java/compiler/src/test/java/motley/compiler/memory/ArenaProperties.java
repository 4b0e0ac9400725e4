package motley.compiler.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import motley.compiler.Compiler;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Layout;
import motley.compiler.kernel.Plan;
import motley.program.Engine.Carry;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Seeds;
import motley.tensor.DType;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// How much memory plans take, against what no plan can do without.
final class ArenaProperties {
    private static final int SEEDS = 150;

    /// Best packing is a hard problem. Measured for the greedy rule: at most 3.3 % for one program,
    /// 0.09 % over all; limits are three and ten times that.
    private static final double LOSS_MAX = 1.1;

    private static final double LOSS_MEAN_MAX = 1.01;

    @Test
    void floatsTakeLittleMoreThanThoseAliveAtOnce() {
        var losses = new ArrayList<Double>();
        Seeds.forEach(
                SEEDS,
                getClass(),
                "floatsTakeLittleMoreThanThoseAliveAtOnce",
                seed -> {
                    var options = Options.forEngines().withEquations(40);
                    var program = RandomPrograms.generate(seed, options).program();
                    var plan = Compiler.compile(program, List.of());
                    long needed = new Alive(plan).most();
                    if (needed == 0) return;
                    assertThat(plan.layout().floats()).isGreaterThanOrEqualTo((int) needed);
                    losses.add((double) plan.layout().floats() / needed);
                    assertThat(losses.getLast()).as(plan::describeMemory).isLessThan(LOSS_MAX);
                });
        var mean = losses.stream().mapToDouble(loss -> loss).average().orElseThrow();
        assertThat(mean).isLessThan(LOSS_MEAN_MAX);
    }

    /// The shape of a training step: what the way forth makes, the way back reads last to first.
    @Test
    void aDeepChainAndItsWayBackArePackedWithoutLoss() {
        var b = new ProgramBuilder();
        var weights = b.param(TensorType.f32(64, 64));
        var made = new ArrayList<>(List.of(b.param(TensorType.f32(64, 64))));
        for (int i = 0; i < 12; i++) made.add(b.matmul(made.getLast(), weights));
        Var back = made.getLast();
        for (var x : made.reversed()) back = b.matmul(b.mul(back, x), weights);
        var plan = Compiler.compile(b.build(List.of(back)), List.of());

        assertThat(plan.layout().floats()).isEqualTo((int) new Alive(plan).most());
    }

    /// An optimizer's step, written where parameters and state lie: beside params, no memory.
    @Test
    void anUpdateHappensInPlace() {
        var b = new ProgramBuilder();
        var type = TensorType.f32(100, 32);
        var weights = b.param(type);
        var velocity = b.param(type);
        var gradient = b.param(type);
        var faster = b.add(b.scale(velocity, 0.9), gradient);
        var moved = b.sub(weights, b.scale(faster, 0.1));
        var carries = List.of(new Carry(0, 0), new Carry(1, 1));
        var plan = Compiler.compile(b.build(List.of(moved, faster)), carries);

        assertThat(plan.kernels()).hasSize(1);
        assertThat(plan.layout().floats()).isEqualTo(3 * type.shape().count());
    }

    /// Which floats no plan can do without: params always, other values from their making to their
    /// last use, results to the end. What a kernel may write over an operand that it is the last to
    /// read, counts once.
    private static final class Alive {
        private final Plan plan;
        private final Map<Buffer, Integer> lastUse = new HashMap<>();
        private final Set<Buffer> kept = new HashSet<>();

        Alive(Plan plan) {
            this.plan = plan;
            plan.params().forEach(p -> kept.add(p.buffer()));
            plan.results().forEach(r -> kept.add(r.buffer()));
            for (int i = 0; i < plan.kernels().size(); i++) {
                for (var in : plan.kernels().get(i).reads()) lastUse.put(in, i);
            }
        }

        long most() {
            var alive = new HashSet<Buffer>();
            plan.params().forEach(p -> alive.add(p.buffer()));
            long most = elements(alive);
            for (int i = 0; i < plan.kernels().size(); i++) {
                var kernel = plan.kernels().get(i);
                alive.addAll(kernel.writes());
                most = Math.max(most, elements(alive) - shared(kernel, i));
                int now = i;
                alive.removeIf(b -> !kept.contains(b) && lastUse.getOrDefault(b, now) <= now);
            }
            return most;
        }

        /// At most so much of what `kernel` writes lies where its operands do.
        private long shared(Kernel kernel, int number) {
            var written = new HashSet<Buffer>();
            for (var out : kernel.writes()) {
                for (var in : kernel.reads()) {
                    boolean dies = !kept.contains(in) && lastUse.get(in) == number;
                    if (dies && kernel.mayOverwrite(in, out)) written.add(out);
                }
            }
            return elements(written);
        }

        private static long elements(Set<Buffer> buffers) {
            return buffers.stream()
                    .filter(b -> b.dtype() == DType.F32)
                    .mapToLong(b -> Math.ceilDiv(b.elements(), Layout.ALIGNMENT))
                    .map(lines -> lines * Layout.ALIGNMENT)
                    .sum();
        }
    }
}
