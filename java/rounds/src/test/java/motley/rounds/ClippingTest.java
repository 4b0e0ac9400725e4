package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ClippingTest {
    private static final Schedule SCHEDULE = new Schedule(64, 0, 16, 4, 1, true);

    @Test
    void firstRoundIsTakenAsItIs() {
        assertThat(scales(clipping(), List.of(1.0, 3.0, 2.0, 4.0)))
                .containsExactly(1.0, 1.0, 1.0, 1.0);
    }

    /// The norms of the first round per sample are 1, 3, 2, 4, their median 3, the greater of two.
    @Test
    void largerNormsAreScaledToTheMedianOfRoundsBefore() {
        var play = clipping();
        scales(play, List.of(1.0, 3.0, 2.0, 4.0));
        assertThat(scales(play, List.of(3.0, 6.0, 1.0, 12.0))).containsExactly(1.0, 0.5, 1.0, 0.25);
    }

    /// Within a round the limit stands still, so that no order of answers can move it.
    @Test
    void limitStandsStillWithinARound() {
        var forth = clipping();
        var back = clipping();
        scales(forth, List.of(1.0, 3.0, 2.0, 4.0));
        var devices = List.of(back.joins(11), back.joins(12), back.joins(13), back.joins(14));
        var tasks = devices.stream().map(back::asks).toList();
        var norms = List.of(1.0, 3.0, 2.0, 4.0);
        for (int i = 3; i >= 0; i--) {
            var task = tasks.get(i);
            int count = task.samples().count();
            back.offers(devices.get(i), Play.answerWithNorm(task, norms.get(i) * count));
        }
        back.happens(new Event.RoundApplied(0, 1));
        assertThat(back.state().trust()).isEqualTo(forth.state().trust());
    }

    @Test
    void withoutClippingNothingIsScaled() {
        var play = Play.of(Play.settings(SCHEDULE));
        scales(play, List.of(1.0, 3.0, 2.0, 4.0));
        assertThat(scales(play, List.of(3.0, 6.0, 1.0, 12.0))).containsExactly(1.0, 1.0, 1.0, 1.0);
    }

    private static Play clipping() {
        var policy = Policy.DEFAULT.withTrust(TrustPolicy.OFF.withClipping(true));
        return Play.of(new RunSettings(17, SCHEDULE, policy));
    }

    /// One round of answers with these norms per sample, by one device.
    private static List<Double> scales(Play play, List<Double> norms) {
        var device = play.joins(1);
        var scales = new ArrayList<Double>();
        int round = play.state().position().round();
        for (double norm : norms) {
            var task = play.asks(device);
            int count = task.samples().count();
            play.offers(device, Play.answerWithNorm(task, norm * count));
            scales.add(play.all(Effect.Accept.class).getFirst().scale());
        }
        play.happens(new Event.RoundApplied(round, round + 1L));
        return scales;
    }
}
