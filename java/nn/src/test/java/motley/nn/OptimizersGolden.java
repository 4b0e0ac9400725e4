package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Ten steps of every optimizer, and the rates of every schedule, against PyTorch's numbers, which
/// tools/golden/optimizers.py writes.
///
/// Both sides compute in float64 from equal inputs. An element passes through some hundred
/// operations of relative error 2⁻⁵³ each, a projection sums 72 of them.
final class OptimizersGolden {
    private static final double TOLERANCE = 1e-12;
    private static final int STEPS = 10;
    private static final double RATE = 0x1p-6;
    private static final GoldenNumbers GOLDEN = GoldenNumbers.read("optimizers.txt");
    private static final List<ParameterSpec> SPECS =
            List.of(
                    spec("a", Shape.of(5, 7)),
                    spec("b", Shape.of(7)),
                    spec("c", Shape.of(3, 3, 2, 4)));

    static Stream<String> optimizers() {
        return GOLDEN.rows().keySet().stream().filter(name -> !name.startsWith("rate."));
    }

    static Stream<String> schedules() {
        return GOLDEN.rows().keySet().stream().filter(name -> name.startsWith("rate."));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void tenStepsArePyTorchs(String name) {
        var optimizer = Optimizers.named(name);
        var carried = new ArrayList<Values>();
        for (int i = 0; i < SPECS.size(); i++) carried.add(parameter(i));
        for (var spec : optimizer.state(SPECS)) carried.add(Values.filled(spec.type(), 0));
        var update = update(optimizer);
        for (int step = 1; step <= STEPS; step++) {
            var params = new ArrayList<>(carried);
            for (int i = 0; i < SPECS.size(); i++) params.add(gradient(step, i));
            params.add(Values.of(TensorType.f32(), RATE));
            params.add(Values.of(TensorType.f32(), step));
            carried = new ArrayList<>(Reference.evaluate(update, params));
        }
        int count = SPECS.size();
        var averages = Optimizers.averages(optimizer, SPECS);
        int first = averages.isEmpty() ? 0 : count + averages.get().first();
        var last = carried.subList(first, first + count);
        GOLDEN.assertRow(name, last.stream().mapToDouble(Formula::projection).toArray(), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void ratesArePyTorchs(String name) {
        var schedule = Schedules.named(name.substring("rate.".length()), 1);
        int total = GOLDEN.rows().get(name).length;
        var rates = LongStream.rangeClosed(1, total).mapToDouble(s -> schedule.rate(s, total));
        GOLDEN.assertRow(name, rates.toArray(), TOLERANCE);
    }

    /// A name that has no row would never be compared. Keras' own optimizers and schedules are
    /// compared with Keras, by `KerasGolden` in `training`.
    @Test
    void everyNameIsCompared() {
        var rows = GOLDEN.rows().keySet();
        for (var name : Optimizers.names()) {
            if (name.startsWith("keras-") || name.equals("tensorflow-adam")) continue;
            assertThat(rows).as(name).anyMatch(row -> row.split(":")[0].equals(name));
        }
        for (var name : Schedules.names()) {
            if (name.equals("fixed-cosine")) continue;
            assertThat(rows).as(name).anyMatch(row -> row.split(":")[0].equals("rate." + name));
        }
    }

    private static Program update(Optimizer optimizer) {
        var b = new ProgramBuilder();
        var parameters = params(b, SPECS);
        var state = params(b, optimizer.state(SPECS));
        var gradients = params(b, SPECS);
        var rate = b.param(TensorType.f32());
        var step = b.param(TensorType.f32());
        var slots = new Descent.Slots(parameters, state, gradients);
        return b.build(new Descent(b, rate, step).move(optimizer, slots));
    }

    private static List<Var> params(ProgramBuilder b, List<ParameterSpec> specs) {
        return specs.stream().map(spec -> b.param(spec.type())).toList();
    }

    private static Values parameter(int number) {
        return Formula.fill(SPECS.get(number).type(), i -> 2 * Formula.uniform(number, i) - 1);
    }

    private static Values gradient(int step, int number) {
        return Formula.fill(
                SPECS.get(number).type(),
                i -> {
                    double u = Formula.uniform(100 * step + number, i);
                    return u < 0.125 ? 0 : (4 * u - 2) / step;
                });
    }

    private static ParameterSpec spec(String name, Shape shape) {
        return new ParameterSpec(name, shape, Initializers.ZEROS);
    }
}
