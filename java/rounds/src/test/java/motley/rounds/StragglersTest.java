package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What becomes of a device that is much slower than the others.
final class StragglersTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Play play = Play.of(Play.settings(new Schedule(800, 40, 8, 2, 1, true)));
    private final DeviceId slow = play.joins(1);
    private final DeviceId one = play.joins(2);
    private final DeviceId two = play.joins(3);
    private Task kept;

    @Test
    void openTasksGoToTheOthers() {
        measureAll();
        play.asksInVain(slow);
        assertThat(Stragglers.isSetAside(play.state(), slow)).isTrue();
        assertThat(Stragglers.isSetAside(play.state(), one)).isFalse();
        var task = play.asks(one);
        play.asks(two);
        assertThat(play.assigned(slow)).isEmpty();
        play.passes(SECOND);
        play.mustAccept(one, task);
    }

    /// Nobody takes what is open: after a while the slow one gets it, and until then it is said.
    @Test
    void whatNobodyElseTakesGoesToTheSlowOne() {
        measureAll();
        play.asksInVain(slow);
        assertThat(Waiting.why(play.state(), play.now()))
                .isInstanceOfSatisfying(
                        Waiting.SlowDevices.class,
                        why -> assertThat(why.text()).contains("all that ask (1) are much slower"));
        var turn = play.state().wakeAt().orElseThrow();
        play.passes(Duration.between(play.now(), turn));
        assertThat(play.assigned(slow)).isPresent();
    }

    @Test
    void whoIsLeftAloneIsNotSlow() {
        measureAll();
        play.asksInVain(slow);
        play.happens(new Event.DeviceLeft(one));
        play.happens(new Event.DeviceLeft(two));
        assertThat(play.assigned(slow)).isPresent();
    }

    /// An answer an hour late, of a device that slept, does not tell how fast it is.
    @Test
    void whoSleptOnceIsNotSlow() {
        measureAll();
        computes(one);
        play.happens(new Event.RoundApplied(1, 2));
        computes(one);
        kept = play.asks(one);
        computes(two);
        play.passes(MINUTE.multipliedBy(60));
        play.answers(one, kept);
        assertThat(Stragglers.isSetAside(play.state(), one)).isFalse();
        assertThat(Stragglers.isSetAside(play.state(), slow)).isTrue();
    }

    @Test
    void dialOfZeroSetsNobodyAside() {
        var settings = Play.settings(new Schedule(800, 40, 8, 2, 1, true));
        var policy = Policy.DEFAULT.withSlowFactor(0);
        var all = Play.of(new RunSettings(settings.seed(), settings.schedule(), policy));
        var last = all.joins(1);
        var first = all.joins(2);
        var slowTask = all.asks(last);
        var fastTask = all.asks(first);
        all.passes(SECOND);
        all.answers(first, fastTask);
        all.passes(MINUTE);
        all.answers(last, slowTask);
        all.happens(new Event.RoundApplied(0, 1));
        all.asks(last);
    }

    /// The slow device takes a minute for its first task, the others a second for each of theirs.
    private void measureAll() {
        kept = play.asks(slow);
        var quick = play.asks(one);
        play.passes(SECOND);
        play.mustAccept(one, quick);
        var repeated = play.asks(two);
        assertThat(repeated.key().slot()).isEqualTo(kept.key().slot());
        play.passes(SECOND);
        play.mustAccept(two, repeated);
        play.passes(MINUTE);
        play.answers(slow, kept);
        play.happens(new Event.RoundApplied(0, 1));
        // The others are at work, and then hand in: the next is open.
        computes(one);
    }

    private void computes(DeviceId device) {
        var task = play.asks(device);
        play.passes(SECOND);
        play.mustAccept(device, task);
    }
}
