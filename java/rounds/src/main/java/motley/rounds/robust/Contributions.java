package motley.rounds.robust;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The contributions of one round, kept apart by their slot, so that the order in which they came
/// leaves no trace in what a rule makes of them.
///
/// Confined to one thread at a time.
public final class Contributions {
    private final int elements;
    private final Map<Integer, Part> parts = new TreeMap<>();

    /// The point that centered clipping starts from: what it gave for the last round.
    private float[] last = {};

    /// Memory to be used again.
    private final List<float[]> spare = new ArrayList<>();

    private record Part(Row row, int samples) {}

    /// Wraps the array: a record of it would promise an equality that it does not have.
    private static final class Row {
        final float[] mean;

        Row(float[] mean) {
            this.mean = mean;
        }
    }

    /// @param elements in every contribution
    public Contributions(int elements) {
        require(elements >= 1, "elements: %d (expected: at least 1)", elements);
        this.elements = elements;
    }

    /// Room for the gradient sum of a contribution, to be filled and handed to [#put].
    public float[] room() {
        return spare.isEmpty() ? new float[elements] : spare.removeLast();
    }

    /// Keeps the contribution of `slot`; one that is there already is replaced.
    ///
    /// @param sum of gradients over `samples`, from [#room]; finite
    public void put(int slot, float[] sum, int samples) {
        require(sum.length == elements, "sum: %d (expected: %d)", sum.length, elements);
        require(samples >= 1, "samples: %d (expected: at least 1)", samples);
        for (int i = 0; i < elements; i++) sum[i] /= samples;
        var before = parts.put(slot, new Part(new Row(sum), samples));
        if (before != null) spare.add(before.row.mean);
    }

    public int count() {
        return parts.size();
    }

    /// Forgets the contributions.
    public void clear() {
        parts.values().forEach(part -> spare.add(part.row.mean));
        parts.clear();
    }

    /// The gradient per sample that `rule` makes of them. A round too small for the rule's number
    /// of hostile contributions, as the last one of an epoch may be, counts on as many as it can.
    ///
    /// @throws IllegalArgumentException if there are none
    public float[] aggregate(Aggregation rule) {
        require(!parts.isEmpty(), "contributions: none (expected: at least 1)");
        var rows = parts.values().stream().map(part -> part.row.mean).toArray(float[][]::new);
        var all = new Rows(rows, shares());
        var result =
                switch (rule) {
                    case Aggregation.Mean(), Aggregation.Clip() -> Elementwise.trimmedMean(all, 0);
                    case Aggregation.Median() -> Elementwise.median(all);
                    case Aggregation.TrimmedMean(int cut) ->
                            Elementwise.trimmedMean(all, Math.min(cut, (rows.length - 1) / 2));
                    case Aggregation.GeometricMedian() -> Distances.geometricMedian(all);
                    case Aggregation.MultiKrum(int hostile) ->
                            Distances.multiKrum(all, Math.clamp((rows.length - 3) / 2, 0, hostile));
                    case Aggregation.CenteredClip(double radius) -> centeredClip(all, radius);
                };
        return result;
    }

    /// What is kept is finite, since contributions are and each step moves by `radius` at most; so
    /// no round can spoil those after it.
    private float[] centeredClip(Rows all, double radius) {
        var start = last.length == 0 ? Elementwise.median(all) : last;
        last = Distances.centeredClip(all, start, radius);
        return Arrays.copyOf(last, last.length);
    }

    private double[] shares() {
        double samples = parts.values().stream().mapToLong(Part::samples).sum();
        return parts.values().stream().mapToDouble(part -> part.samples / samples).toArray();
    }
}
