package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Answers whose numbers look wrong are refused, computed again, and never hang a run.
final class DoubtsTest {
    private static final Duration FLOOR = Policy.DEFAULT.leaseFloor();

    private final Play run = Play.of(Play.settings(new Schedule(80, 0, 40, 10, 1, true)));

    /// Three answers of norm 1 per sample, so that there is a median.
    private DeviceId joinsAndWorks(long number) {
        var device = run.joins(number);
        for (int i = 0; i < 3; i++) run.mustAccept(device, run.asks(device));
        return device;
    }

    @Test
    void hugeNormIsRefusedWithItsProportion() {
        var a = joinsAndWorks(1);
        run.joins(2);
        var task = run.asks(a);
        run.offers(a, Play.answerWithNorm(task, 50 * task.samples().count()));
        assertThat(run.refusal()).isEqualTo(new Refusal.NormTooLarge(50, 1));
        assertThat(run.refusal().text()).contains("50").contains("median");
    }

    @Test
    void normJustInsideTheLimitIsAccepted() {
        var a = joinsAndWorks(1);
        var task = run.asks(a);
        var effects = run.offers(a, Play.answerWithNorm(task, 10 * task.samples().count()));
        assertThat(effects).contains(new Effect.Accept(a, task));
    }

    @Test
    void doubtedTaskGoesToAnotherDevice() {
        var a = joinsAndWorks(1);
        var b = run.joins(2);
        var task = run.asks(a);
        run.offers(a, Play.answerWithNorm(task, 1e6));
        assertThat(run.asks(a).key().slot()).isNotEqualTo(task.key().slot());
        var again = run.asks(b);
        assertThat(again.key().slot()).isEqualTo(task.key().slot());
        run.mustAccept(b, again);
    }

    @Test
    void unusualNormIsAcceptedWhenAnotherDeviceFindsTheSame() {
        var a = joinsAndWorks(1);
        var b = run.joins(2);
        run.offers(a, Play.answerWithNorm(run.asks(a), 1e6));
        var again = run.asks(b);
        assertThat(run.offers(b, Play.answerWithNorm(again, 1e6)))
                .contains(new Effect.Accept(b, again));
        assertThat(run.facts(Fact.NormConfirmed.class)).hasSize(1);
    }

    @Test
    void unusualNormIsAcceptedFromALoneDeviceThatRepeatsIt() {
        var a = joinsAndWorks(1);
        run.offers(a, Play.answerWithNorm(run.asks(a), 1e6));
        var again = run.asks(a);
        assertThat(run.offers(a, Play.answerWithNorm(again, 1e6)))
                .contains(new Effect.Accept(a, again));
    }

    @Test
    void afterTwoDevicesWereRefusedAnyNormIsAccepted() {
        var a = joinsAndWorks(1);
        var b = run.joins(2);
        var c = run.joins(3);
        run.offers(a, Play.answerWithNorm(run.asks(a), 1e6));
        run.offers(b, Play.answerWithNorm(run.asks(b), 2e6));
        var third = run.asks(c);
        assertThat(run.offers(c, Play.answerWithNorm(third, 3e6)))
                .contains(new Effect.Accept(c, third));
    }

    @Test
    void divergedRunFailsInsteadOfAskingForEver() {
        var a = run.joins(1);
        run.offers(a, Play.answerNotFinite(run.asks(a)));
        assertThat(run.refusal()).isEqualTo(new Refusal.NotFinite());
        run.offers(a, Play.answerNotFinite(run.asks(a)));
        run.offers(a, Play.answerNotFinite(run.asks(a)));
        var ending = run.all(Effect.End.class).getFirst().ending();
        assertThat(ending).isInstanceOf(Ending.Failed.class);
        assertThat(ending.text()).contains("round 0, task 0").contains("finite");
    }

    @Test
    void oneBrokenDeviceDoesNotFailTheRun() {
        var broken = run.joins(1);
        var other = run.joins(2);
        int slot = run.asks(broken).key().slot();
        run.happens(new Event.DeviceJoined(broken, ""));
        for (int i = 0; i < 4; i++) {
            var task = run.asks(broken);
            assertThat(task.key().slot()).isEqualTo(slot);
            run.offers(broken, Play.answerNotFinite(task));
            run.passes(FLOOR);
        }
        run.mustAccept(other, run.asks(other));
        assertThat(run.state().phase()).isEqualTo(new Phase.Open());
    }

    @Test
    void wrongCountAndWrongShapeAreRefused() {
        var a = run.joins(1);
        var task = run.asks(a);
        var good = Play.answer(task);
        var report = new Contribution.Report(3, 6, 1, Duration.ZERO);
        run.offers(a, new Contribution(good.key(), report, good.inspection(), ""));
        assertThat(run.refusal()).isEqualTo(new Refusal.WrongCount(3, 4));

        task = run.asks(a);
        run.offers(a, Play.answer(task, new Contribution.Inspection(false, true, 1)));
        assertThat(run.refusal()).isEqualTo(new Refusal.WrongShape());
    }

    @Test
    void anotherDevicesLeaseIsRefused() {
        var a = run.joins(1);
        var b = run.joins(2);
        var task = run.asks(a);
        run.answers(b, task);
        assertThat(run.refusal()).isEqualTo(new Refusal.NotHolder(task.key().lease()));
        run.mustAccept(a, task);
    }

    @Test
    void answerAtOtherParametersIsRefused() {
        var a = run.joins(1);
        var task = run.asks(a);
        var key = task.key();
        var stale = new TaskKey(key.lease(), key.round(), key.slot(), 7);
        var good = Play.answer(task);
        run.offers(a, new Contribution(stale, good.report(), good.inspection(), ""));
        assertThat(run.refusal()).isEqualTo(new Refusal.WrongVersion(7, 0));
    }
}
