package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
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
                        "2 answers are missing, 1 task is being computed; the oldest by device 1"
                                + " for 7.0 s, given to another in 53.0 s at the latest; more"
                                + " devices make it faster.");
        run.mustAccept(a, task);
        run.mustAccept(a, run.asks(a));
        assertThat(why()).isInstanceOf(Waiting.Closing.class);
        run.happens(new Event.StopRequested("enough"));
        run.happens(new Event.RoundApplied(0, 1));
        assertThat(why().text()).isEqualTo("The run has ended: stopped: enough.");
    }

    @Test
    void eachReasonNamesWhatHelps() {
        var device = new DeviceId(1);
        var second = Duration.ofSeconds(1);
        var held = new Waiting.Held(device, 3, second, second);
        var remedies = new LinkedHashMap<Waiting, String>();
        remedies.put(new Waiting.Paused(), "resume it");
        remedies.put(new Waiting.Closing(1, second), "load and disk");
        remedies.put(new Waiting.NoDevices(), "motley join");
        remedies.put(new Waiting.FewDevices(1, 2), "add more");
        remedies.put(new Waiting.NoRequests(1, 1), "add one");
        remedies.put(new Waiting.Leases(1, 1, List.of(held)), "more devices make it faster");
        remedies.put(new Waiting.Confirmation(3), "add one");
        remedies.put(new Waiting.SecondDevice(1, device), "motley devices --trust");
        remedies.put(new Waiting.SlowDevices(1, 1, second), "unless a faster one asks");
        remedies.put(new Waiting.OwnAnswers(1, 2), "add one that has the data");
        remedies.forEach((why, remedy) -> assertThat(why.text()).contains(remedy).endsWith("."));
        assertThat(remedies.keySet().stream().<Class<?>>map(Waiting::getClass))
                .as("a run that has ended waits for nothing")
                .hasSize(waits().size())
                .containsAll(waits());
    }

    private static List<Class<?>> waits() {
        return Stream.<Class<?>>of(Waiting.class.getPermittedSubclasses())
                .filter(kind -> kind != Waiting.Ended.class)
                .toList();
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
