package motley.rounds;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.DURATION;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Idle devices repeat the work expected to finish last.
final class DuplicatesTest {
    private final Play run = Play.of(Play.settings(new Schedule(80, 0, 8, 2, 1, true)));
    private DeviceId fast = new DeviceId(1);
    private DeviceId slow = new DeviceId(2);

    /// A round in which the fast device takes 10 ms and the slow one 100 ms.
    @BeforeEach
    void bothAreMeasured() {
        fast = run.joins(1);
        slow = run.joins(2);
        var quick = run.asks(fast);
        var lasting = run.asks(slow);
        run.passes(Duration.ofMillis(10));
        run.mustAccept(fast, quick);
        run.passes(Duration.ofMillis(90));
        run.mustAccept(slow, lasting);
        run.happens(new Event.RoundApplied(0, 1));
    }

    /// Three more rounds like the first.
    private void bothAreKnownWell() {
        for (int round = 1; round <= 3; round++) {
            var lasting = run.asks(slow);
            var quick = run.asks(fast);
            run.passes(Duration.ofMillis(10));
            run.mustAccept(fast, quick);
            run.passes(Duration.ofMillis(90));
            run.mustAccept(slow, lasting);
            run.happens(new Event.RoundApplied(round, round + 1));
        }
    }

    @Test
    void firstAnswerWinsAndTheOtherIsRevoked() {
        var original = run.asks(slow);
        run.mustAccept(fast, run.asks(fast));
        var copy = run.asks(fast);
        assertThat(copy.samples()).isEqualTo(original.samples());
        assertThat(run.facts(Fact.Duplicated.class).getFirst().holder()).isEqualTo(slow);

        run.mustAccept(fast, copy);
        assertThat(run.all(Effect.Revoke.class).getFirst().device()).isEqualTo(slow);
        run.answers(slow, original);
        assertThat(run.refusal()).isEqualTo(new Refusal.SlotFilled(original.key().slot()));
    }

    @Test
    void losersAnswerIsComparedOnce() {
        var original = run.asks(slow);
        run.mustAccept(fast, run.asks(fast));
        var copy = run.asks(fast);
        run.mustAccept(fast, copy);
        run.answers(slow, original);
        assertThat(run.facts(Fact.Compared.class))
                .containsExactly(new Fact.Compared(1, original.key().slot(), fast, slow, true));
        run.answers(slow, original);
        assertThat(run.facts(Fact.Compared.class)).isEmpty();
    }

    @Test
    void workIsNotRepeatedWhenTheHolderIsExpectedFirst() {
        bothAreKnownWell();
        var lasting = run.asks(slow);
        var quick = run.asks(fast);
        run.mustAccept(slow, lasting);
        run.asksInVain(slow);
        run.mustAccept(fast, quick);
    }

    @Test
    void overdueWorkIsRepeatedByASlowerDevice() {
        bothAreKnownWell();
        var lasting = run.asks(slow);
        run.asks(fast);
        run.mustAccept(slow, lasting);
        run.asksInVain(slow);
        run.passes(Duration.ofMillis(200));
        assertThat(run.assigned(slow)).isPresent();
    }

    @Test
    void deviceThatWouldComeTooLateLeavesTheLastTaskToOthers() {
        bothAreKnownWell();
        var quick = run.asks(fast);
        run.asksInVain(slow);
        run.mustAccept(fast, quick);
        assertThat(run.assigned(slow)).as("nobody else is at work").isPresent();
    }

    @Test
    void taskLeftToAnOverdueDeviceIsGivenToTheSlowOneAfterAll() {
        bothAreKnownWell();
        run.asks(fast);
        run.asksInVain(slow);
        run.passes(Duration.ofMillis(200));
        assertThat(run.assigned(slow)).isPresent();
    }

