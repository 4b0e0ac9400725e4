package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// k-batch and async, by example: one epoch of five micro-batches of four samples.
final class FlowTest {
    private static final Schedule SCHEDULE = new Schedule(20, 0, 8, 2, 1, true);

    @Test
    void updateClosesAtTheKthAnswerAndRefusesTheLateOne() {
        var run = flow(2, 0);
        var a = run.joins(1);
        var b = run.joins(2);
        var c = run.joins(3);
        var first = run.asks(a);
        var late = run.asks(b);
        var second = run.asks(c);
        run.mustAccept(a, first);
        run.mustAccept(c, second);

        assertThat(run.all(Effect.CloseRound.class))
                .containsExactly(new Effect.CloseRound(0, 0, new Totals(8, 16, 4)));
        assertThat(run.all(Effect.Revoke.class))
                .containsExactly(
                        new Effect.Revoke(b, late.key().lease(), "the parameters have moved on"));
        run.answers(b, late);
        assertThat(run.refusal()).isEqualTo(new Refusal.TooOld(0, 1, 0));
        assertThat(run.refusal().text())
                .isEqualTo("version: 0 (expected: at least 1, parameters are at 1 by now)");

        run.happens(new Event.RoundApplied(0, 1));
        var again = run.asks(a);
        assertThat(again.key().slot()).isEqualTo(late.key().slot());
        assertThat(again.key().version()).isEqualTo(1);
        assertThat(run.state().position())
                .isEqualTo(new Position(0, 1, 1, Optional.of(new Coverage(3, List.of(1)))));
    }

    @Test
    void lastUpdateOfAnEpochTakesWhatIsLeft() {
        var run = flow(2, 0);
        var a = run.joins(1);
        for (int task = 0; task < 4; task++) {
            run.mustAccept(a, run.asks(a));
            if (task % 2 == 1) run.happens(new Event.RoundApplied(task / 2, task / 2 + 1));
        }
        assertThat(RunProgress.of(run.state()).round()).isEqualTo(2);
        assertThat(RunProgress.of(run.state()).rounds()).isEqualTo(3);
        assertThat(RunProgress.of(run.state()).samplesDone()).isEqualTo(16);
        assertThat(RunProgress.roundsInRun(run.state())).isEqualTo(3);
        run.mustAccept(a, run.asks(a));
        assertThat(run.all(Effect.CloseRound.class))
                .containsExactly(new Effect.CloseRound(0, 2, new Totals(4, 8, 2)));
        run.happens(new Event.RoundApplied(2, 3));
        assertThat(run.all(Effect.End.class))
                .containsExactly(new Effect.End(new Ending.Finished()));
    }

    @Test
    void answerCountsUpToTheBoundAndIsRefusedBeyond() {
        var run = flow(1, 2);
        var slow = run.joins(1);
        var fast = run.joins(2);
        var old = run.asks(slow);
        update(run, fast, 0);
        update(run, fast, 1);
        run.mustAccept(slow, old);
        run.happens(new Event.RoundApplied(2, 3));

        var older = run.asks(slow);
        update(run, fast, 3);
        assertThat(run.state().pass().leases().has(older.key().lease())).isTrue();
        assertThat(run.state().settings().schedule().coverage(run.state().position()).count())
                .isEqualTo(4);
    }

    @Test
    void leaseIsRevokedWhenItsParametersAreTooOld() {
        var run = flow(1, 1);
        var slow = run.joins(1);
        var fast = run.joins(2);
        var old = run.asks(slow);
        update(run, fast, 0);
        run.mustAccept(fast, run.asks(fast));
        assertThat(run.all(Effect.Revoke.class)).hasSize(1);
        run.happens(new Event.RoundApplied(1, 2));
        run.answers(slow, old);
        assertThat(run.refusal()).isEqualTo(new Refusal.TooOld(0, 2, 1));
        assertThat(run.asks(fast).key().slot()).isEqualTo(old.key().slot());
    }

    @Test
    void answersWhileAnUpdateIsAppliedCountForTheNext() {
        var run = flow(1, 4);
        var a = run.joins(1);
        var b = run.joins(2);
        var first = run.asks(a);
        var second = run.asks(b);
        run.mustAccept(a, first);
        assertThat(run.all(Effect.CloseRound.class)).hasSize(1);
        run.mustAccept(b, second);
        assertThat(run.all(Effect.CloseRound.class)).isEmpty();
        run.happens(new Event.RoundApplied(0, 1));
        assertThat(run.all(Effect.CloseRound.class))
                .containsExactly(new Effect.CloseRound(0, 1, new Totals(4, 8, 2)));
    }

