package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LatenciesTest {
    private final Latencies times = new Latencies();

    @Test
    void percentileIsATimeThatThereWas() {
        times.begin();
        for (int ms = 2_000; ms >= 1; ms--) times.add(ms * 1_000_000L);
        assertThat(times.percentileMs(0.5)).isEqualTo(1_000);
        assertThat(times.percentileMs(0.99)).isEqualTo(1_980);
        assertThat(times.percentileMs(1)).isEqualTo(2_000);
        assertThat(times.percentileMs(0)).isEqualTo(1);
    }

    @Test
    void onlyWhatHappensMeanwhileCounts() {
        times.add(1);
        times.begin();
        times.add(2_000_000);
        times.end();
        times.add(3);
        assertThat(times.count()).isEqualTo(1);
        assertThat(times.percentileMs(0.5)).isEqualTo(2);
    }

    @Test
    void noTimesHaveNoPercentile() {
        assertThat(times.percentileMs(0.5)).isNaN();
    }
}
