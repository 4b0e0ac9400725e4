package motley.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import motley.nn.Formula;
import motley.nn.Layer.Dense;
import motley.nn.Loss;
import motley.nn.Metric;
import motley.nn.Model;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Metrics against the numbers that tools/golden/metrics.py writes by the definitions of
/// scikit-learn and with PyTorch.
///
/// Both sides have the same outputs, exact in f32, and count in whole numbers; shares and their
/// means over 7 classes round under twenty times, a mean of nats some 400 times.
final class MetricsGolden {
    private static final double TOLERANCE = 1e-13;
    private static final int CLASSES = 7;
    private static final int POSITIONS = 200;
    private static final Map<String, double[]> GOLDEN = golden();

    /// Outputs and targets of one case, and how many of them are one batch.
    enum Case {
        CLASSES_APART(CLASSES, 32, "classes"),
        TIES(CLASSES, 200, "ties"),
        SIDES(3, 7, "sides"),
        NUMBERS(6, 40, "numbers");

        private final int outputs;
        private final int batch;
        private final String row;

        Case(int outputs, int batch, String row) {
            this.outputs = outputs;
            this.batch = batch;
            this.row = row;
        }

        Model model() {
            var input = TensorType.f32(1);
            return Model.sequential(row, input, new Dense(outputs)).with(loss());
        }

        private Loss loss() {
            return switch (this) {
                case CLASSES_APART, TIES -> new Loss.CrossEntropy();
                case SIDES -> new Loss.BinaryCrossEntropy(0);
                case NUMBERS -> new Loss.Huber(1);
            };
        }

        int samples() {
            return switch (this) {
                case CLASSES_APART, TIES -> POSITIONS;
                case SIDES -> 60;
                case NUMBERS -> 40;
            };
        }

        Tensor outputs() {
            return switch (this) {
                case CLASSES_APART -> floats(this::apart);
                case TIES -> floats(i -> Math.floor(4 * Formula.uniform(3, i)));
                case SIDES -> floats(i -> 8 * Formula.uniform(4, i) - 4);
                case NUMBERS -> floats(i -> Formula.uniform(6, i));
            };
        }

        Tensor targets() {
            return switch (this) {
                case CLASSES_APART, TIES ->
                        Tensor.ofInts(
                                Shape.of(POSITIONS),
                                IntStream.range(0, POSITIONS).map(Case::label).toArray());
                case SIDES -> floats(i -> Formula.uniform(5, i));
                case NUMBERS -> floats(i -> Formula.uniform(7, i));
            };
        }

        private static int label(int position) {
            return (int) Math.floor(Formula.uniform(1, position) * (CLASSES - 1));
        }

        private double apart(int i) {
            double logit = 8 * Formula.uniform(2, i) - 4;
            if (i % CLASSES == label(i / CLASSES)) return logit + 2;
            return i % CLASSES == CLASSES - 1 ? logit - 64 : logit;
        }

        private Tensor floats(IntToDoubleFunction at) {
            var values = new float[samples() * outputs];
            for (int i = 0; i < values.length; i++) values[i] = (float) at.applyAsDouble(i);
            return Tensor.ofFloats(Shape.of(samples(), outputs), values);
        }

        List<Metric> metrics() {
            return Metric.list(
                    switch (this) {
                        case CLASSES_APART, TIES ->
                                "accuracy,top-1,top-2,top-5,top-7,precision,recall,f1,perplexity";
                        case SIDES -> "accuracy,precision,recall,f1";
                        case NUMBERS -> "mae";
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesAreTheGoldenOnes(Case given) {
        var tally = tallied(given);
        var values = new TreeMap<String, Double>();
        tally.values().forEach((metric, value) -> values.put(metric.text(), value));
        for (var metric : values.entrySet()) {
            double expected = golden(given, metric.getKey())[0];
            assertThat(metric.getValue())
                    .as(metric.getKey())
                    .isCloseTo(expected, within(TOLERANCE * (1 + expected)));
        }
        var rows = new ArrayList<>(values.keySet());
        if (tally.confusion().isPresent()) rows.add("confusion");
        var written = GOLDEN.keySet().stream().filter(name -> name.startsWith(given.row + "."));
        assertThat(written.map(name -> name.substring(given.row.length() + 1)))
                .containsExactlyInAnyOrderElementsOf(rows);
    }

    @ParameterizedTest
    @EnumSource(names = {"CLASSES_APART", "TIES"})
    void everyClassHasItsScores(Case given) {
        var confusion = tallied(given).confusion().orElseThrow();
        assertThat(confusion.total()).isEqualTo(POSITIONS);
        for (int c = 0; c < CLASSES; c++) {
            for (int guess = 0; guess < CLASSES; guess++) {
                double expected = golden(given, "confusion")[c * CLASSES + guess];
                assertThat(confusion.count(c, guess)).isEqualTo((long) expected);
            }
            assertClose(confusion.precision(c), golden(given, "precision"), c);
            assertClose(confusion.recall(c), golden(given, "recall"), c);
            assertClose(confusion.f1(c), golden(given, "f1"), c);
        }
    }

    private static void assertClose(double score, double[] row, int c) {
        assertThat(score).as("class %d", c).isCloseTo(row[1 + c], within(TOLERANCE));
    }

    /// Batch by batch; rows beyond the samples that count hold what must not be seen.
    private static Tally tallied(Case given) {
        var tally = new Tally(given.model(), given.metrics());
        var outputs = given.outputs();
        var targets = given.targets();
        for (int first = 0; first < given.samples(); first += given.batch) {
            int count = Math.min(given.batch, given.samples() - first);
            tally.add(rows(outputs, first, given), rows(targets, first, given), count);
        }
        return tally;
    }

    private static Tensor rows(Tensor from, int first, Case given) {
        long rowBytes = from.type().sizeBytes() / given.samples();
        var dims = new ArrayList<>(from.shape().dims());
        dims.set(0, given.batch);
        var rows = Tensor.onHeap(from.type().with(new Shape(dims)));
        rows.data().fill((byte) -1); // NaN, and a class that does not exist
        long bytes = Math.min(given.batch, given.samples() - first) * rowBytes;
        rows.data().asSlice(0, bytes).copyFrom(from.data().asSlice(first * rowBytes, bytes));
        return rows;
    }

    private static double[] golden(Case given, String row) {
        var name = given.row + "." + row;
        assertThat(GOLDEN).containsKey(name);
        return GOLDEN.getOrDefault(name, new double[0]);
    }

    private static Map<String, double[]> golden() {
        try (var in = MetricsGolden.class.getResourceAsStream("metrics.txt")) {
            var rows = new TreeMap<String, double[]>();
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (var line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
                var words = line.split(" ");
                var numbers = Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble);
                rows.put(words[0], numbers.toArray());
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
