package motley.compiler.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import motley.program.reference.ReferenceEngine;
import motley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// What a device must compute before it may work, and what is said of one that does not.
final class SelfTestTest {
    private static final SelfTest TEST = SelfTest.ofOperations();

    @Test
    void whatIsRightPasses() {
        assertThat(TEST.wrong(right())).isEmpty();
    }

    @Test
    void whatIsAsNearAsFloat32Passes() {
        for (int result = 2; result < TEST.results().size(); result++) {
            assertThat(TEST.wrong(changed(result, x -> Math.nextUp((float) x)))).isEmpty();
        }
    }

    @Test
    void wholeNumbersAreExact() {
        assertThat(TEST.wrong(changed(0, x -> Math.nextUp((float) x))))
                .hasValueSatisfying(text -> assertThat(text).startsWith("a product of"));
        assertThat(TEST.wrong(changed(1, x -> x + 1))).isPresent();
    }

    /// Of every result the element that is likest to pass is perturbed by one part in ten thousand.
    @Test
    void whatIsPerturbedIsNamed() {
        for (int result = 0; result < TEST.results().size(); result++) {
            var name = TEST.results().get(result).name();
            assertThat(TEST.wrong(changed(result, x -> x * 1.0001 + 1e-5)))
                    .as(name)
                    .hasValueSatisfying(
                            text ->
                                    assertThat(text)
                                            .matches(name + " of .* \\(expected: .* within .*\\)"));
        }
    }

    /// As Mesa's compiler once did, which took `(x + 1.5·2²³) - 1.5·2²³` for `x`.
    @Test
    void exponentialsThatDoNotRoundAreNamed() {
        assertThat(TEST.wrong(changed(3, x -> x > 2 ? Math.pow(2, Math.floor(x)) : x)))
                .hasValueSatisfying(text -> assertThat(text).startsWith("an exponential of"));
    }

    @Test
    void noNumberPasses() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0}) {
            assertThat(TEST.wrong(changed(5, _ -> bad))).isPresent();
        }
    }

    @Test
    void allResultsAreNeeded() {
        assertThatThrownBy(() -> TEST.wrong(right().subList(0, 2)))
                .hasMessage("results: 2 (expected: 6)");
    }

    private static List<Tensor> right() {
        try (var engine = new ReferenceEngine()) {
            return engine.run(TEST.program(), TEST.tensors());
        }
    }

    /// The right results, but one of them through `change`.
    private static List<Tensor> changed(int result, DoubleUnaryOperator change) {
        var results = new ArrayList<>(right());
        var tensor = Tensor.onHeap(results.get(result).type());
        for (int i = 0; i < tensor.shape().count(); i++) {
            float value = results.get(result).getFloat(i);
            tensor.setFloat(i, (float) change.applyAsDouble(value));
        }
        results.set(result, tensor);
        return results;
    }
}
