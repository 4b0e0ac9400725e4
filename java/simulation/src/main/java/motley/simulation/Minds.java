package motley.simulation;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import motley.rounds.OwnTerms;
import motley.rounds.Policy;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;
import motley.rounds.Strategy;

/// People who choose a strategy for a run, and others in its middle.
final class Minds {
    private static final Duration THOUGHT = Duration.ofSeconds(2);
    private static final int STALENESS_MAX = 20;
    private static final int K_MAX = 12;
    private static final int BATCH = 1_000;

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

    /// Local steps whose devices keep copies of the model, synchronised in parts or as a whole.
    Strategy replicas() {
        int steps = random.nextInt(1, 4);
        int fragments = random.nextBoolean() ? steps : 1;
        int warmUp = random.nextInt(0, 10);
        return Strategy.SYNC.withLocal(new Strategy.Local(steps, 1, warmUp, fragments, true));
    }

    /// A run on samples that stay on `devices` devices, an epoch a round. What the hostile one says
    /// may never count, so that a round must be able to do without it.
    RunSettings ownSamples(int devices, boolean hasHostile, long seed) {
        int epochs = random.nextInt(1, 8);
        int evaluations = random.nextInt(3) * BATCH;
        var own = new Schedule(10 * BATCH, evaluations, BATCH, devices, epochs, true);
        int devicesMax = hasHostile || random.nextBoolean() ? 0 : random.nextInt(1, devices + 1);
        int present = devicesMax == 0 ? devices : devicesMax;
        int quorum = random.nextInt(1, Math.max(1, present - (hasHostile ? 1 : 0)) + 1);
        var terms = new OwnTerms(quorum, Duration.ofSeconds(random.nextInt(1, 10)));
        var policy =
                Policy.DEFAULT
                        .withDevices(1, devicesMax)
                        .withLeases(Duration.ofSeconds(1), Duration.ofSeconds(10))
                        .withOwnTerms(terms);
        var local = new Strategy.Local(Strategy.Local.TASK_STEPS_MAX, 1, 0);
        return new RunSettings(seed, own, policy, Strategy.SYNC.withLocal(local));
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
