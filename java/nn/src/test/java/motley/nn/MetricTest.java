package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Metrics and losses as text.
final class MetricTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"accuracy", "top-1", "top-50", "precision", "recall", "f1", "perplexity"})
    void textIsReadAsItWasWritten(String text) {
        assertThat(Metric.named(text).text()).isEqualTo(text);
    }

    @Test
    void listsAreRead() {
        assertThat(Metric.list("f1, top-5")).containsExactly(new Metric.F1(), new Metric.TopK(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "top", "top-0", "top-05", "top--1", "top-9999999999", "F1", "f1,"})
    void otherNamesAreRefused(String text) {
        assertThatThrownBy(() -> Metric.list(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: one of accuracy, top-5");
    }

    @Test
    void twiceIsRefused() {
        assertThatThrownBy(() -> Metric.list("f1,top-5,f1"))
                .hasMessage("metrics: f1,top-5,f1 (expected: each once)");
    }

    @Test
    void lossesAreReadAsTheyWereWritten() {
        for (var name : Loss.names()) {
            var loss = Loss.named(name);
            assertThat(Loss.named(loss.text())).isEqualTo(loss);
        }
        var smoothed = List.of("cross-entropy:smoothing=0.25", "huber:delta=0.5");
        for (var text : smoothed) assertThat(Loss.named(text).text()).isEqualTo(text);
        assertThatThrownBy(() -> Loss.named("hinge:delta=1"))
                .hasMessage("loss setting: delta (expected for hinge: none)");
    }
}