    /// It may be as fast as any: robbed of its first task it would never be known.
    @Test
    void newcomerIsLeftItsTaskForAsLongAsIsUsual() {
        var newcomer = run.joins(3);
        var first = run.asks(newcomer);
        run.mustAccept(fast, run.asks(fast));
        run.asksInVain(fast);
        run.passes(Duration.ofMillis(15));
        run.mustAccept(newcomer, first);
    }

    @Test
    void newcomerThatTakesUnusuallyLongIsRepeated() {
        run.asks(run.joins(3));
        run.mustAccept(fast, run.asks(fast));
        run.asksInVain(fast);
        run.passes(Duration.ofMillis(200));
        assertThat(run.assigned(fast)).isPresent();
    }

    @Test
    void deviceThatIsThoughtTooSlowIsTriedEveryThirtyTwoTimesOfItsOwn() {
        var run = Play.of(Play.settings(new Schedule(100 * 9, 0, 9, 3, 1, true)));
        var steady = run.joins(1);
        var other = run.joins(2);
        var late = run.joins(3);
        var whole = List.of(run.asks(steady), run.asks(other), run.asks(late));
        run.passes(Duration.ofMillis(10));
        run.mustAccept(steady, whole.get(0));
        run.mustAccept(other, whole.get(1));
        run.passes(Duration.ofMillis(80));
        run.mustAccept(late, whole.get(2));
        run.happens(new Event.WorkRequested(steady));
        run.happens(new Event.WorkRequested(other));
        run.happens(new Event.WorkRequested(late));
        int tried = 0;
        for (int round = 0; round < 99; round++) {
            // All ask while the update is made, so that the round begins with three in line.
            run.happens(new Event.RoundApplied(round, round + 1));
            var first = run.assigned(steady).orElseThrow();
            var second = run.assigned(other).orElseThrow();
            var lent = run.assigned(late);
            if (lent.isPresent() && round > 4) tried++;
            run.passes(Duration.ofMillis(10));
            run.mustAccept(steady, first);
            if (lent.isEmpty()) {
                var third = run.asks(steady);
                run.passes(Duration.ofMillis(10));
                run.mustAccept(steady, third);
            }
            run.mustAccept(other, second);
            run.passes(Duration.ofMillis(80));
            lent.ifPresent(task -> run.mustAccept(late, task));
            run.happens(new Event.WorkRequested(steady));
            run.happens(new Event.WorkRequested(other));
            run.happens(new Event.WorkRequested(late));
        }
        assertThat(tried).isBetween(2, 4);
    }

    /// Its link is so slow that the parameters are gone when it has them: it never answers.
    @Test
    void deviceThatGivesUpWhatOthersHaveAnsweredIsKnownToBeSlow() {
        var run = Play.of(Play.settings(new Schedule(100 * 4, 0, 4, 2, 1, true)));
        var steady = run.joins(1);
        var other = run.joins(2);
        int given = 0;
        for (int round = 0; round < 50; round++) {
            // The third comes when the others are known.
            var far = round == 3 ? run.joins(3) : new DeviceId(3);
            if (round >= 3) run.happens(new Event.WorkRequested(far));
            var lent = round >= 3 ? run.assigned(far) : Optional.<Task>empty();
            var first = run.asks(steady);
            var second = lent.isEmpty() ? run.asks(other) : lent.get();
            run.passes(Duration.ofMillis(10));
            run.mustAccept(steady, first);
            if (lent.isPresent()) {
                given++;
                run.passes(Duration.ofMillis(100));
                second = run.asks(other);
                run.passes(Duration.ofMillis(10));
            }
            run.mustAccept(other, second);
            if (lent.isPresent()) {
                run.passes(Duration.ofMillis(200));
                run.happens(new Event.LeaseReturned(far, lent.get().key().lease(), "gone"));
            }
            run.happens(new Event.RoundApplied(round, round + 1));
        }
        assertThat(given).isEqualTo(3);
        assertThat(run.state().fleet().devices().get(new DeviceId(3)).orElseThrow().training())
                .extracting(Timing::mean, as(DURATION))
                .isBetween(Duration.ofMillis(20), Duration.ofMillis(100));
    }

