package motley.wire.encoding;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Two narrow factors of a matrix `M` that changes: `P · Qᵀ` with orthonormal columns in `P`.
///
/// With every matrix `P = M · Q`, made orthonormal, then `Q = Mᵀ · P`: one step of subspace
/// iteration, which over many matrices alike comes to the largest singular values.
final class Subspace {
    private static final long SEED = 1;

    /// Of a column beside those before it: less is rounding.
    private static final double LEAST = 1e-6;

    private final int rank;
    private final int rows;
    private final int columns;

    /// Both column by column. Sums in double, so that no finite matrix overflows.
    private final double[] left;

    private final float[] right;
    private final float[] row;
    private final SplittableRandom random = new SplittableRandom(SEED);

    Subspace(int rank, int rows, int columns) {
        this.rank = rank;
        this.rows = rows;
        this.columns = columns;
        left = new double[rank * rows];
        right = new float[rank * columns];
        row = new float[columns];
    }

    /// Numbers of both factors.
    int size() {
        return left.length + right.length;
    }

    /// The number `i` of [#size], those of `P` first.
    float get(int i) {
        return i < left.length ? (float) left[i] : right[i - left.length];
    }

    /// @param at where the matrix begins in `vector`, in bytes
    void follow(MemorySegment vector, long at) {
        renew();
        for (int i = 0; i < rows; i++) {
            readRow(vector, at, i);
            for (int k = 0; k < rank; k++) left[k * rows + i] = dot(k * columns);
        }
        for (int k = 0; k < rank; k++) makeOrthonormal(k);
        Arrays.fill(right, 0f);
        for (int i = 0; i < rows; i++) {
            readRow(vector, at, i);
            for (int k = 0; k < rank; k++) addRow((float) left[k * rows + i], k * columns);
        }
    }

    private void readRow(MemorySegment vector, long at, int i) {
        MemorySegment.copy(vector, Layout.F32, at + 4L * i * columns, row, 0, columns);
    }

    private double dot(int at) {
        double sum = 0;
        for (int j = 0; j < columns; j++) sum += (double) row[j] * right[at + j];
        return sum;
    }

    private void addRow(float factor, int at) {
        for (int j = 0; j < columns; j++) right[at + j] += factor * row[j];
    }

    /// Takes from column `k` what points the way of a column before it. Where the matrix has a
    /// lower rank nothing is left, and zeros are sent.
    private void makeOrthonormal(int k) {
        int at = k * rows;
        double before = norm(at);
        for (int other = 0; other < at; other += rows) {
            double along = 0;
            for (int i = 0; i < rows; i++) along += left[at + i] * left[other + i];
            for (int i = 0; i < rows; i++) left[at + i] -= along * left[other + i];
        }
        double norm = norm(at);
        boolean isNothing = norm <= LEAST * before;
        for (int i = 0; i < rows; i++) left[at + i] = isNothing ? 0 : left[at + i] / norm;
    }

    private double norm(int at) {
        double squares = 0;
        for (int i = 0; i < rows; i++) squares += left[at + i] * left[at + i];
        return Math.sqrt(squares);
    }

    /// Columns of `Q` that are zero or not a number would stay so for good.
    private void renew() {
        for (int at = 0; at < right.length; at += columns) {
            double sum = 0;
            for (int j = 0; j < columns; j++) sum += Math.abs(right[at + j]);
            if (sum > 0 && Double.isFinite(sum)) continue;
            for (int j = 0; j < columns; j++) right[at + j] = (float) random.nextGaussian();
        }
    }
}
