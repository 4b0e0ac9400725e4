package motley.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.program.Program;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Accuracy;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.tensor.DType;

/// Compares the reverse-mode derivative of a program with difference quotients of it.
///
/// For a program `f`, operands `x`, a random direction `v` and a random cotangent `w`,
/// `⟨w, (f(x + hv) - f(x - hv)) / 2h⟩ = ⟨vjp(f)(x, w), v⟩`. One direction makes the check linear in
/// the number of elements.
///
/// The quotient D(h) is off by `c₂h² + c₄h⁴ + …`. One step of Richardson's extrapolation,
/// `E(h) = (4·D(h/2) - D(h)) / 3`, is off by about `c₄h⁴`, so that E(h/2) is off by about a
/// fifteenth of `E(h) - E(h/2)`; the whole difference is allowed. To that comes what rounding can
/// do to either side, by [ErrorBound] for float64.
public final class GradientCheck {
    /// The longest step. Operands have to keep this distance from kinks.
    public static final double STEP = 0x1p-10;

    /// A tolerance above this part of the sum of all `|gradient · direction|` would prove nothing.
    private static final double TOLERANCE_MAX = 1e-4;

    private final Program program;
    private final List<Values> operands;
    private final List<Values> directions;
    private final List<Values> cotangents;

    private GradientCheck(Sample sample, SplittableRandom random) {
        program = sample.program();
        operands = sample.operands();
        directions =
                program.paramTypes().stream()
                        .map(
                                t ->
                                        Values.tabulate(
                                                t, _ -> t.dtype() == DType.F32 ? unit(random) : 0))
                        .toList();
        cotangents =
                program.resultTypes().stream()
                        .filter(t -> t.dtype() == DType.F32)
                        .map(t -> Values.tabulate(t, _ -> unit(random)))
                        .toList();
    }

    /// @throws AssertionError if the derivative is not that of the difference quotients
    public static void check(Sample sample, SplittableRandom random) {
        new GradientCheck(sample, random).check();
    }

    /// Checks the derivative of the derivative, too.
    ///
    /// @throws AssertionError if either is not that of the difference quotients
    public static void checkTwice(Sample sample, SplittableRandom random) {
        var once = new GradientCheck(sample, random);
        once.check();
        var operands = new ArrayList<>(sample.operands());
        operands.addAll(once.cotangents);
        check(new Sample(Autodiff.vjp(sample.program()), operands), random);
    }

    private void check() {
        var coarse = extrapolated(STEP);
        var expected = extrapolated(STEP / 2);
        var vjp = vjp();
        var actual = vjp.sum;
        double truncation = Math.abs(coarse.value - expected.value);
        double tolerance = truncation + coarse.noise + expected.noise + actual.noise;
        assertThat(tolerance)
                .as("tolerance, by truncation %s and rounding", truncation)
                .isLessThanOrEqualTo(TOLERANCE_MAX * (1 + vjp.magnitude));
        assertThat(Math.abs(actual.value - expected.value))
                .as("vjp %s, difference quotient %s", actual.value, expected.value)
                .isLessThanOrEqualTo(tolerance);
    }

    /// A number and what rounding may have done to it.
    private record Noisy(double value, double noise) {}

    private record Slope(Noisy sum, double magnitude) {}

    private Noisy extrapolated(double step) {
        var half = difference(step / 2);
        var whole = difference(step);
        return new Noisy((4 * half.value - whole.value) / 3, (4 * half.noise + whole.noise) / 3);
    }

    private Noisy difference(double step) {
        var ahead = projected(step);
        var behind = projected(-step);
        double noise = (ahead.noise + behind.noise) / (2 * step);
        return new Noisy((ahead.value - behind.value) / (2 * step), noise);
    }

    /// `⟨w, f(x + step·v)⟩`.
    private Noisy projected(double step) {
        var moved = new ArrayList<Values>();
        for (int i = 0; i < operands.size(); i++) {
            moved.add(operands.get(i).zip(directions.get(i), (x, v) -> x + step * v));
        }
        var results = ErrorBound.evaluate(program, moved, Accuracy.FLOAT64);
        return dot(results.stream().filter(GradientCheck::isFloat).toList(), cotangents).sum;
    }

    /// `⟨vjp(f)(x, w), v⟩`.
    private Slope vjp() {
        var params = new ArrayList<>(operands);
        params.addAll(cotangents);
        var all = ErrorBound.evaluate(Autodiff.vjp(program), params, Accuracy.FLOAT64);
        var moving = directions.stream().filter(v -> v.type().dtype() == DType.F32).toList();
        return dot(all.subList(program.results().size(), all.size()), moving);
    }

    private static Slope dot(List<Enclosure> left, List<Values> right) {
        double sum = 0;
        double noise = 0;
        double magnitude = 0;
        for (int i = 0; i < left.size(); i++) {
            var weight = right.get(i);
            var terms = left.get(i).center().zip(weight, (x, w) -> x * w);
            sum += terms.sum();
            magnitude += terms.map(Math::abs).sum();
            noise += left.get(i).radius().zip(weight, (r, w) -> r * Math.abs(w)).sum();
        }
        noise += left.stream().mapToInt(x -> x.center().count()).sum() * 0x1p-52 * magnitude;
        return new Slope(new Noisy(sum, noise), magnitude);
    }

    private static boolean isFloat(Enclosure result) {
        return result.center().type().dtype() == DType.F32;
    }

    private static double unit(SplittableRandom random) {
        return random.nextDouble(-1, 1);
    }
}