    @Test
    void restartedRunGoesOnWithWhatIsMissing() {
        var run = flow(1, 4);
        var slow = run.joins(1);
        var fast = run.joins(2);
        run.asks(slow);
        update(run, fast, 0);
        update(run, fast, 1);
        var position = run.state().position();
        assertThat(position.coverage().map(Coverage::toString)).hasValue("3:0");

        var settings = run.state().settings();
        var back = Play.from(State.restore(settings, position, 2, run.now()));
        var device = back.joins(3);
        var slots = new ArrayList<Integer>();
        for (int round = 2; round < 5; round++) {
            var task = back.asks(device);
            slots.add(task.key().slot());
            back.mustAccept(device, task);
            back.happens(new Event.RoundApplied(round, round + 1));
        }
        assertThat(slots).containsExactly(0, 3, 4);
        assertThat(back.state().phase()).isInstanceOf(Phase.Ended.class);
    }

    @Test
    void otherDialsAreInForceFromTheNextUpdateOn() {
        var run = flow(2, 0);
        var a = run.joins(1);
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.StrategyChosen(new Strategy(1, 3, Strategy.Local.NONE)));
        assertThat(run.all(Effect.CloseRound.class)).isEmpty();
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.RoundApplied(0, 1));
        assertThat(run.facts(Fact.StrategyInForce.class))
                .containsExactly(
                        new Fact.StrategyInForce(1, new Strategy(1, 3, Strategy.Local.NONE)));
        run.mustAccept(a, run.asks(a));
        assertThat(run.all(Effect.CloseRound.class)).hasSize(1);
    }

    /// Nothing is missing after two answers, so that the second round is a whole one again.
    @Test
    void syncFollowsWhereWholeRoundsAreDone() {
        var run = flow(1, 3);
        var a = run.joins(1);
        run.happens(new Event.StrategyChosen(Strategy.SYNC));
        update(run, a, 0);
        assertThat(run.state().pass().strategy().name()).isEqualTo("k-batch");
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.StrategyChosen(Strategy.SYNC));
        assertThat(run.state().pass().unfilled()).isEqualTo(1);
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.RoundApplied(1, 2));
        assertThat(run.state().pass().isFlow()).isTrue();
        run.mustAccept(a, run.asks(a));
        run.mustAccept(a, run.asks(a));
        run.happens(new Event.RoundApplied(2, 3));
        assertThat(run.all(Effect.End.class)).hasSize(1);
    }

    @Test
    void roundsInRunFollowTheAnswersOfAnUpdate() {
        var schedule = new Schedule(20, 0, 8, 2, 3, true);
        assertThat(roundsInRun(schedule, Strategy.SYNC)).isEqualTo(9);
        assertThat(roundsInRun(schedule, new Strategy(2, 0, Strategy.Local.NONE))).isEqualTo(9);
        assertThat(roundsInRun(schedule, new Strategy(1, 5, Strategy.Local.NONE))).isEqualTo(15);
        assertThat(roundsInRun(schedule, new Strategy(4, 0, Strategy.Local.NONE))).isEqualTo(6);
    }

    @Test
    void coverageIsReadAsItIsPrinted() {
        for (var text : List.of("0", "57", "57:3", "57:3,12,56")) {
            assertThat(Coverage.parse(text)).hasToString(text);
        }
        assertThatThrownBy(() -> Coverage.parse("57:"))
                .hasMessage("coverage: 57: (expected: NEXT or NEXT:MISSING,…)");
        assertThatThrownBy(() -> Coverage.parse("57:4,3"))
                .hasMessage("missing: 3 (expected: ascending, below 57)");
    }

    private static int roundsInRun(Schedule schedule, Strategy strategy) {
        var settings = new RunSettings(17, schedule, Policy.DEFAULT, strategy);
        return RunProgress.roundsInRun(State.initial(settings, 1, Play.START));
    }

    private static Play flow(int k, int staleness) {
        var strategy = new Strategy(k, staleness, Strategy.Local.NONE);
        var policy = Policy.DEFAULT.withLeases(Duration.ofSeconds(1), Duration.ofMinutes(1));
        return Play.of(new RunSettings(17, SCHEDULE, policy, strategy));
    }

    /// `device` makes an update alone.
    private static void update(Play run, DeviceId device, int round) {
        run.mustAccept(device, run.asks(device));
        run.happens(new Event.RoundApplied(round, round + 1));
    }
}
