package motley.coordinator.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import motley.coordinator.operations.Exposition.Type;
import motley.rounds.Refusal;
import org.junit.jupiter.api.Test;

final class ExpositionTest {
    /// By the description of the format: backslashes, quotes and ends of lines are escaped.
    @Test
    void familiesHaveHelpTypeAndSamples() {
        var labels = new LinkedHashMap<String, String>();
        labels.put("name", "a \"b\"\\\nc");
        labels.put("kind", "d");
        var text =
                new Exposition()
                        .family("devices", Type.GAUGE, "How many\\there are.\nNow.")
                        .sample(labels, 3)
                        .family("bytes_total", Type.COUNTER, "All.")
                        .sample(1e15)
                        .sample("of", "x", 0.25)
                        .sample(Double.NaN)
                        .sample(Double.NEGATIVE_INFINITY)
                        .sample(1e300)
                        .text();
        assertThat(text)
                .isEqualTo(
                        """
                        # HELP motley_devices How many\\\\there are.\\nNow.
                        # TYPE motley_devices gauge
                        motley_devices{name="a \\"b\\"\\\\\\nc",kind="d"} 3
                        # HELP motley_bytes_total All.
                        # TYPE motley_bytes_total counter
                        motley_bytes_total 1000000000000000
                        motley_bytes_total{of="x"} 0.25
                        motley_bytes_total NaN
                        motley_bytes_total -Inf
                        motley_bytes_total 1.0E300
                        """);
    }

    @Test
    void refusalsAreCountedByReasonAndTellNothingElse() {
        var counters = new Counters();
        counters.refused(new Refusal.SlotFilled(3));
        counters.refused(new Refusal.SlotFilled(4));
        counters.refused(new Refusal.NormTooLarge(1e9, 1));
        counters.answered(404);
        var text = new Exposition();
        counters.write(text);
        assertThat(text.text())
                .contains("motley_contributions_refused_total{reason=\"slot-filled\"} 2\n")
                .contains("motley_contributions_refused_total{reason=\"norm-too-large\"} 1\n")
                .contains("motley_http_requests_total{status=\"4xx\"} 1\n")
                .contains("motley_http_requests_total{status=\"2xx\"} 0\n");
    }

    @Test
    void readinessLooksOnceInAWhile() {
        var works = new AtomicBoolean(true);
        var looks = new AtomicInteger();
        var now = new AtomicLong(5);
        var checks = new LinkedHashMap<String, BooleanSupplier>();
        checks.put(
                "disk",
                () -> {
                    looks.incrementAndGet();
                    return works.get();
                });
        var readiness = new Readiness(checks, now::get, 1_000);
        assertThat(readiness.look().isReady()).isTrue();
        works.set(false);
        now.set(1_004);
        assertThat(readiness.look().isReady()).isTrue();
        assertThat(looks).hasValue(1);
        now.set(1_005);
        assertThat(readiness.look().isReady()).isFalse();
        assertThat(readiness.look().works()).containsEntry("disk", false);
        assertThat(looks).hasValue(2);
    }
}
