package motley.program.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
import motley.programs.OpCase;
import motley.programs.OpCases;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Seeds;
import motley.tensor.DType;
import org.junit.jupiter.api.Test;

/// A sloppy engine, which errs after each operation by as much as it may, stays within the bound;
/// and one that errs more leaves it.
final class ErrorBoundProperties {
    private static final Accuracy ACCURACY = Accuracy.FLOAT32;

    @Test
    void aSloppyEngineStaysWithinTheBound() {
        Seeds.forEach(
                200,
                getClass(),
                "aSloppyEngineStaysWithinTheBound",
                seed -> {
                    var sample = RandomPrograms.generate(seed, Options.forEngines());
                    double worst = worst(sample.program(), sample.operands(), seed, 1);
                    assertThat(worst).isLessThanOrEqualTo(1);
                });
    }

    @Test
    void theBoundHoldsForDerivatives() {
        Seeds.forEach(
                50,
                getClass(),
                "theBoundHoldsForDerivatives",
                seed -> {
                    var options = Options.forEngines().withEquations(6);
                    var sample = RandomPrograms.generate(seed, options);
                    var vjp = Autodiff.vjp(sample.program());
                    var random = new SplittableRandom(seed);
                    var operands = new ArrayList<>(sample.operands());
                    for (var type :
                            vjp.paramTypes().subList(operands.size(), vjp.params().size())) {
                        operands.add(Values.tabulate(type, _ -> (float) random.nextDouble(-1, 1)));
                    }
                    assertThat(worst(vjp, operands, seed, 1)).isLessThanOrEqualTo(1);
                });
    }

    /// Else the bound of some operation would be useless. Sums of a hundred products may err by a
    /// hundred roundings, and more where products cancel.
    @Test
    void anEngineThatErrsManyTimesAsMuchIsFoundOut() {
        for (var operation : OpCases.all().filter(ErrorBoundProperties::rounds).toList()) {
            double times = operation.op() instanceof Op.Contraction ? 1000 : 4;
            var sample = operation.sample(new SplittableRandom(2));
            assertThat(worst(sample.program(), sample.operands(), 3, times))
                    .as("%s", operation)
                    .isGreaterThan(1);
        }
    }

    @Test
    void operandsWithinTheirEnclosureGiveResultsWithinTheirs() {
        for (var operation : OpCases.all().toList()) {
            var random = new SplittableRandom(4);
            var sample = operation.sample(random);
            var around = sample.operands().stream().map(x -> around(x, 0x1p-6)).toList();
            var bounds = ErrorBound.enclose(sample.program(), around, Accuracy.FLOAT64);
            for (int trial = 0; trial < 20; trial++) {
                var moved = around.stream().map(x -> moved(x, random)).toList();
                var results = Reference.evaluate(sample.program(), moved);
                assertThat(worst(bounds, results)).as("%s", operation).isLessThanOrEqualTo(1);
            }
        }
    }

    private static Enclosure around(Values x, double radius) {
        boolean moves = x.type().dtype() == DType.F32;
        return new Enclosure(x, Values.filled(x.type().with(DType.F32), moves ? radius : 0));
    }

    private static Values moved(Enclosure x, SplittableRandom random) {
        return x.center().zip(x.radius(), (v, r) -> v + r * random.nextInt(-1, 2));
    }

    private static boolean rounds(OpCase operation) {
        return switch (operation.op()) {
            case Op.Contraction _ -> true;
            case Op.Unary(var kind) ->
                    switch (kind) {
                        case EXP, LOG, LOG1P, EXPM1, TANH, LOGISTIC, SQRT, RSQRT, SIN, COS, ERF ->
                                true;
                        case NEG, ABS, SIGN, FLOOR, NOT -> false;
                    };
            default -> false;
        };
    }

    /// The largest error, in units of its bound, of an engine whose every rounding is `sloppiness`
    /// times as large as allowed, up or down at random.
    private static double worst(
            Program program, List<Values> params, long seed, double sloppiness) {
        var random = new SplittableRandom(seed);
        var values = new HashMap<Var, Values>();
        for (int i = 0; i < params.size(); i++) values.put(program.params().get(i), params.get(i));
        for (var e : program.equations()) {
            var in = e.in().stream().map(values::get).toList();
            var exact = Reference.evaluate(e.op(), in, e.out().type());
            boolean rounds = e.out().type().dtype() == DType.F32;
            double unit = rounds ? sloppiness * unit(e.op()) : 0;
            values.put(e.out(), exact.map(y -> y * (1 + (random.nextBoolean() ? unit : -unit))));
        }
        var results = program.results().stream().map(values::get).toList();
        return worst(ErrorBound.evaluate(program, params, ACCURACY), results);
    }

    private static double worst(List<Enclosure> bounds, List<Values> results) {
        double worst = 0;
        for (int r = 0; r < bounds.size(); r++) {
            var bound = bounds.get(r);
            for (int i = 0; i < results.get(r).count(); i++) {
                if (bound.contains(i, results.get(r).get(i))) continue;
                double error = Math.abs(results.get(r).get(i) - bound.center().get(i));
                worst = Math.max(worst, Double.isNaN(error) ? 1e9 : error / bound.radius().get(i));
            }
        }
        return worst;
    }

    /// The relative error that each operation may make.
    private static double unit(Op op) {
        return switch (op) {
            case Op.Unary(var kind) ->
                    switch (kind) {
                        case NEG, ABS, SIGN, FLOOR, NOT -> 0;
                        case EXP, LOG, LOG1P, EXPM1, TANH, LOGISTIC, SQRT, RSQRT, ERF ->
                                ACCURACY.function();
                        case SIN, COS -> ACCURACY.function();
                    };
            case Op.Binary(var kind) ->
                    switch (kind) {
                        case ADD, SUB, MUL -> ACCURACY.unit();
                        case DIV, POW -> ACCURACY.function();
                        case MAX, MIN, AND, OR -> 0;
                    };
            case Op.Contraction _ -> ACCURACY.unit();
            case Op.AveragePool _, Op.AveragePoolGradient _ -> ACCURACY.unit();
            default -> 0;
        };
    }
}
