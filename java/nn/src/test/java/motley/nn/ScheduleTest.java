package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import motley.nn.Schedule.Constant;
import motley.nn.Schedule.Cosine;
import motley.nn.Schedule.Exponential;
import motley.nn.Schedule.OneCycle;
import motley.nn.Schedule.Stepwise;
import motley.nn.Schedule.WarmUp;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    @Test
    void constantStays() {
        var schedule = new Constant(0.1);
        assertThat(schedule.rate(1, 100)).isEqualTo(0.1);
        assertThat(schedule.rate(1000, 100)).isEqualTo(0.1);
    }

    @Test
    void warmUpReachesThePeakAtItsLastStep() {
        var schedule = new WarmUp(10, new Cosine(1, 0));
        assertThat(schedule.rate(1, 100)).isEqualTo(0.1);
        assertThat(schedule.rate(10, 100)).isEqualTo(1);
        assertThat(schedule.rate(11, 100)).isEqualTo(1);
        assertThat(schedule.rate(12, 100)).isLessThan(1);
        assertThat(schedule.rate(101, 100)).isEqualTo(0);
    }

    @Test
    void rateStaysAtTheFloorBeyondTheEnd() {
        var schedule = new Cosine(1, 0.25);
        assertThat(schedule.rate(101, 100)).isEqualTo(0.25);
        assertThat(schedule.rate(100_000, 100)).isEqualTo(0.25);
        assertThat(schedule.rate(100, 100)).isGreaterThan(0.25);
    }

    @Test
    void runShorterThanItsWarmUpKeepsRising() {
        var schedule = new WarmUp(10, new Cosine(1, 0));
        assertThat(schedule.rate(5, 5)).isEqualTo(0.5);
        assertThat(schedule.rate(11, 5)).isEqualTo(1);
    }

    @Test
    void stepsAndPowersStopAtTheEnd() {
        var steps = new Stepwise(1, 3, 0.5);
        assertThat(steps.rate(3, 10)).isEqualTo(1);
        assertThat(steps.rate(4, 10)).isEqualTo(0.5);
        assertThat(steps.rate(100, 10)).isEqualTo(0.125);
        var power = new Exponential(1, 0.5);
        assertThat(power.rate(2, 10)).isEqualTo(0.5);
        assertThat(power.rate(100, 10)).isEqualTo(0x1p-9);
    }

    /// However short the run, the first cycle is a cycle of finite rates within its ends.
    @Test
    void oneCycleFitsEveryLength() {
        for (int total = 1; total <= 50; total++) {
            for (long step = 1; step <= total + 1; step++) {
                double rate = new OneCycle(2).rate(step, total);
                assertThat(rate).as("%d of %d", step, total).isBetween(2 / 25e4 * 0.999, 2.0);
            }
        }
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new Constant(0)).hasMessageContaining("rate: 0.0");
        assertThatThrownBy(() -> new Constant(Double.NaN)).hasMessageContaining("rate: NaN");
        assertThatThrownBy(() -> new WarmUp(-1, new Constant(1))).hasMessageContaining("steps: -1");
        assertThatThrownBy(() -> new Cosine(1, 2)).hasMessageContaining("floor: 2.0");
        assertThatThrownBy(() -> new Exponential(1, 1.1)).hasMessageContaining("factor: 1.1");
    }

    @Test
    void textThatCannotBeMeantIsRefused() {
        refused("linear", "one of constant, step, exponential, cosine, fixed-cosine");
        refused("step", "everySteps: 0 (expected: at least 1)");
        refused("step:every=1.5", "every: 1.5 (expected: a whole number)");
        refused("exponential", "factor: 0.0 (expected: above 0, at most 1)");
        refused("constant:floor=1", "schedule setting: floor (expected for constant: none)");
    }

    private static void refused(String text, String message) {
        assertThatThrownBy(() -> Schedules.named(text, 1)).hasMessageContaining(message);
    }
}
