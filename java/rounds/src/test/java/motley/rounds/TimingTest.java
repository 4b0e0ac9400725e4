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

    /// What a device compiles for its first task it does not compile again.
    @Test
    void firstFewMeasurementsAreForgottenForOneBelowHalf() {
        var timing = Timing.NONE.with(Duration.ofSeconds(20)).with(SECOND);
        assertThat(timing.mean()).isEqualTo(SECOND);
        assertThat(timing.limit()).isGreaterThan(Duration.ofSeconds(20));
        var settled = timing.with(SECOND).with(SECOND).with(Duration.ofMillis(200));
        assertThat(settled.mean()).isEqualTo(Duration.ofMillis(900));
    }

    /// A closed laptop answers an hour later, and is as fast as before.
    @Test
    void whatTookVeryLongOnceCountsAsTenMeans() {
        var usual = settledAt(SECOND);
        assertThat(usual.withBelievable(Duration.ofHours(1)))
                .isEqualTo(usual.with(SECOND.multipliedBy(10)));
    }

    @Test
    void aMeanOfNothingIsLeft() {
        var timing = settledAt(Duration.ZERO).withBelievable(SECOND);
        assertThat(timing.mean()).isEqualTo(Duration.ofMillis(125));
    }

    @Test
    void whoHasBecomeAHundredTimesSlowerIsKnownAfterAFewMeasurements() {
        var slow = SECOND.multipliedBy(100);
        var timing = settledAt(SECOND);
        for (int i = 0; i < 8; i++) timing = timing.withBelievable(slow);
        assertThat(timing.mean()).isBetween(slow.dividedBy(2), slow);
        assertThat(timing.limit()).isGreaterThan(slow);
    }

    @Test
    void aReportOfZeroDoesNotMakeALimitOfZero() {
        var timing = Timing.NONE.with(SECOND).with(Duration.ZERO);
        assertThat(timing.limit()).isGreaterThan(SECOND);
    }

    private static Timing settledAt(Duration usual) {
        return Timing.NONE.with(usual).with(usual).with(usual).with(usual);
    }
}
