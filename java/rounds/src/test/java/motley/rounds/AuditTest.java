package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AuditTest {
    private static final Schedule SCHEDULE = new Schedule(48, 0, 16, 4, 1, true);
    private static final Reputation PROVEN =
            new Reputation("", false, 1_000_000, 0, Optional.empty());
    private static final Reputation TRUSTED = Reputation.NEW.trusted(true);

    private final Play play = auditing(0.02);

    @Test
    void answerOfANewDeviceIsHeldUntilAnotherGivesTheSame() {
        var a = play.joins(1);
        var b = play.joins(2);
        var task = play.asks(a);
        assertThat(play.answers(a, task)).contains(new Effect.Hold(a, task));
        var again = play.asks(b);
        assertThat(again.key().slot()).isEqualTo(task.key().slot());
        assertThat(play.answers(b, again))
                .contains(
                        new Effect.Accept(b, again),
                        new Effect.Confirm(a, task, Duration.ofMillis(5)));
        assertThat(reputation(a).confirmed()).isEqualTo(1);
        assertThat(reputation(b).confirmed()).isEqualTo(1);
    }

    @Test
    void aloneADeviceWaitsAndTheReasonIsNamed() {
        var a = play.joins(1);
        for (int i = 0; i < 4; i++) play.answers(a, play.asks(a));
        play.asksInVain(a);
        assertThat(play.state().pass().filled()).isZero();
        assertThat(Waiting.why(play.state(), play.now())).isEqualTo(new Waiting.SecondDevice(4, a));
        var b = play.joins(2);
        assertThat(play.asks(b).key().slot()).isZero();
    }

    @Test
    void devicesOfOneOwnerDoNotConfirmEachOther() {
        var a = vouched(1, Reputation.NEW.withOwner("ann"));
        var b = vouched(2, Reputation.NEW.withOwner("ann"));
        var c = vouched(3, Reputation.NEW.withOwner("bob"));
        var task = play.asks(a);
        play.answers(a, task);
        assertThat(play.asks(b).key().slot()).isNotEqualTo(task.key().slot());
        assertThat(play.asks(c).key().slot()).isEqualTo(task.key().slot());
    }

    @Test
    void thirdDeviceDecidesADispute() {
        var a = play.joins(1);
        var b = play.joins(2);
        var c = play.joins(3);
        play.offers(a, forged(play.asks(a)));
        var second = play.asks(b);
        assertThat(play.answers(b, second)).contains(new Effect.Hold(b, second));
        var third = play.asks(c);
        assertThat(play.answers(c, third)).contains(new Effect.Accept(c, third));
        assertThat(reputation(a)).isEqualTo(new Reputation("", false, 0, 1, Optional.empty()));
        assertThat(reputation(b).confirmed()).isEqualTo(1);
        assertThat(play.facts(Fact.ProvenWrong.class))
                .containsExactly(new Fact.ProvenWrong(0, 0, a, false));
    }

    @Test
    void trustedDeviceIsBelievedAndDecides() {
        var a = play.joins(1);
        var referee = vouched(9, TRUSTED);
        play.offers(a, forged(play.asks(a)));
        var task = play.asks(referee);
        assertThat(play.answers(referee, task)).contains(new Effect.Accept(referee, task));
        assertThat(reputation(a).failures()).isEqualTo(1);
        play.mustAccept(referee, play.asks(referee));
    }

    @Test
    void deviceThatPeopleVouchForNeedsNobodyElse() {
        var a = play.joins(1);
        var held = play.asks(a);
        play.answers(a, held);
        play.happens(new Event.Vouched(a, TRUSTED));
        var again = play.asks(a);
        assertThat(again.key().slot()).isEqualTo(held.key().slot());
        play.mustAccept(a, again);
    }

    @Test
    void secondFailureQuarantines() {
        var a = vouched(1, new Reputation("", false, 0, 1, Optional.empty()));
        var referee = vouched(9, TRUSTED);
        play.offers(a, forged(play.asks(a)));
        play.answers(referee, play.asks(referee));
        var until = play.now().plus(TrustPolicy.OFF.quarantine());
        assertThat(reputation(a).quarantinedUntil()).contains(until);
        assertThat(play.happens(new Event.WorkRequested(a))).isEmpty();
        play.happens(new Event.DeviceJoined(a, "jvm"));
        assertThat(play.state().fleet().members()).isEqualTo(1);
        play.happens(new Event.Vouched(a, reputation(a).pardoned()));
        play.happens(new Event.DeviceJoined(a, "jvm"));
        play.asks(a);
    }

    @Test
    void quarantineEndsWithItsTime() {
        var a =
                vouched(
                        1,
                        new Reputation("", false, 5, 2, Optional.of(Play.START.plusSeconds(60))));
        assertThat(play.state().fleet().members()).isZero();
        play.passes(Duration.ofSeconds(60));
        play.happens(new Event.DeviceJoined(a, "jvm"));
        assertThat(play.state().fleet().members()).isEqualTo(1);
    }

    /// A sum does not tell what came from whom: what a device did on its word alone costs the
    /// round.
    @Test
    void roundBeginsAnewWhenAnUnconfirmedAnswerIsOfALiar() {
        var play = auditing(0);
        var liar = new DeviceId(1);
        play.happens(new Event.Vouched(liar, PROVEN));
        play.joins(1);
        var a = play.joins(2);
        var referee = new DeviceId(9);
        play.happens(new Event.Vouched(referee, TRUSTED));
        play.joins(9);
        var believed = play.asks(liar);
        assertThat(play.offers(liar, forged(believed))).contains(new Effect.Accept(liar, believed));
        var honest = play.asks(a);
        var doubled = play.asks(liar);
        play.answers(a, honest);
        play.happens(new Event.LeaseReturned(liar, doubled.key().lease(), "tired"));
        assertThat(play.asks(liar).key().slot()).isEqualTo(honest.key().slot());
        play.offers(liar, forged(play.state().pass().leases().values().toList().getFirst().task()));
        var decided = play.asks(referee);
        assertThat(decided.key().slot()).isEqualTo(honest.key().slot());
        assertThat(play.answers(referee, decided)).contains(new Effect.Recall(0));
        assertThat(play.state().pass().filled()).isZero();
        assertThat(reputation(play, liar).confirmed()).isZero();
        assertThat(play.asks(a).key().slot()).isZero();
    }

    @Test
    void numbersThatWereRefusedAndRefutedAreAFailure() {
        var a = play.joins(1);
        var b = play.joins(2);
        var c = play.joins(3);
        play.offers(a, Play.answerNotFinite(play.asks(a)));
        play.answers(b, play.asks(b));
        play.answers(c, play.asks(c));
        assertThat(reputation(a).failures()).isEqualTo(1);
    }

    @Test
    void provenDeviceIsNotRefutedByNewOnes() {
        var play = auditing(1);
        var proven = new DeviceId(1);
        play.happens(new Event.Vouched(proven, PROVEN));
        play.joins(1);
        var conspirators = List.of(play.joins(2), play.joins(3));
        play.answers(proven, play.asks(proven));
        for (var each : conspirators) {
            var task = play.asks(each);
            assertThat(play.offers(each, forged(task))).contains(new Effect.Hold(each, task));
        }
        assertThat(reputation(play, proven).failures()).isZero();
        var honest = List.of(play.joins(4), play.joins(5));
        for (var each : honest) play.answers(each, play.asks(each));
        assertThat(reputation(play, conspirators.getFirst()).failures()).isEqualTo(1);
        assertThat(reputation(play, proven).confirmed()).isEqualTo(1_000_001);
    }

    @Test
    void forgedLossIsADisagreement() {
        var a = play.joins(1);
        var b = play.joins(2);
        var task = play.asks(a);
        var said = Play.answer(task);
        var report = new Contribution.Report(said.report().samples(), 0.0, 4, Duration.ZERO);
        play.offers(a, new Contribution(said.key(), report, said.inspection(), said.digest()));
        var again = play.asks(b);
        assertThat(play.answers(b, again)).contains(new Effect.Hold(b, again));
    }

    @Test
    void confirmedAnswersAreNotClipped() {
        var policy = Policy.DEFAULT.withTrust(trust(0.02).withClipping(true));
        var play = Play.of(new RunSettings(17, SCHEDULE, policy));
        var a = play.joins(1);
        var b = play.joins(2);
        for (int round = 0; round < 2; round++) {
            for (int slot = 0; slot < 4; slot++) {
                double norm = round == 0 ? 4 : 12;
                play.offers(a, Play.answerWithNorm(play.asks(a), norm));
                play.offers(b, Play.answerWithNorm(play.asks(b), norm));
                assertThat(play.all(Effect.Accept.class).getFirst().scale()).isEqualTo(1);
            }
            play.happens(new Event.RoundApplied(round, round + 1));
        }
    }

    @Test
    void auditsAreDrawnAtTheirRate() {
        var schedule = new Schedule(200_000, 0, 20_000, 20_000, 1, true);
        var policy = Policy.DEFAULT.withDuplicates(false).withTrust(trust(0.02));
        var play = Play.of(new RunSettings(17, schedule, policy));
        var a = new DeviceId(1);
        play.happens(new Event.Vouched(a, PROVEN));
        play.joins(1);
        int held = 0;
        for (int i = 0; i < 20_000; i++) {
            play.answers(a, play.asks(a));
            held += play.all(Effect.Hold.class).size();
        }
        // 400 expected, with a standard deviation of 19.8: within five of them.
        assertThat(held).isBetween(301, 499);
    }

    private DeviceId vouched(long number, Reputation reputation) {
        play.happens(new Event.Vouched(new DeviceId(number), reputation));
        return play.joins(number);
    }

    private Reputation reputation(DeviceId device) {
        return reputation(play, device);
    }

    private static Reputation reputation(Play play, DeviceId device) {
        return play.state().trust().reputation(device);
    }

    private static Contribution forged(Task task) {
        var good = Play.answer(task);
        return new Contribution(
                good.key(), good.report(), good.inspection(), "forged " + task.key().slot());
    }

    private static TrustPolicy trust(double floor) {
        return new TrustPolicy(true, 10, floor, 2, Duration.ofDays(7), false, 4711, 1e-3);
    }

    private static Play auditing(double floor) {
        var policy = Policy.DEFAULT.withTrust(trust(floor));
        return Play.of(new RunSettings(17, SCHEDULE, policy));
    }
}
