package motley.rounds.robust;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Rules that look at the distances between whole contributions.
final class Distances {
    private static final int WEISZFELD_STEPS = 8;
    private static final int CLIPPING_STEPS = 3;

    /// Distances below this share of the mean distance count as it, so that a point that coincides
    /// with a contribution can leave it again.
    private static final double SMOOTHING = 1e-6;

    private Distances() {}

    /// Eight smoothed Weiszfeld steps towards the point with the least sum of distances, weighted
    /// by samples, from the element-wise median.
    ///
    /// Source: Pillutla, Kakade, Harchaoui, *Robust Aggregation for Federated Learning* (2022),
    /// algorithm 2.
    static float[] geometricMedian(Rows all) {
        var point = Elementwise.median(all);
        for (int step = 0; step < WEISZFELD_STEPS; step++) {
            var distances = distances(all, point);
            double least = SMOOTHING * Arrays.stream(distances).average().orElse(0);
            if (least == 0) return point;
            var pulls = new double[all.count()];
            for (int k = 0; k < pulls.length; k++) {
                pulls[k] = all.shares[k] / Math.max(distances[k], least);
            }
            point = weightedMean(all, pulls);
        }
        return point;
    }

    /// The mean of the `n − hostile` contributions with the least score: the sum of the squared
    /// distances to the `n − hostile − 2` closest others. Equal scores go by slot.
    ///
    /// Source: Blanchard, El Mhamdi, Guerraoui, Stainer, *Machine Learning with Adversaries*
    /// (2017), §4 and §6.
    static float[] multiKrum(Rows all, int hostile) {
        int n = all.count();
        var scores = scores(all, Math.max(1, n - hostile - 2));
        var chosen =
                IntStream.range(0, n)
                        .boxed()
                        .sorted((a, b) -> Double.compare(scores[a], scores[b]))
                        .limit(n - hostile)
                        .mapToInt(Integer::intValue)
                        .toArray();
        return Elementwise.meanOf(all, chosen);
    }

    /// `start`, moved three times by the mean of the differences to it, each clipped to `radius`.
    ///
    /// Source: Karimireddy, He, Jaggi, *Learning from History for Byzantine Robust Optimization*
    /// (2021), algorithm 2. Differs: weighted by samples; without momentum at the devices, which
    /// keep nothing between tasks.
    static float[] centeredClip(Rows all, float[] start, double radius) {
        var point = start;
        for (int step = 0; step < CLIPPING_STEPS; step++) {
            var distances = distances(all, point);
            var factors = new double[all.count()];
            for (int k = 0; k < factors.length; k++) {
                double clip = distances[k] > radius ? radius / distances[k] : 1;
                factors[k] = all.shares[k] * clip;
            }
            point = moved(all, point, factors);
        }
        return point;
    }

    private static double[] scores(Rows all, int neighbours) {
        int n = all.count();
        var squares = new double[n][n];
        for (int k = 0; k < n; k++) {
            for (int m = k + 1; m < n; m++) {
                squares[k][m] = square(all.rows[k], all.rows[m]);
                squares[m][k] = squares[k][m];
            }
        }
        var scores = new double[n];
        for (int k = 0; k < n; k++) {
            // The first is the distance to itself, 0.
            var sorted = squares[k].clone();
            Arrays.sort(sorted);
            int end = Math.min(neighbours, n - 1);
            for (int i = 1; i <= end; i++) scores[k] += sorted[i];
        }
        return scores;
    }

    private static double[] distances(Rows all, float[] point) {
        var distances = new double[all.count()];
        for (int k = 0; k < distances.length; k++) {
            distances[k] = Math.sqrt(square(all.rows[k], point));
        }
        return distances;
    }

    private static double square(float[] a, float[] b) {
        double sum = 0;
        for (int j = 0; j < a.length; j++) {
            double difference = (double) a[j] - b[j];
            sum += difference * difference;
        }
        return sum;
    }

    private static float[] weightedMean(Rows all, double[] weights) {
        double whole = 0;
        for (double weight : weights) whole += weight;
        var result = new float[all.elements()];
        for (int j = 0; j < result.length; j++) {
            double sum = 0;
            for (int k = 0; k < weights.length; k++) sum += weights[k] * all.rows[k][j];
            result[j] = (float) (sum / whole);
        }
        return result;
    }

    private static float[] moved(Rows all, float[] point, double[] factors) {
        var result = new float[point.length];
        for (int j = 0; j < point.length; j++) {
            double sum = 0;
            for (int k = 0; k < factors.length; k++) {
                sum += factors[k] * ((double) all.rows[k][j] - point[j]);
            }
            result[j] = (float) (point[j] + sum);
        }
        return result;
    }
}
