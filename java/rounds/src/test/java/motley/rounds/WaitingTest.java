package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A run that does nothing says why.
final class WaitingTest {
    private final Play run = Play.ofTwoRounds();

    private Waiting why() {
        return Waiting.why(run.state(), run.now());
    }

    @Test
    void eachStandstillHasItsReason() {
        assertThat(why()).isEqualTo(new Waiting.NoDevices());
        var a = run.joins(1);
        assertThat(why()).isEqualTo(new Waiting.NoRequests(1, 2));
        var task = run.asks(a);
        run.passesUnnoticed(Duration.ofSeconds(7));
        assertThat(why().text())
                .isEqualTo(
                        "2 answers are missing, 1 tasks are being computed; the oldest by device 1"
                                + " for 7.0 s, given to another in 53.0 s at the latest.");
        run.mustAccept(a, task);
        run.mustAccept(a, run.asks(a));
        assertThat(why()).isInstanceOf(Waiting.Closing.class);
        run.happens(new Event.StopRequested("enough"));
        run.happens(new Event.RoundApplied(0, 1));
        assertThat(why().text()).isEqualTo("The run has ended: stopped: enough.");
    }

    @Test
    void progressCountsWhatIsInTheParameters() {
        var a = run.joins(1);
        run.mustAccept(a, run.asks(a));
        assertThat(RunProgress.of(run.state()).samplesDone()).isZero();
        run.mustAccept(a, run.asks(a));
        run.passesUnnoticed(Duration.ofSeconds(2));
        run.happens(new Event.RoundApplied(0, 1));
        var progress = RunProgress.of(run.state());
        assertThat(progress.samplesDone()).isEqualTo(8);
        assertThat(progress.round()).isEqualTo(1);
        assertThat(progress.samplesPerSecond()).isEqualTo(4);
        assertThat(progress.remaining()).contains(Duration.ofSeconds(2));
    }
}
