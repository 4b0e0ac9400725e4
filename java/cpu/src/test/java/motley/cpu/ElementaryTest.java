package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import motley.program.BinaryKind;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Errors of the elementary functions over dense samples, and their special values.
final class ElementaryTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    /// Function, smallest and largest argument of the sample, error allowed in units in the last
    /// place of the exact result.
    static Stream<Arguments> functions() {
        return Stream.of(
                Arguments.of(UnaryKind.EXP, -103f, 88.7f, 1.0),
                Arguments.of(UnaryKind.EXP, -1f, 1f, 1.0),
                Arguments.of(UnaryKind.EXPM1, -20f, 88.7f, 1.5),
                Arguments.of(UnaryKind.EXPM1, -0.5f, 0.5f, 1.5),
                Arguments.of(UnaryKind.LOG, Float.MIN_VALUE, 1e-37f, 1.0),
                Arguments.of(UnaryKind.LOG, 0.5f, 2f, 1.0),
                Arguments.of(UnaryKind.LOG, 1f, 3e38f, 1.0),
                Arguments.of(UnaryKind.LOG1P, -0.999f, 2f, 1.5),
                Arguments.of(UnaryKind.LOG1P, -1e-3f, 1e-3f, 1.5),
                Arguments.of(UnaryKind.LOG1P, 1f, 1e30f, 1.5),
                Arguments.of(UnaryKind.TANH, -10f, 10f, 2.5),
                Arguments.of(UnaryKind.TANH, -0.01f, 0.01f, 2.5),
                Arguments.of(UnaryKind.LOGISTIC, -80f, 30f, 2.5),
                Arguments.of(UnaryKind.ERF, -4f, 4f, 2.0),
                Arguments.of(UnaryKind.ERF, -0.01f, 0.01f, 2.0),
                Arguments.of(UnaryKind.RSQRT, 1e-37f, 3e38f, 1.5),
                Arguments.of(UnaryKind.SQRT, 1e-40f, 3e38f, 0.5));
    }

    @ParameterizedTest
    @MethodSource("functions")
    void errorsAreSmall(UnaryKind kind, float from, float to, double ulps) {
        float[] x = sample(from, to);
        float[] y = apply(kind, x);
        double[] exact = exact(kind, x);
        double worst = 0;
        float at = 0;
        for (int i = 0; i < x.length; i++) {
            double error = Math.abs(y[i] - exact[i]) / Math.ulp((float) exact[i]);
            if (error > worst || Double.isNaN(error)) {
                worst = error;
                at = x[i];
            }
        }
        assertThat(worst).as("%s at %s", kind, at).isLessThanOrEqualTo(ulps);
    }

    /// Arguments spread evenly, and evenly in magnitude.
    private static float[] sample(float from, float to) {
        int half = 20_000;
        var x = new float[2 * half];
        for (int i = 0; i < half; i++) {
            double t = (i + 0.5) / half;
            x[i] = (float) (from + t * ((double) to - from));
            float end = t < 0.5 && from < 0 ? from : to;
            double small = Math.max(Math.abs(end) * 1e-6, Float.MIN_VALUE);
            x[half + i] = (float) (end * Math.pow(small / Math.abs(end), (2 * t) % 1));
            if (x[half + i] < from || x[half + i] > to) x[half + i] = end;
        }
        return x;
    }

    private static float[] apply(UnaryKind kind, float[] x) {
        var b = new ProgramBuilder();
        var program = b.build(List.of(b.unary(kind, b.param(TensorType.f32(x.length)))));
        try (var engine = CpuEngine.open(new CpuSettings(1))) {
            var operand = Tensor.ofFloats(Shape.of(x.length), x);
            return Runs.once(engine, program, List.of(operand)).getFirst().toFloats();
        }
    }

    private static double[] exact(UnaryKind kind, float[] x) {
        var b = new ProgramBuilder();
        var program = b.build(List.of(b.unary(kind, b.param(TensorType.f32(x.length)))));
        var operand = Values.of(Tensor.ofFloats(Shape.of(x.length), x));
        return Reference.evaluate(program, List.of(operand)).getFirst().toArray();
    }

    /// Between multiples of π the error is relative to 1.
    @Test
    void sineAndCosineAreExactToTwoUnitsOfOne() {
        float[] x = sample(-100_000, 100_000);
        for (var kind : List.of(UnaryKind.SIN, UnaryKind.COS)) {
            float[] y = apply(kind, x);
            DoubleUnaryOperator f = kind == UnaryKind.SIN ? StrictMath::sin : StrictMath::cos;
            for (int i = 0; i < x.length; i++) {
                assertThat(Math.abs(y[i] - f.applyAsDouble(x[i])))
                        .as("%s(%s)", kind, x[i])
                        .isLessThanOrEqualTo(0x1p-23);
            }
        }
    }

    @Test
    void powerIsWithinTwoUnitsInTheLastPlace() {
        int n = 200;
        var x = new float[n * n];
        var y = new float[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                x[i * n + j] = (float) Math.pow(10, -6 + 12 * (i + 0.5) / n);
                y[i * n + j] = -6 + 12 * (j + 0.3f) / n;
            }
        }
        float[] z = power(x, y);
        for (int i = 0; i < x.length; i++) {
            double exact = StrictMath.pow(x[i], y[i]);
            assertThat(Math.abs(z[i] - exact) / Math.ulp((float) exact))
                    .as("%s^%s = %s", x[i], y[i], z[i])
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void powerOfSpecialValuesIsThatOfStrictMath() {
        float[] values = {
            0,
            -0f,
            1,
            -1,
            2,
            -2,
            0.5f,
            -0.5f,
            3,
            -3,
            1e30f,
            -1e30f,
            INFINITY,
            -INFINITY,
            Float.NaN,
            Float.MIN_VALUE,
            16777216,
            -7.5f
        };
        int n = values.length;
        var x = new float[n * n];
        var y = new float[n * n];
        for (int i = 0; i < n * n; i++) {
            x[i] = values[i / n];
            y[i] = values[i % n];
        }
        float[] z = power(x, y);
        DoubleBinaryOperator exact = StrictMath::pow;
        for (int i = 0; i < x.length; i++) {
            float expected = (float) exact.applyAsDouble(x[i], y[i]);
            assertThat(z[i])
                    .as("%s^%s (expected: %s)", x[i], y[i], expected)
                    .satisfiesAnyOf(
                            v -> assertThat(Float.compare(v, expected)).isZero(),
                            v ->
                                    assertThat(Math.abs(v - expected))
                                            .isLessThanOrEqualTo(2 * Math.ulp(expected)));
        }
    }

    private static float[] power(float[] x, float[] y) {
        var b = new ProgramBuilder();
        var p = b.param(TensorType.f32(x.length));
        var q = b.param(TensorType.f32(x.length));
        var program = b.build(List.of(b.apply(new motley.program.Op.Binary(BinaryKind.POW), p, q)));
        try (var engine = CpuEngine.open(new CpuSettings(1))) {
            var shape = Shape.of(x.length);
            var operands = List.of(Tensor.ofFloats(shape, x), Tensor.ofFloats(shape, y));
            return Runs.once(engine, program, operands).getFirst().toFloats();
        }
    }

    static Stream<Arguments> specials() {
        float nan = Float.NaN;
        float pi = (float) Math.PI;
        return Stream.of(
                Arguments.of(UnaryKind.EXP, 0f, 1f),
                Arguments.of(UnaryKind.EXP, -0f, 1f),
                Arguments.of(UnaryKind.EXP, INFINITY, INFINITY),
                Arguments.of(UnaryKind.EXP, -INFINITY, 0f),
                Arguments.of(UnaryKind.EXP, 89f, INFINITY),
                Arguments.of(UnaryKind.EXP, -110f, 0f),
                Arguments.of(UnaryKind.EXPM1, -0f, -0f),
                Arguments.of(UnaryKind.EXPM1, -INFINITY, -1f),
                Arguments.of(UnaryKind.EXPM1, INFINITY, INFINITY),
                Arguments.of(UnaryKind.LOG, 0f, -INFINITY),
                Arguments.of(UnaryKind.LOG, -0f, -INFINITY),
                Arguments.of(UnaryKind.LOG, 1f, 0f),
                Arguments.of(UnaryKind.LOG, -1f, nan),
                Arguments.of(UnaryKind.LOG, INFINITY, INFINITY),
                Arguments.of(UnaryKind.LOG1P, -1f, -INFINITY),
                Arguments.of(UnaryKind.LOG1P, -0f, -0f),
                Arguments.of(UnaryKind.LOG1P, -2f, nan),
                Arguments.of(UnaryKind.LOG1P, INFINITY, INFINITY),
                Arguments.of(UnaryKind.TANH, INFINITY, 1f),
                Arguments.of(UnaryKind.TANH, -INFINITY, -1f),
                Arguments.of(UnaryKind.TANH, -0f, -0f),
                Arguments.of(UnaryKind.LOGISTIC, INFINITY, 1f),
                Arguments.of(UnaryKind.LOGISTIC, -INFINITY, 0f),
                Arguments.of(UnaryKind.LOGISTIC, 0f, 0.5f),
                Arguments.of(UnaryKind.SQRT, -0f, -0f),
                Arguments.of(UnaryKind.RSQRT, 0f, INFINITY),
                Arguments.of(UnaryKind.RSQRT, INFINITY, 0f),
                Arguments.of(UnaryKind.SIN, -0f, -0f),
                Arguments.of(UnaryKind.SIN, INFINITY, nan),
                Arguments.of(UnaryKind.COS, 0f, 1f),
                Arguments.of(UnaryKind.COS, pi, -1f),
                Arguments.of(UnaryKind.ERF, INFINITY, 1f),
                Arguments.of(UnaryKind.ERF, -0f, -0f),
                Arguments.of(UnaryKind.FLOOR, -0.5f, -1f),
                Arguments.of(UnaryKind.FLOOR, -0f, -0f),
                Arguments.of(UnaryKind.FLOOR, 1e30f, 1e30f),
                Arguments.of(UnaryKind.FLOOR, -INFINITY, -INFINITY),
                Arguments.of(UnaryKind.SIGN, -0f, -0f),
                Arguments.of(UnaryKind.SIGN, -3f, -1f));
    }

    @ParameterizedTest
    @MethodSource("specials")
    void specialValues(UnaryKind kind, float x, float expected) {
        assertThat(apply(kind, new float[] {x})[0]).isEqualTo(Float.valueOf(expected));
    }

    @Test
    void nanStaysNaN() {
        for (var kind : UnaryKind.values()) {
            if (kind == UnaryKind.NOT) continue;
            assertThat(apply(kind, new float[] {Float.NaN})[0]).as(kind.name()).isNaN();
        }
    }
}
