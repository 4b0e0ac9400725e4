package motley.simulation;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import motley.rounds.Schedule;
import motley.rounds.Strategy;

/// People who choose a strategy for a run, and others in its middle.
final class Minds {
    private static final Duration THOUGHT = Duration.ofSeconds(2);
    private static final int STALENESS_MAX = 20;
    private static final int K_MAX = 12;

    private final SplittableRandom random;
    private final Schedule schedule;
    private final double change;

    Minds(SplittableRandom random, Schedule schedule) {
        this.random = random;
        this.schedule = schedule;
        change = random.nextBoolean() ? random.nextDouble(0.5) : 0;
    }

    /// k-batch or async.
    Strategy flowing() {
        int k = random.nextInt(1, Math.min(K_MAX, schedule.slotsPerEpoch()) + 1);
        int staleness = random.nextInt(3) == 0 ? 0 : random.nextInt(1, STALENESS_MAX + 1);
        return new Strategy(k, staleness, Strategy.Local.NONE);
    }

    /// Has people tell `chosen` of other dials now and then until `end` has passed.
    void changeUntil(Duration end, Agenda agenda, Consumer<Strategy> chosen) {
        for (var at = THOUGHT; at.compareTo(end) < 0; at = at.plus(THOUGHT)) {
            if (random.nextDouble() >= change) continue;
            var wanted = random.nextInt(4) == 0 ? Strategy.SYNC : flowing();
            agenda.after(at, () -> chosen.accept(wanted));
        }
    }
}
