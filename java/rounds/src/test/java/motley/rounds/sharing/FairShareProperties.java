package motley.rounds.sharing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A fleet in virtual time whose devices ask again after each task.
final class FairShareProperties {
    private static final int SEEDS = 30;
    private static final long END_MS = 4_000_000;

    /// Runs of random weights on random devices, tasks of random length.
    private static final class Fleet {
        final long[] weights;
        final long[] usedMs;
        final long[] waitedSinceMs;
        final int[] works;
        final long[] heldMs;
        long longestWaitMs;
        long moves;
        FairShare share = FairShare.NONE;

        Fleet(long[] weights, int devices) {
            this.weights = weights;
            usedMs = new long[weights.length];
            waitedSinceMs = new long[weights.length];
            works = new int[devices];
            heldMs = new long[devices];
            Arrays.fill(works, -1);
            for (int i = 0; i < weights.length; i++) share = share.with("run" + i, weights[i]);
        }

        void run(SplittableRandom random, long fromMs, long toMs, int firstRun) {
            var free = new long[works.length];
            Arrays.fill(free, fromMs);
            while (true) {
                int device = 0;
                for (int i = 1; i < free.length; i++) if (free[i] < free[device]) device = i;
                long now = free[device];
                if (now >= toMs) return;
                ask(device, now, firstRun);
                long task = random.nextLong(50, 2_000);
                free[device] = now + task;
                heldMs[device] += task;
                usedMs[works[device]] += task;
                share = share.charged("run" + works[device], task);
            }
        }

        private void ask(int device, long now, int firstRun) {
            var candidates = new ArrayList<FairShare.Candidate>();
            for (int run = firstRun; run < weights.length; run++) {
                candidates.add(new FairShare.Candidate("run" + run, others(run, device)));
            }
            int before = works[device];
            var at = before < 0 ? Optional.<String>empty() : Optional.of("run" + before);
            var holding = new FairShare.Holding(at, heldMs[device]);
            var chosen = share.choose(candidates, holding).orElseThrow();
            works[device] = Integer.parseInt(chosen.substring(3));
            if (works[device] != before) {
                heldMs[device] = 0;
                moves++;
            }
            for (int run = firstRun; run < weights.length; run++) {
                boolean isServed = others(run, -1) > 0;
                if (isServed) waitedSinceMs[run] = now;
                longestWaitMs = Math.max(longestWaitMs, now - waitedSinceMs[run]);
            }
        }

        private long others(int run, int device) {
            long count = 0;
            for (int i = 0; i < works.length; i++) if (i != device && works[i] == run) count++;
            return count;
        }
    }

    @Test
    void deviceTimeGoesByTheWeights() {
        for (long seed = Long.getLong("motley.seed", 0); seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var fleet = new Fleet(weights(random), random.nextInt(1, 9));
            fleet.run(random, 0, END_MS, 0);
            double used = Arrays.stream(fleet.usedMs).sum();
            double weight = Arrays.stream(fleet.weights).sum();
            // Virtual times are apart by some quanta of each at most; of the whole that is little.
            double bound = 8.0 * FairShare.QUANTUM_MS * (fleet.works.length + 1) / used;
            for (int run = 0; run < fleet.weights.length; run++) {
                assertThat(Math.abs(fleet.usedMs[run] / used - fleet.weights[run] / weight))
                        .as("seed %d, run %d of %s", seed, run, Arrays.toString(fleet.weights))
                        .isLessThan(bound);
            }
        }
    }

    @Test
    void nothingWaitsForEver() {
        for (long seed = Long.getLong("motley.seed", 0); seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var fleet = new Fleet(weights(random), random.nextInt(1, 9));
            fleet.run(random, 0, END_MS, 0);
            double all = Arrays.stream(fleet.weights).sum();
            long least = Arrays.stream(fleet.weights).min().orElseThrow();
            double bound = 8 * FairShare.QUANTUM_MS * all / least;
            assertThat((double) fleet.longestWaitMs).as("seed %d", seed).isLessThan(bound);
        }
    }

    @Test
    void devicesStayForAQuantum() {
        for (long seed = Long.getLong("motley.seed", 0); seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var fleet = new Fleet(weights(random), random.nextInt(1, 9));
            fleet.run(random, 0, END_MS, 0);
            double possible = (double) END_MS * fleet.works.length / FairShare.QUANTUM_MS;
            assertThat((double) fleet.moves)
                    .as("seed %d", seed)
                    .isLessThan(possible + fleet.works.length);
        }
    }

    /// A run that paused does not take the whole fleet afterwards for as long as it was away.
    @Test
    void whoeverWasAwayCatchesUpOnLittle() {
        var random = new SplittableRandom(1);
        var fleet = new Fleet(new long[] {4, 4}, 4);
        fleet.run(random, 0, END_MS, 1);
        fleet.usedMs[1] = 0;
        fleet.run(random, END_MS, END_MS + 400_000, 0);
        assertThat((double) fleet.usedMs[0] / fleet.usedMs[1]).isBetween(0.8, 1.25);
    }

    @Test
    void runWithoutADeviceGetsOneAtOnceFromOneWithSeveral() {
        var share = FairShare.NONE.with("a", 4).with("b", 4);
        var holding = new FairShare.Holding(Optional.of("a"), 1);
        var candidates = List.of(new FairShare.Candidate("a", 1), new FairShare.Candidate("b", 0));
        assertThat(share.choose(candidates, holding)).hasValue("b");
        var alone = List.of(new FairShare.Candidate("a", 0), new FairShare.Candidate("b", 0));
        assertThat(share.choose(alone, holding)).hasValue("a");
    }

    private static long[] weights(SplittableRandom random) {
        var weights = new long[random.nextInt(2, 6)];
        for (int i = 0; i < weights.length; i++) weights[i] = random.nextLong(1, 17);
        return weights;
    }
}
