package motley.rounds.robust;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Rules that look at one element of all contributions at a time.
///
/// Source: Yin, Chen, Ramchandran, Bartlett, *Byzantine-Robust Distributed Learning* (2018),
/// definitions 1 and 2. Differs: means are weighted by samples, so that cutting nothing gives the
/// mean over all samples.
final class Elementwise {
    private Elementwise() {}

    /// The middle one of each element; of an even number the mean of both in the middle.
    static float[] median(Rows all) {
        int n = all.count();
        var column = new float[n];
        var result = new float[all.elements()];
        for (int j = 0; j < result.length; j++) {
            for (int k = 0; k < n; k++) column[k] = all.rows[k][j];
            Arrays.sort(column);
            result[j] = (float) (((double) column[(n - 1) / 2] + column[n / 2]) / 2);
        }
        return result;
    }

    /// The mean of each element without its `cut` largest and `cut` smallest, `2·cut < n`. Equal
    /// elements are cut in the order of the slots.
    static float[] trimmedMean(Rows all, int cut) {
        int n = all.count();
        var result = new float[all.elements()];
        var order = new long[n];
        var isKept = new boolean[n];
        Arrays.fill(isKept, true);
        for (int j = 0; j < result.length; j++) {
            if (cut > 0) choose(all, j, order, isKept, cut);
            result[j] = keptMean(all, j, isKept);
        }
        return result;
    }

    private static void choose(Rows all, int j, long[] order, boolean[] isKept, int cut) {
        for (int k = 0; k < order.length; k++) order[k] = key(all.rows[k][j], k);
        Arrays.sort(order);
        Arrays.fill(isKept, false);
        for (int i = cut; i < order.length - cut; i++) isKept[(int) order[i]] = true;
    }

    /// Orders like (value, row); its lower half is the row.
    private static long key(float value, int row) {
        int bits = Float.floatToIntBits(value);
        int ordered = bits ^ ((bits >> 31) & 0x7fffffff);
        return ((long) ordered << 32) | row;
    }

    /// Added in the order of the slots.
    private static float keptMean(Rows all, int j, boolean[] isKept) {
        double sum = 0;
        double share = 0;
        for (int k = 0; k < isKept.length; k++) {
            if (!isKept[k]) continue;
            sum += all.shares[k] * all.rows[k][j];
            share += all.shares[k];
        }
        return (float) (sum / share);
    }

    /// The mean of the rows in `chosen`.
    static float[] meanOf(Rows all, int[] chosen) {
        var isKept = new boolean[all.count()];
        IntStream.of(chosen).forEach(k -> isKept[k] = true);
        var result = new float[all.elements()];
        for (int j = 0; j < result.length; j++) result[j] = keptMean(all, j, isKept);
        return result;
    }
}
