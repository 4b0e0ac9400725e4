package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import motley.nn.Schedule.Constant;
import motley.nn.Schedule.Cosine;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    @Test
    void constantStays() {
        var schedule = new Constant(0.1);
        assertThat(schedule.rate(1, 100)).isEqualTo(0.1);
        assertThat(schedule.rate(1000, 100)).isEqualTo(0.1);
    }

    @Test
    void warmUpReachesThePeakAtItsLastStep() {
        var schedule = new Cosine(1, 10, 0);
        assertThat(schedule.rate(1, 100)).isEqualTo(0.1);
        assertThat(schedule.rate(10, 100)).isEqualTo(1);
        assertThat(schedule.rate(11, 100)).isEqualTo(1);
        assertThat(schedule.rate(12, 100)).isLessThan(1);
    }

    @Test
    void rateStaysAtTheFloorBeyondTheEnd() {
        var schedule = new Cosine(1, 0, 0.25);
        assertThat(schedule.rate(101, 100)).isEqualTo(0.25);
        assertThat(schedule.rate(100_000, 100)).isEqualTo(0.25);
        assertThat(schedule.rate(100, 100)).isGreaterThan(0.25);
    }

    @Test
    void runShorterThanItsWarmUpKeepsRising() {
        var schedule = new Cosine(1, 10, 0);
        assertThat(schedule.rate(5, 5)).isEqualTo(0.5);
        assertThat(schedule.rate(11, 5)).isEqualTo(1);
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new Constant(0)).hasMessageContaining("rate: 0.0");
        assertThatThrownBy(() -> new Constant(Double.NaN)).hasMessageContaining("rate: NaN");
        assertThatThrownBy(() -> new Cosine(1, -1, 0)).hasMessageContaining("warmUpSteps: -1");
        assertThatThrownBy(() -> new Cosine(1, 0, 2)).hasMessageContaining("floor: 2.0");
    }
}
