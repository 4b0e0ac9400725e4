package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import motley.rounds.likeness.Sketch;
import org.junit.jupiter.api.Test;

/// Audits between devices that compute differently.
final class ClassesTest {
    private static final Schedule SCHEDULE = new Schedule(960, 0, 320, 80, 1, true);

    private final Play play = auditing(TrustPolicy.OFF.classTolerance());
    private final DeviceId jvm = joins(1, "jvm");
    private final DeviceId tab = joins(2, "webgpu");

    @Test
    void answersWithinTheToleranceConfirmEachOther() {
        var task = play.asks(jvm);
        assertThat(play.offers(jvm, off(task, 0))).contains(new Effect.Hold(jvm, task));
        var again = play.asks(tab);
        assertThat(again.key().slot()).isEqualTo(task.key().slot());
        assertThat(play.offers(tab, off(again, 9e-4)))
                .contains(
                        new Effect.Accept(tab, again),
                        new Effect.Confirm(jvm, task, Duration.ofMillis(5)));
        assertThat(reputation(jvm).confirmed()).isEqualTo(1);
        assertThat(reputation(tab).confirmed()).isEqualTo(1);
    }

    /// What is usual between two classes is soon known, and then less will do.
    @Test
    void toleranceTightensToWhatIsUsual() {
        for (int i = 0; i < 8; i++) confirm(1e-5);
        var task = play.asks(jvm);
        play.offers(jvm, off(task, 0));
        var again = play.asks(tab);
        assertThat(play.offers(tab, off(again, 9e-4))).contains(new Effect.Hold(tab, again));
    }

    @Test
    void differenceOfATenthIsAFailureOnceOthersHaveDecided() {
        var third = joins(3, "jvm");
        var task = play.asks(tab);
        play.offers(tab, off(task, 0.11));
        play.offers(jvm, off(play.asks(jvm), 0));
        assertThat(reputation(tab).failures()).isZero();
        play.offers(third, off(play.asks(third), 0));
        assertThat(reputation(tab).failures()).isEqualTo(1);
        assertThat(play.facts(Fact.ProvenWrong.class))
                .containsExactly(new Fact.ProvenWrong(0, task.key().slot(), tab, false));
    }

    /// Honest answers of half floats are a tenth apart once in a while, and never half.
    @Test
    void halfFloatsAreWrongFromHalfOn() {
        var third = joins(3, "jvm");
        var half = joins(4, "webgpu-half");
        for (double distance : new double[] {0.2, 0.6}) {
            assertThat(reputation(half).failures()).isZero();
            play.offers(half, off(play.asks(half), distance));
            play.offers(jvm, off(play.asks(jvm), 0));
            play.offers(third, off(play.asks(third), 0));
        }
        assertThat(reputation(half).failures()).isEqualTo(1);
    }

    /// Between the tolerance and a tenth nothing is proven; but it is not believed unaudited.
    @Test
    void lesserDifferenceCostsTheCreditAndIsNoFailure() {
        confirm(1e-6);
        var third = joins(3, "jvm");
        play.offers(tab, off(play.asks(tab), 0.05));
        play.offers(jvm, off(play.asks(jvm), 0));
        play.offers(third, off(play.asks(third), 0));
        assertThat(reputation(tab).confirmed()).isZero();
        assertThat(reputation(tab).failures()).isZero();
        assertThat(reputation(jvm).confirmed()).isEqualTo(2);
    }

    /// Where the loss is nearly nothing, a gradient is a difference of nearly equal numbers.
    @Test
    void nothingIsProvenWhereNothingIsLeftToLearn() {
        var third = joins(3, "jvm");
        play.offers(tab, off(play.asks(tab), 0.5, 1e-4));
        play.offers(jvm, off(play.asks(jvm), 0, 1e-4));
        play.offers(third, off(play.asks(third), 0, 1e-4));
        assertThat(reputation(tab).failures()).isZero();
    }

    @Test
    void forgedLossIsNotConfirmed() {
        play.offers(jvm, off(play.asks(jvm), 0));
        var task = play.asks(tab);
        assertThat(play.offers(tab, off(task, 0, 2.1))).contains(new Effect.Hold(tab, task));
    }

    /// Ways out of a fleet whose classes do not agree stay open: it waits, as with one device.
    @Test
    void estrangedClassesAreNotAskedAnyMore() {
        var third = joins(3, "jvm");
        for (int i = 0; i < 16; i++) {
            play.offers(tab, off(play.asks(tab), 0.05));
            play.offers(jvm, off(play.asks(jvm), 0));
            play.offers(third, off(play.asks(third), 0));
        }
        int held = play.asks(jvm).key().slot();
        assertThat(play.asks(tab).key().slot()).isNotEqualTo(held);
        assertThat(reputation(tab).failures()).isZero();
    }

    @Test
    void withoutAToleranceOtherClassesAreNotAsked() {
        var apart = auditing(0);
        var one = apart.joins(1);
        apart.happens(new Event.DeviceJoined(tab, "webgpu"));
        var task = apart.asks(one);
        apart.answers(one, task);
        assertThat(apart.asks(tab).key().slot()).isNotEqualTo(task.key().slot());
    }

    /// Whoever came to an unusual norm first is not blamed for it where it is the true one.
    @Test
    void trueOutlierIsNoFailure() {
        var third = joins(3, "jvm");
        for (int i = 0; i < 4; i++) confirm(0);
        for (var device : new DeviceId[] {jvm, tab, third}) {
            var task = play.asks(device);
            play.offers(device, off(task, 0, 2, 1_000));
        }
        assertThat(reputation(tab).confirmed()).isEqualTo(5);
        assertThat(reputation(third).confirmed()).isEqualTo(1);
        assertThat(reputation(jvm).failures()).isZero();
    }

    private void confirm(double distance) {
        play.offers(jvm, off(play.asks(jvm), 0));
        play.offers(tab, off(play.asks(tab), distance));
    }

    private DeviceId joins(long number, String numericClass) {
        var device = new DeviceId(number);
        play.happens(new Event.DeviceJoined(device, numericClass));
        return device;
    }

    private Reputation reputation(DeviceId device) {
        return play.state().trust().reputation(device);
    }

    private static Contribution off(Task task, double distance) {
        return off(task, distance, 2);
    }

    private static Contribution off(Task task, double distance, double lossNats) {
        return off(task, distance, lossNats, 1);
    }

    /// An answer that is `distance` from the true one, as a share of the norm.
    private static Contribution off(Task task, double distance, double lossNats, double norm) {
        int count = task.samples().count();
        return new Contribution(
                task.key(),
                new Contribution.Report(count, lossNats * count, 0, Duration.ofMillis(5)),
                new Contribution.Inspection(true, true, norm * count),
                "digest " + distance,
                Optional.of(Sketch.of(1, distance)));
    }

    private static Play auditing(double classTolerance) {
        var trust = TrustPolicy.OFF.withAudits(true).withSecret(4711);
        var policy = Policy.DEFAULT.withTrust(trust.withClassTolerance(classTolerance));
        return Play.of(new RunSettings(17, SCHEDULE, policy));
    }
}
