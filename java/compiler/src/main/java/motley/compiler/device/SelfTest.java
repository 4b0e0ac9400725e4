package motley.compiler.device;

import static motley.tensor.Require.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.reference.Accuracy;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A program whose results are known, which a device runs before anything that matters: there are
/// drivers that answer fast and wrong. It is compiled as every program is, so that what is tested
/// is what will run; a driver whose compiler folded the rounding out of our exponential passed a
/// test that was written in its own functions.
///
/// @param results of `program`, in its order
public record SelfTest(Program program, List<Values> params, List<Result> results) {
    /// Of a function's value: devices may round a few times more or less than float32 must, and
    /// those that are broken are farther off.
    private static final double TOLERANCE = 1e-5;

    private static final int ROWS = 37;
    private static final int TERMS = 50;
    private static final int COLS = 29;
    private static final int POINTS = 256;

    public SelfTest {
        params = List.copyOf(params);
        results = List.copyOf(results);
    }

    /// What must come out.
    ///
    /// @param name for people, as `a product`
    public record Result(String name, Enclosure value) {}

    /// A product of whole numbers and its sum, which float32 holds exactly in any order; and
    /// functions, within what [ErrorBound] allows float32 or a part in a hundred thousand.
    public static SelfTest ofOperations() {
        var b = new ProgramBuilder();
        var left = b.param(TensorType.f32(ROWS, TERMS));
        var right = b.param(TensorType.f32(TERMS, COLS));
        var x = b.param(TensorType.f32(POINTS));
        var product = b.matmul(left, right);
        var program =
                b.build(
                        List.of(
                                product,
                                b.sumAll(product),
                                b.unary(UnaryKind.LOGISTIC, b.scale(product, 1.0 / 64)),
                                b.unary(UnaryKind.EXP, x),
                                b.unary(UnaryKind.LOG, b.unary(UnaryKind.EXP, x)),
                                b.unary(UnaryKind.SIN, x)));
        var params =
                List.of(
                        numbers(left.type(), i -> i * 7 % 11 - 5, 1),
                        numbers(right.type(), i -> i * 5 % 13 - 6, 1),
                        numbers(x.type(), i -> i - POINTS / 2, 1.0 / 8));
        var bounds = ErrorBound.evaluate(program, params, Accuracy.FLOAT32);
        return new SelfTest(
                program,
                params,
                List.of(
                        new Result("a product", Enclosure.exact(bounds.get(0).center())),
                        new Result("a sum", Enclosure.exact(bounds.get(1).center())),
                        new Result("a logistic function", bounds.get(2)),
                        new Result("an exponential", bounds.get(3)),
                        new Result("a logarithm", bounds.get(4)),
                        new Result("a sine", bounds.get(5))));
    }

    private static Values numbers(TensorType type, IntUnaryOperator number, double scale) {
        var values = new double[type.shape().count()];
        for (int i = 0; i < values.length; i++) values[i] = scale * number.applyAsInt(i);
        return Values.of(type, values);
    }

    /// The params as an engine takes them.
    public Tensor[] tensors() {
        return params.stream().map(Values::toTensor).toArray(Tensor[]::new);
    }

    /// What is wrong with results that a device gave, as `an exponential of 1.7 (expected: …)`;
    /// empty if nothing is.
    public Optional<String> wrong(List<Tensor> given) {
        require(
                given.size() == results.size(),
                "results: %d (expected: %d)",
                given.size(),
                results.size());
        for (int i = 0; i < given.size(); i++) {
            var expected = expected(results.get(i));
            var bound = bound(results.get(i));
            var values = given.get(i).toFloats();
            for (int k = 0; k < expected.length; k++) {
                // NaN, too, is beyond.
                if (Math.abs(values[k] - expected[k]) <= bound[k]) continue;
                return Optional.of(
                        "%s of %s (expected: %s within %s)"
                                .formatted(
                                        results.get(i).name(), values[k], expected[k], bound[k]));
            }
        }
        return Optional.empty();
    }

    private static float[] expected(Result result) {
        var center = result.value().center();
        var expected = new float[center.count()];
        for (int i = 0; i < expected.length; i++) expected[i] = (float) center.get(i);
        return expected;
    }

    /// Around what float32 makes of the expected value; 0 where all of them are exact.
    private static float[] bound(Result result) {
        var radius = result.value().radius();
        var bound = expected(result);
        boolean isExact = radius.sum() == 0;
        for (int i = 0; i < bound.length; i++) {
            double rounding = Math.max(Float.MIN_NORMAL, Math.ulp(bound[i]));
            double near = Math.max(radius.get(i) + rounding, TOLERANCE * Math.abs(bound[i]));
            bound[i] = isExact ? 0 : Math.nextUp((float) near);
        }
        return bound;
    }

    /// This test for a device that runs plans, in the form of `docs/protocol/device-plan.md`.
    ///
    /// @param plan of [#program]
    public String json(DevicePlan plan) {
        var inputs = new ArrayList<String>();
        for (var tensor : tensors()) inputs.add("\"%s\"".formatted(base64(tensor.toFloats())));
        var outputs = new ArrayList<String>();
        for (var result : results) {
            outputs.add(
                    "{\"name\":\"%s\",\"expected\":\"%s\",\"bound\":\"%s\"}"
                            .formatted(
                                    result.name(),
                                    base64(expected(result)),
                                    base64(bound(result))));
        }
        return "{\"plan\":%s,\"inputs\":[%s],\"results\":[%s]}"
                .formatted(
                        DevicePlanJson.write(plan),
                        String.join(",", inputs),
                        String.join(",", outputs));
    }

    private static String base64(float[] numbers) {
        var bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
