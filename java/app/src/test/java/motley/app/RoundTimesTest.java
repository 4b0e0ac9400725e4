package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import motley.rounds.Policy;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;
import motley.rounds.Strategy;
import org.junit.jupiter.api.Test;

/// The times that coordinators make forecasts of.
final class RoundTimesTest {
    private static final Schedule SCHEDULE = new Schedule(100 * 128, 0, 128, 8, 1, false);
    private static final Duration SAMPLE = Duration.ofMillis(1);

    @Test
    void twoDevicesAreFasterThanOneUnderEveryStrategy() {
        for (var strategy :
                List.of(
                        Strategy.SYNC,
                        new Strategy(4, 0, Strategy.Local.NONE),
                        new Strategy(2, 16, Strategy.Local.NONE),
                        Strategy.SYNC.withLocal(new Strategy.Local(4, 1, 5)),
                        Strategy.SYNC.withLocal(new Strategy.Local(4, 1, 5, 2, true)))) {
            var settings = new RunSettings(1, SCHEDULE, Policy.DEFAULT, strategy);
            var one = Coordinators.roundTime(List.of(SAMPLE), settings);
            var two = Coordinators.roundTime(List.of(SAMPLE, SAMPLE), settings);
            assertThat(two).as("%s", strategy).isLessThan(one);
        }
    }
}
