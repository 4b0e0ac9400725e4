package motley.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import motley.rounds.Range;
import motley.rounds.Schedule;

/// A model of four integers, whose training is exact: one sample counted twice, left out, or
/// computed at other weights changes the final weights.
final class IntegerModel {
    static final List<Long> INITIAL = Collections.nCopies(4, 0L);

    private IntegerModel() {}

    /// The sum of the gradients of `samples` at `weights`.
    static List<Long> gradient(int epoch, Range samples, List<Long> weights) {
        var sum = new ArrayList<Long>();
        for (int j = 0; j < weights.size(); j++) {
            long total = 0;
            for (int i = samples.first(); i < samples.end(); i++) {
                long sample = ((long) epoch << 40) + ((long) i << 8) + j;
                total += mix(sample ^ weights.get(j)) >> 40;
            }
            sum.add(total);
        }
        return List.copyOf(sum);
    }

    static List<Long> updated(List<Long> weights, List<Long> sum) {
        var next = new ArrayList<Long>();
        for (int j = 0; j < weights.size(); j++) next.add(weights.get(j) * 31 + sum.get(j));
        return List.copyOf(next);
    }

    static List<Long> added(List<Long> sum, List<Long> gradient) {
        var total = new ArrayList<Long>();
        for (int j = 0; j < sum.size(); j++) total.add(sum.get(j) + gradient.get(j));
        return List.copyOf(total);
    }

    /// The final weights of the undisturbed run: one after the other, without fleet or loop.
    static List<Long> trained(Schedule schedule) {
        var weights = INITIAL;
        int round = 0;
        for (int epoch = 0; epoch < schedule.epochs(); epoch++) {
            int at = 0;
            while (at < schedule.trainSamples()) {
                int count = Math.min(samples(schedule, round), schedule.trainSamples() - at);
                weights = updated(weights, gradient(epoch, new Range(at, count), weights));
                at += count;
                round++;
            }
        }
        return weights;
    }

    /// Of a full round, which is larger where devices take local steps.
    private static int samples(Schedule schedule, int round) {
        var local = schedule.local();
        if (!local.isUsed() || round < local.warmUpRounds()) return schedule.batchSize();
        int microBatch = Math.ceilDiv(schedule.batchSize(), schedule.tasks());
        return schedule.tasks() * local.stepsOfRound() * microBatch;
    }

    /// Spreads the bits of `z`. Source: the finalizer of Steele, Lea & Flood, Fast Splittable
    /// Pseudorandom Number Generators (2014), variant 13 of Stafford.
    private static long mix(long z) {
        long x = (z + 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