    /// Its mean alone would have it in time: four tasks of 11 ms are left for two, and it takes 25.
    /// It asks first, when nobody is at work; and while tasks are overdue, which it would repeat.
    @Test
    void deviceThatOthersBeatTimeAfterTimeIsSpared() {
        var run = Play.of(Play.settings(new Schedule(100 * 8, 0, 8, 4, 1, true)));
        var late = run.joins(1);
        assertThat(tasksOfTheLate(run, late, 30)).isEqualTo(3);
        var device = run.state().fleet().devices().get(late).orElseThrow();
        assertThat(device.trials().beaten()).isEqualTo(3);
        assertThat(Stragglers.isSetAside(run.state(), late)).isTrue();
    }

    @Test
    void deviceThatWasBeatenWorksAtOnceWhenItIsLeftAlone() {
        var run = Play.of(Play.settings(new Schedule(100 * 8, 0, 8, 4, 1, true)));
        var late = run.joins(1);
        tasksOfTheLate(run, late, 5);
        run.asksInVain(late);
        run.happens(new Event.DeviceLeft(new DeviceId(2)));
        run.happens(new Event.DeviceLeft(new DeviceId(3)));
        run.mustAccept(late, run.assigned(late).orElseThrow());
        var device = run.state().fleet().devices().get(late).orElseThrow();
        assertThat(device.trials().beaten()).isZero();
    }

    /// How many tasks a device gets in rounds that two others, which join now, are done with before
    /// it answers.
    private static int tasksOfTheLate(Play run, DeviceId late, int rounds) {
        var steady = run.joins(2);
        var other = run.joins(3);
        int given = 0;
        for (int round = 0; round < rounds; round++) {
            run.happens(new Event.WorkRequested(late));
            var first = run.assigned(late);
            for (int turn = 0; turn < 2; turn++) {
                var tasks = List.of(run.asks(steady), run.asks(other));
                run.passes(Duration.ofMillis(11));
                if (first.isEmpty()) first = run.assigned(late);
                run.mustAccept(steady, tasks.get(0));
                run.mustAccept(other, tasks.get(1));
            }
            run.passes(Duration.ofMillis(3));
            if (first.isPresent()) {
                given++;
                run.answers(late, first.get());
            }
            run.happens(new Event.RoundApplied(round, round + 1));
        }
        return given;
    }

    /// It had not begun.
    @Test
    void taskGivenBackEarlyMakesADeviceNoFaster() {
        var original = run.asks(slow);
        run.mustAccept(fast, run.asks(fast));
        run.mustAccept(fast, run.asks(fast));
        var before = run.state().fleet().devices().get(slow).orElseThrow().training();
        run.happens(new Event.LeaseReturned(slow, original.key().lease(), "revoked"));
        assertThat(run.state().fleet().devices().get(slow).orElseThrow().training())
                .isEqualTo(before);
    }

    @Test
    void atMostTwoDevicesShareASlot() {
        run.asks(slow);
        run.mustAccept(fast, run.asks(fast));
        run.asks(fast);
        var third = run.joins(3);
        run.asksInVain(third);
    }

    @Test
    void withoutDuplicatesIdleDevicesWait() {
        var policy = Policy.DEFAULT.withDuplicates(false);
        var run = Play.of(new RunSettings(1, new Schedule(4, 0, 4, 1, 1, true), policy));
        run.asks(run.joins(1));
        var idle = run.joins(2);
        run.asksInVain(idle);
        run.passesUnnoticed(Duration.ofSeconds(59));
        run.asksInVain(idle);
    }

    @Test
    void theOneLeftGoesOnAloneWhenTheOtherExpires() {
        run.asks(slow);
        run.mustAccept(fast, run.asks(fast));
        var copy = run.asks(fast);
        run.happens(new Event.DeviceSilent(slow));
        assertThat(run.state().pass().lonely().size()).isEqualTo(1);
        run.mustAccept(fast, copy);
    }
}
