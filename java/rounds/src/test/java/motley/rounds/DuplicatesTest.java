package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Idle devices repeat the work expected to finish last.
final class DuplicatesTest {
    private final Play run = Play.of(Play.settings(new Schedule(80, 0, 8, 2, 1, true)));
    private DeviceId fast = new DeviceId(1);
    private DeviceId slow = new DeviceId(2);

    /// Two rounds in which the fast device takes 10 ms and the slow one 100 ms.
    @BeforeEach
    void bothAreMeasured() {
        fast = run.joins(1);
        slow = run.joins(2);
        for (int round = 0; round < 2; round++) {
            var quick = run.asks(fast);
            var lasting = run.asks(slow);
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
                .containsExactly(new Fact.Compared(2, original.key().slot(), fast, slow, true));
        run.answers(slow, original);
        assertThat(run.facts(Fact.Compared.class)).isEmpty();
    }

    @Test
    void workIsNotRepeatedWhenTheHolderIsExpectedFirst() {
        var lasting = run.asks(slow);
        var quick = run.asks(fast);
        run.mustAccept(slow, lasting);
        run.asksInVain(slow);
        run.mustAccept(fast, quick);
    }

    @Test
    void overdueWorkIsRepeatedByASlowerDevice() {
        var lasting = run.asks(slow);
        run.asks(fast);
        run.mustAccept(slow, lasting);
        run.asksInVain(slow);
        run.passes(Duration.ofMillis(200));
        assertThat(run.assigned(slow)).isPresent();
    }

    @Test
    void deviceThatWouldComeTooLateLeavesTheLastTaskToOthers() {
        var quick = run.asks(fast);
        run.asksInVain(slow);
        run.mustAccept(fast, quick);
        assertThat(run.assigned(slow)).as("nobody else is at work").isPresent();
    }

    @Test
    void taskLeftToAnOverdueDeviceIsGivenToTheSlowOneAfterAll() {
        run.asks(fast);
        run.asksInVain(slow);
        run.passes(Duration.ofMillis(200));
        assertThat(run.assigned(slow)).isPresent();
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
