package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Rounds over samples that stay on their devices.
final class OwnRoundsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /// Two answers at least; three epochs of one round each, nothing to evaluate.
    private final Play play = Play.of(settings());

    private final DeviceId one = joins(1, 100);
    private final DeviceId two = joins(2, 30);
    private final DeviceId three = joins(3, 7);

    private static RunSettings settings() {
        var schedule = new Schedule(137, 0, 30, 3, 3, true);
        var local = Strategy.SYNC.withLocal(new Strategy.Local(4096, 1, 0));
        var policy = Policy.DEFAULT.withOwnTerms(new OwnTerms(2, PATIENCE));
        return new RunSettings(17, schedule, policy, local);
    }

    private DeviceId joins(int number, int samples) {
        var device = play.joins(number);
        play.happens(new Event.SamplesOffered(device, samples));
        return device;
    }

    @Test
    void everyDeviceIsAskedOnceForItsOwnSamples() {
        var first = play.asks(one);
        assertThat(first.samples()).isEqualTo(new Range(0, 100));
        var second = play.asks(two);
        assertThat(second.samples()).isEqualTo(new Range(0, 30));
        play.mustAccept(one, first);
        play.asksInVain(one);
        play.mustAccept(two, second);
        assertThat(play.all(Effect.CloseRound.class)).isEmpty();
        var third = play.asks(three);
        play.mustAccept(three, third);
        var close = play.all(Effect.CloseRound.class).getFirst();
        assertThat(close.totals().samples()).isEqualTo(137);
        play.happens(new Event.RoundApplied(0, 1));
        assertThat(play.assigned(one)).isPresent();
    }

    @Test
    void roundClosesAfterItsPatienceWithoutThoseWhoAreLate() {
        var first = play.asks(one);
        var second = play.asks(two);
        var late = play.asks(three);
        play.mustAccept(one, first);
        play.mustAccept(two, second);
        assertThat(play.all(Effect.CloseRound.class)).isEmpty();
        var due = play.state().wakeAt().orElseThrow();
        assertThat(due).isBeforeOrEqualTo(Play.START.plus(PATIENCE));
        play.passes(PATIENCE);
        assertThat(play.all(Effect.CloseRound.class).getFirst().totals().samples()).isEqualTo(130);
        play.happens(new Event.RoundApplied(0, 1));
        play.answers(three, late);
        assertThat(play.refusal()).isInstanceOf(Refusal.WrongRound.class);
    }

    /// Between the end of a round and the parameters that follow from it: what is accepted then
    /// would be added to the next round's.
    @Test
    void answerToAnExpiredLeaseIsNotAddedToTheNextRound() {
        var first = play.asks(one);
        var second = play.asks(two);
        var late = play.asks(three);
        play.mustAccept(one, first);
        play.mustAccept(two, second);
        play.passes(PATIENCE);
        assertThat(play.all(Effect.CloseRound.class)).hasSize(1);
        assertThat(play.state().pass().slots().values())
                .allMatch(slot -> !(slot instanceof Slot.Open open) || open.holders().isEmpty());
        play.answers(three, late);
        assertThat(play.refusal()).isEqualTo(new Refusal.WrongRound(0, 1));
    }

    @Test
    void belowItsQuorumARoundWaitsAndSaysSo() {
        var first = play.asks(one);
        play.mustAccept(one, first);
        play.passes(PATIENCE.multipliedBy(3));
        assertThat(play.all(Effect.CloseRound.class)).isEmpty();
        assertThat(Waiting.why(play.state(), play.now())).isEqualTo(new Waiting.OwnAnswers(1, 2));
        // The second answer is enough: the patience is over.
        play.mustAccept(two, play.asks(two));
        assertThat(play.all(Effect.CloseRound.class)).hasSize(1);
    }

    @Test
    void nobodyIsWaitedForWhoHasLeft() {
        var first = play.asks(one);
        var second = play.asks(two);
        play.asks(three);
        play.mustAccept(one, first);
        play.mustAccept(two, second);
        play.happens(new Event.DeviceLeft(three));
        assertThat(play.all(Effect.CloseRound.class).getFirst().totals().samples()).isEqualTo(130);
    }

    /// A lease that expires is given to nobody else; a late answer to it counts.
    @Test
    void workOfOneIsNeverRepeatedByAnother() {
        var slow = play.asks(one);
        play.mustAccept(two, play.asks(two));
        play.asksInVain(two);
        play.passes(Duration.ofMinutes(2));
        assertThat(play.assigned(two)).isEmpty();
        play.mustAccept(one, slow);
    }

    @Test
    void whoHasNoSamplesGetsNone() {
        var other = play.joins(4);
        play.asksInVain(other);
    }

    /// Numbers that are refused do not keep the others from going on.
    @Test
    void whoAnswersNonsenseTakesNoPartInTheRound() {
        var bad = play.asks(one);
        play.mustAccept(two, play.asks(two));
        play.offers(one, Play.answerNotFinite(bad));
        play.asksInVain(one);
        play.passes(SECOND);
        play.mustAccept(three, play.asks(three));
        assertThat(play.all(Effect.CloseRound.class).getFirst().totals().samples()).isEqualTo(37);
    }
}
