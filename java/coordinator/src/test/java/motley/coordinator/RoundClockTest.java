package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import motley.coordinator.RoundTimes.Phase;
import motley.coordinator.RoundTimes.PhaseTime;
import motley.coordinator.RoundTimes.Span;
import org.junit.jupiter.api.Test;

/// Where the time of a round goes, with a clock moved by hand.
class RoundClockTest {
    private final AtomicLong nowNs = new AtomicLong(77_000);
    private final RoundClock clock =
            new RoundClock(InstantSource.fixed(Instant.ofEpochSecond(5)), nowNs::get);

    private void spend(Phase phase, long micros) {
        nowNs.addAndGet(1000 * micros);
        clock.lap(phase);
    }

    @Test
    void phasesAddUpToTheRound() {
        spend(Phase.OTHER, 1);
        spend(Phase.PUBLISH, 20);
        spend(Phase.DEVICES, 300);
        spend(Phase.SUM, 40);
        spend(Phase.DEVICES, 500);
        spend(Phase.UPDATE, 60);
        var times = clock.take(false, 2, 7);
        assertThat(times.startMicros()).isEqualTo(5_000_000);
        assertThat(times.micros()).isEqualTo(921);
        assertThat(times.phases())
                .containsExactly(
                        new PhaseTime(Phase.DEVICES, 800),
                        new PhaseTime(Phase.SUM, 40),
                        new PhaseTime(Phase.UPDATE, 60),
                        new PhaseTime(Phase.PUBLISH, 20),
                        new PhaseTime(Phase.OTHER, 1));
        assertThat(times.spans())
                .containsExactly(
                        new Span(Phase.PUBLISH, 1, 20),
                        new Span(Phase.DEVICES, 21, 300),
                        new Span(Phase.SUM, 321, 40),
                        new Span(Phase.DEVICES, 361, 500),
                        new Span(Phase.UPDATE, 861, 60));
    }

    @Test
    void nextRoundBeginsWhereTheLastOneEnded() {
        spend(Phase.DEVICES, 10);
        assertThat(clock.take(false, 0, 0).micros()).isEqualTo(10);
        spend(Phase.EVALUATION, 30);
        var next = clock.take(true, 0, 1);
        assertThat(next.startMicros()).isEqualTo(5_000_010);
        assertThat(next.phases()).containsExactly(new PhaseTime(Phase.EVALUATION, 30));
        assertThat(next.spans()).containsExactly(new Span(Phase.EVALUATION, 0, 30));
    }

    @Test
    void messagesDoNotCutAWaitIntoPieces() {
        spend(Phase.WAITING, 10);
        spend(Phase.OTHER, 1);
        spend(Phase.WAITING, 10);
        var times = clock.take(false, 0, 0);
        assertThat(times.spans()).containsExactly(new Span(Phase.WAITING, 0, 21));
        assertThat(times.phases())
                .containsExactly(new PhaseTime(Phase.WAITING, 20), new PhaseTime(Phase.OTHER, 1));
    }

    @Test
    void longRoundKeepsItsFirstSpansAndAllSums() {
        int laps = RoundClock.SPANS_MAX;
        for (int i = 0; i < laps; i++) {
            spend(Phase.DEVICES, 1);
            spend(Phase.SUM, 1);
        }
        var times = clock.take(false, 0, 0);
        assertThat(times.spans()).hasSize(RoundClock.SPANS_MAX);
        assertThat(times.phases())
                .containsExactly(
                        new PhaseTime(Phase.DEVICES, laps), new PhaseTime(Phase.SUM, laps));
    }
}
