package motley.training;

import static motley.tensor.Require.require;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// How often a model took each class for each, counted exactly.
///
/// Confined to one thread while it counts.
public final class Confusion {
    /// Classes that a matrix is kept for: it holds their square, in longs.
    public static final int CLASSES_MAX = 4096;

    private final int classes;
    private final long[] counts; // [target, guess]

    /// Nothing counted yet.
    ///
    /// @throws IllegalArgumentException if there are over [#CLASSES_MAX] classes
    public Confusion(int classes) {
        require(
                classes >= 1 && classes <= CLASSES_MAX,
                "classes: %d (expected: 1 to %d)",
                classes,
                CLASSES_MAX);
        this.classes = classes;
        counts = new long[classes * classes];
    }

    /// Counts one position.
    ///
    /// @throws IllegalArgumentException if there is no such class
    public void add(int target, int guess) {
        requireClass("target", target);
        requireClass("guess", guess);
        counts[target * classes + guess]++;
    }

    public int classes() {
        return classes;
    }

    /// Positions of class `target` that were taken for class `guess`.
    public long count(int target, int guess) {
        requireClass("target", target);
        requireClass("guess", guess);
        return counts[target * classes + guess];
    }

    /// Positions counted.
    public long total() {
        long total = 0;
        for (long count : counts) total += count;
        return total;
    }

    /// Positions whose class was guessed.
    public long right() {
        long right = 0;
        for (int c = 0; c < classes; c++) right += count(c, c);
        return right;
    }

    /// Positions of that class.
    public long targets(int c) {
        long sum = 0;
        for (int guess = 0; guess < classes; guess++) sum += count(c, guess);
        return sum;
    }

    /// Positions taken for that class.
    public long guesses(int c) {
        long sum = 0;
        for (int target = 0; target < classes; target++) sum += count(target, c);
        return sum;
    }

    /// The share of right guesses; 0 if nothing was counted.
    public double accuracy() {
        return share(right(), total());
    }

    /// Of the guesses of class `c` the share that is right; 0 if there were none.
    public double precision(int c) {
        return share(count(c, c), guesses(c));
    }

    /// Of the positions of class `c` the share that was found; 0 if there were none.
    public double recall(int c) {
        return share(count(c, c), targets(c));
    }

    /// The harmonic mean of precision and recall, `2·right / (targets + guesses)`.
    public double f1(int c) {
        return share(2 * count(c, c), targets(c) + guesses(c));
    }

    /// The mean over the classes that occur as target or guess; 0 if none does.
    public double precision() {
        return mean(this::precision);
    }

    /// The mean over the classes that occur as target or guess; 0 if none does.
    public double recall() {
        return mean(this::recall);
    }

    /// The mean over the classes that occur as target or guess; 0 if none does.
    public double f1() {
        return mean(this::f1);
    }

    private double mean(IntToDoubleFunction of) {
        var occurring = IntStream.range(0, classes).filter(c -> targets(c) + guesses(c) > 0);
        double sum = 0;
        int count = 0;
        for (int c : occurring.toArray()) {
            sum += of.applyAsDouble(c);
            count++;
        }
        return count == 0 ? 0 : sum / count;
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    private void requireClass(String name, int c) {
        require(c >= 0 && c < classes, "%s: %d (expected: 0 to %d)", name, c, classes - 1);
    }
}
