package motley.rounds.credits;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import motley.rounds.DeviceId;
import motley.rounds.Kind;
import motley.rounds.LeaseId;
import motley.rounds.Range;
import motley.rounds.Schedule;
import motley.rounds.Task;
import motley.rounds.TaskKey;
import org.junit.jupiter.api.Test;

final class EarningsTest {
    @Test
    void openRoundIsNotDue() {
        var earnings = Earnings.NONE.with(earning(1)).closed().with(earning(2));
        assertThat(earnings.dueBefore(earnings.mark())).containsExactly(earning(1));
        assertThat(earnings.micros()).isEqualTo(20);
    }

    @Test
    void recalledRoundIsNeverDue() {
        var earnings = Earnings.NONE.with(earning(1)).closed().with(earning(2)).recalled();
        earnings = earnings.with(earning(3)).closed();
        assertThat(earnings.dueBefore(earnings.mark())).containsExactly(earning(1), earning(3));
    }

    @Test
    void whatClosesWhileAPaymentIsOnItsWayStaysDue() {
        var earnings = Earnings.NONE.with(earning(1)).closed();
        long mark = earnings.mark();
        earnings = earnings.with(earning(2)).closed().paid(mark);
        assertThat(earnings.dueBefore(earnings.mark())).containsExactly(earning(2));
        assertThat(earnings.dueBefore(mark)).isEmpty();
    }

    @Test
    void taskIsWorthItsOperationsRoundedUp() {
        var price = new Price(1_500_000, 10);
        assertThat(price.micros(Kind.TRAIN, 3)).isEqualTo(5);
        assertThat(price.micros(Kind.EVALUATE, 3)).isEqualTo(1);
        assertThat(price.flops(Kind.TRAIN, 3)).isEqualTo(4_500_000);
        assertThat(new Price(Long.MAX_VALUE / 2, 0).flops(Kind.TRAIN, 3)).isEqualTo(Long.MAX_VALUE);
    }

    /// 10 samples in rounds of 4, two tasks each: 2 + 2, 2 + 2, 1 + 1; evaluations of 4 and 1.
    @Test
    void runIsWorthAllItsTasks() {
        var price = new Price(1_500_000, 600_000);
        var schedule = new Schedule(10, 5, 4, 2, 3, true);
        assertThat(price.micros(schedule)).isEqualTo(3 * (5 * 3) + 3 * (3 + 1));
        assertThat(price.flops(schedule)).isEqualTo(3 * 15_000_000 + 3 * 3_000_000);
    }

    private static Earning earning(long lease) {
        var key = new TaskKey(new LeaseId(1, lease), 0, 0, 0);
        var task = new Task(key, Kind.TRAIN, 0, new Range(0, 4), Duration.ofSeconds(1));
        return new Earning(new DeviceId(1), task, 10);
    }
}
