package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TimingTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void firstMeasurementIsTheMeanAndHalfOfItTheDeviation() {
        var timing = Timing.NONE.with(SECOND);
        assertThat(timing.mean()).isEqualTo(SECOND);
        assertThat(timing.limit()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void anEighthOfTheErrorMovesTheMeanAndAQuarterTheDeviation() {
        var timing = Timing.NONE.with(SECOND).with(Duration.ofSeconds(9));
        assertThat(timing.mean()).isEqualTo(Duration.ofSeconds(2));
        assertThat(timing.deviationNs()).isEqualTo(2_375_000_000L);
    }

    @Test
    void aReportOfZeroDoesNotMakeALimitOfZero() {
        var timing = Timing.NONE.with(SECOND).with(SECOND).with(Duration.ZERO);
        assertThat(timing.limit()).isGreaterThan(SECOND);
    }

    @Test
    void secondFarBelowTheFirstTakesItsPlace() {
        var timing = Timing.NONE.with(SECOND.multipliedBy(10)).with(SECOND);
        assertThat(timing.mean()).isEqualTo(SECOND);
        assertThat(timing.limit()).isEqualTo(SECOND.multipliedBy(3));
        assertThat(timing.measurements()).isEqualTo(2);
    }

    @Test
    void thirdMovesTheMeanHoweverFarBelow() {
        var timing = Timing.NONE.with(SECOND).with(SECOND).with(Duration.ofMillis(200));
        assertThat(timing.mean()).isEqualTo(Duration.ofMillis(900));
    }
}
