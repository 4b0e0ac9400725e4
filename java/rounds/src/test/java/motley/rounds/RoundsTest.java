package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Scenarios of a run, each a few sentences long.
final class RoundsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Play run = Play.ofTwoRounds();

    @Test
    void oneDeviceTrainsAlone() {
        var a = run.joins(1);
        run.mustAccept(a, run.asks(a));
        run.mustAccept(a, run.asks(a));
        assertThat(run.all(Effect.CloseRound.class))
                .containsExactly(new Effect.CloseRound(0, 0, new Totals(8, 16, 4)));

        run.asksInVain(a);
        run.happens(new Event.RoundApplied(0, 1));
        var next = run.assigned(a).orElseThrow();
        assertThat(next.samples()).isEqualTo(new Range(8, 4));
        assertThat(next.key().version()).isEqualTo(1);

        run.mustAccept(a, next);
        run.mustAccept(a, run.asks(a));
        assertThat(run.happens(new Event.RoundApplied(1, 2)))
                .containsExactly(new Effect.End(new Ending.Finished()));
    }

    @Test
    void remainderIsSmallerAndNotLost() {
        var run = Play.of(Play.settings(new Schedule(10, 0, 6, 4, 1, true)));
        var a = run.joins(1);
        for (var expected : List.of(new Range(0, 2), new Range(2, 2), new Range(4, 2))) {
            var task = run.asks(a);
            assertThat(task.samples()).isEqualTo(expected);
            run.mustAccept(a, task);
        }
        run.happens(new Event.RoundApplied(0, 1));
        assertThat(run.asks(a).samples()).isEqualTo(new Range(6, 2));
        assertThat(run.asks(a).samples()).isEqualTo(new Range(8, 2));
    }

    @Test
    void evaluationFollowsEachEpochAtUnchangedParameters() {
        var run = Play.of(Play.settings(new Schedule(4, 6, 4, 1, 2, true)));
        var a = run.joins(1);
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.RoundApplied(0, 1));

        var first = run.asks(a);
        assertThat(first.kind()).isEqualTo(Kind.EVALUATE);
        assertThat(first.key().version()).isEqualTo(1);
        run.mustAccept(a, first);
        run.mustAccept(a, run.asks(a));
        assertThat(run.all(Effect.CloseEvaluation.class))
                .containsExactly(new Effect.CloseEvaluation(0, new Totals(6, 12, 3)));

        var next = run.asks(a);
        assertThat(next.kind()).isEqualTo(Kind.TRAIN);
        assertThat(next.epoch()).isEqualTo(1);
        run.mustAccept(a, next);
        run.happens(new Event.RoundApplied(1, 2));
        run.mustAccept(a, run.asks(a));
        run.mustAccept(a, run.asks(a));
        assertThat(run.all(Effect.End.class))
                .containsExactly(new Effect.End(new Ending.Finished()));
    }

    @Test
    void evaluationMayBeOnlyAtTheEnd() {
        var schedule = new Schedule(4, 4, 4, 1, 2, false);
        assertThat(schedule.evaluatesAfter(0)).isFalse();
        assertThat(schedule.evaluatesAfter(1)).isTrue();
        var run = Play.of(Play.settings(schedule));
        var a = run.joins(1);
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.RoundApplied(0, 1));
        assertThat(run.asks(a).kind()).isEqualTo(Kind.TRAIN);
    }

    @Test
    void idleDevicesAreServedInTheOrderTheyAsked() {
        var a = run.joins(1);
        var b = run.joins(2);
        run.mustAccept(a, run.asks(a));
        run.mustAccept(a, run.asks(a));
        run.asksInVain(b);
        run.asksInVain(a);
        run.happens(new Event.RoundApplied(0, 1));
        assertThat(run.assigned(b).orElseThrow().key().slot()).isEqualTo(0);
        assertThat(run.assigned(a).orElseThrow().key().slot()).isEqualTo(1);
    }

    @Test
    void lateAnswerIsGoodWorkWhileItsSlotIsEmpty() {
        var a = run.joins(1);
        var task = run.asks(a);
        run.passes(MINUTE);
        assertThat(run.facts(Fact.LeaseExpired.class)).hasSize(1);
        run.mustAccept(a, task);
    }

    @Test
    void lateAnswerIsRefusedOnceTheRoundHasClosed() {
        var a = run.joins(1);
        var b = run.joins(2);
        var slow = run.asks(a);
        run.passes(MINUTE);
        run.mustAccept(b, run.asks(b));
        run.mustAccept(b, run.asks(b));
        run.happens(new Event.RoundApplied(0, 1));
        run.answers(a, slow);
        assertThat(run.refusal()).isEqualTo(new Refusal.WrongRound(0, 1));
    }

    @Test
    void expiryDoublesTheTimeOfTheSlotsNextLease() {
        var a = run.joins(1);
        var first = run.asks(a);
        run.passes(MINUTE);
        var second = run.asks(a);
        assertThat(second.key().slot()).isEqualTo(first.key().slot());
        assertThat(second.ttl()).isEqualTo(first.ttl().multipliedBy(2));
    }

    @Test
    void heartbeatRenewsALeaseUpToTheCap() {
        var a = run.joins(1);
        var task = run.asks(a);
        var beat = new Event.Heartbeat(a, List.of(task.key().lease()));
        for (int i = 0; i < 15; i++) {
            run.passesUnnoticed(MINUTE.dividedBy(2));
            assertThat(run.happens(beat)).isEmpty();
        }
        run.passesUnnoticed(MINUTE.dividedBy(2));
        run.happens(beat);
        assertThat(run.facts(Fact.LeaseExpired.class)).hasSize(1);
    }

    @Test
    void heartbeatOfAnotherDeviceRenewsNothing() {
        var a = run.joins(1);
        var b = run.joins(2);
        var task = run.asks(a);
        run.passesUnnoticed(MINUTE.dividedBy(2));
        run.happens(new Event.Heartbeat(b, List.of(task.key().lease())));
        run.passes(MINUTE.dividedBy(2));
        assertThat(run.facts(Fact.LeaseExpired.class)).hasSize(1);
    }

    @Test
    void leavingReturnsTheTaskAtOnceToTheNextInLine() {
        var a = run.joins(1);
        var b = run.joins(2);
        var c = run.joins(3);
        var first = run.asks(a);
        run.asks(b);
        run.asksInVain(c);
        run.happens(new Event.DeviceLeft(a));
        assertThat(run.assigned(c).orElseThrow().samples()).isEqualTo(first.samples());
        run.answers(a, first);
        assertThat(run.refusal()).isInstanceOf(Refusal.NotHolder.class);
    }

    @Test
    void returnedTaskIsOpenAgain() {
        var a = run.joins(1);
        var task = run.asks(a);
        run.happens(new Event.LeaseReturned(a, task.key().lease(), "battery at 19 %"));
        assertThat(run.facts(Fact.LeaseReturned.class).getFirst().reason())
                .isEqualTo("battery at 19 %");
        assertThat(run.asks(a).key().slot()).isEqualTo(task.key().slot());
    }

    @Test
    void restartedDeviceLosesItsLeasesButNotItsFinishedWork() {
        var a = run.joins(1);
        var task = run.asks(a);
        run.joins(1);
        assertThat(run.state().pass().leases().isEmpty()).isTrue();
        run.mustAccept(a, task);
    }

    @Test
    void aDeviceHoldsTwoLeasesAtMost() {
        var run = Play.of(Play.settings(new Schedule(12, 0, 12, 3, 1, true)));
        var a = run.joins(1);
        var first = run.asks(a);
        run.asks(a);
        run.asksInVain(a);
        run.answers(a, first);
        assertThat(run.assigned(a).orElseThrow().key().slot()).isEqualTo(2);
    }

    @Test
    void unknownDeviceIsAskedToJoin() {
        var stranger = new DeviceId(9);
        assertThat(run.happens(new Event.WorkRequested(stranger)))
                .containsExactly(new Effect.Rejoin(stranger));
    }

    @Test
    void deviceBeyondTheLimitStandsByUntilAPlaceIsFree() {
        var policy = Policy.DEFAULT.withDevices(1, 1);
        var run = Play.of(new RunSettings(17, new Schedule(16, 0, 8, 2, 1, true), policy));
        var a = run.joins(1);
        var b = run.joins(2);
        assertThat(run.facts(Fact.OnStandby.class)).containsExactly(new Fact.OnStandby(b));
        var task = run.asks(a);
        run.asksInVain(b);
        run.happens(new Event.DeviceSilent(a));
        assertThat(run.assigned(b).orElseThrow().samples()).isEqualTo(task.samples());
    }

    @Test
    void runStartsWhenEnoughDevicesHaveJoinedAndGoesOnWithFewer() {
        var policy = Policy.DEFAULT.withDevices(2, 0);
        var run = Play.of(new RunSettings(17, new Schedule(16, 0, 8, 2, 1, true), policy));
        var a = run.joins(1);
        run.asksInVain(a);
        assertThat(Waiting.why(run.state(), run.now())).isEqualTo(new Waiting.FewDevices(1, 2));
        var b = run.joins(2);
        var task = run.assigned(a).orElseThrow();
        run.happens(new Event.DeviceLeft(b));
        run.mustAccept(a, task);
        run.asks(a);
    }

    @Test
    void pausedRunAcceptsWhatIsOutAndGivesOutNothing() {
        var a = run.joins(1);
        var task = run.asks(a);
        run.happens(new Event.PauseRequested());
        run.mustAccept(a, task);
        run.asksInVain(a);
        assertThat(Waiting.why(run.state(), run.now())).isEqualTo(new Waiting.Paused());
        run.happens(new Event.ResumeRequested());
        assertThat(run.assigned(a)).isPresent();
    }

    @Test
    void stopRevokesWhatIsOutAndEndsTheRun() {
        var a = run.joins(1);
        var task = run.asks(a);
        var effects = run.happens(new Event.StopRequested("enough"));
        assertThat(effects)
                .containsExactly(
                        new Effect.Revoke(a, task.key().lease(), "the run has ended"),
                        new Effect.End(new Ending.Stopped("enough")));
        run.answers(a, task);
        assertThat(run.refusal()).isEqualTo(new Refusal.RunNotActive("stopped: enough"));
    }

    @Test
    void stopWaitsForTheRoundThatIsBeingApplied() {
        var a = run.joins(1);
        run.mustAccept(a, run.asks(a));
        run.mustAccept(a, run.asks(a));
        assertThat(run.happens(new Event.StopRequested("enough"))).isEmpty();
        assertThat(run.happens(new Event.RoundApplied(0, 1)))
                .containsExactly(new Effect.End(new Ending.Stopped("enough")));
        assertThat(run.state().position()).isEqualTo(new Position(0, 1, 1));
    }

    @Test
    void restoredRunBeginsTheOpenRoundAgainAndKnowsOldLeasesByTheirFence() {
        var a = run.joins(1);
        var old = run.asks(a);
        var position = run.state().position();
        var restored = Play.from(State.restore(run.state().settings(), position, 2, run.now()));
        restored.joins(1);
        restored.answers(a, old);
        assertThat(restored.refusal()).isEqualTo(new Refusal.StaleFence(1, 2));
        assertThat(restored.asks(a).samples()).isEqualTo(old.samples());
    }

    @Test
    void repeatedConfirmationOfARoundChangesNothing() {
        var a = run.joins(1);
        run.mustAccept(a, run.asks(a));
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.RoundApplied(0, 1));
        var before = run.state();
        assertThat(run.happens(new Event.RoundApplied(0, 1))).isEmpty();
        assertThat(run.state()).isEqualTo(before);
    }
}
