package motley.webgpu;

import java.util.List;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A program whose results are known, before a GPU computes anything that matters. Drivers exist
/// that answer fast and wrong.
final class SelfTest {
    private static final int ROWS = 37;
    private static final int TERMS = 50;
    private static final int COLS = 29;

    private SelfTest() {}

    /// A product of whole numbers, which float32 holds exactly, its logistic function, and a sum.
    ///
    /// @throws EngineUnavailableException if a result is wrong
    static void run(WebGpuEngine engine) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(ROWS, TERMS));
        var y = b.param(TensorType.f32(TERMS, COLS));
        var product = b.matmul(x, y);
        var program =
                b.build(
                        List.of(
                                product,
                                b.unary(UnaryKind.LOGISTIC, b.scale(product, 1.0 / 64)),
                                b.sumAll(product)));
        var left = new float[ROWS * TERMS];
        var right = new float[TERMS * COLS];
        for (int i = 0; i < left.length; i++) left[i] = i * 7 % 11 - 5;
        for (int i = 0; i < right.length; i++) right[i] = i * 5 % 13 - 6;
        var results =
                engine.run(
                        program,
                        Tensor.ofFloats(Shape.of(ROWS, TERMS), left),
                        Tensor.ofFloats(Shape.of(TERMS, COLS), right));
        check(engine, left, right, results);
    }

    private static void check(
            WebGpuEngine engine, float[] left, float[] right, List<Tensor> results) {
        float sum = 0;
        for (int i = 0; i < ROWS * COLS; i++) {
            float expected = 0;
            for (int k = 0; k < TERMS; k++) {
                expected += left[i / COLS * TERMS + k] * right[k * COLS + i % COLS];
            }
            sum += expected;
            float curve = (float) (1 / (1 + Math.exp(-expected / 64)));
            require(engine, "product", results.get(0).getFloat(i), expected, 0);
            require(engine, "logistic", results.get(1).getFloat(i), curve, 1e-6f);
        }
        require(engine, "sum", results.get(2).getFloat(0), sum, 0);
    }

    private static void require(
            WebGpuEngine engine, String what, float value, float expected, float tolerance) {
        if (Math.abs(value - expected) <= tolerance) return;
        throw new EngineUnavailableException(
                "GPU: %s computes a %s of %s (expected: %s)"
                        .formatted(engine.adapter(), what, value, expected));
    }
}
