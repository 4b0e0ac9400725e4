package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import motley.coordinator.http.Reply;
import motley.data.Samples;
import motley.nn.Model;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.tensor.DType;
import motley.tensor.Tensor;

/// What a model makes of samples that it has not learnt from: which classes it takes for which, and
/// a few of the samples, those that it gets wrong first.
final class Examination {
    /// More say no more, and somebody waits.
    static final int SAMPLES_MAX = 2_000;

    /// A larger table is no picture any more.
    static final int CLASSES_MAX = 100;

    private static final int BATCH = 50;
    private static final int SHOWN = 24;
    private static final int WRONG_SHOWN = 16;
    private static final int PIXELS_MAX = 1 << 16;

    private final Model model;
    private final Samples samples;
    private final int count;
    private final long[][] confusion;
    private final List<Shown> right = new ArrayList<>();
    private final List<Shown> wrong = new ArrayList<>();

    /// @param label what the sample is
    /// @param taken what the model takes it for
    /// @param probability that it gives to what it takes it for
    private record Shown(int sample, int label, int taken, double probability) {}

    private Examination(Model model, Samples samples) {
        this.model = model;
        this.samples = samples;
        count = Math.min(samples.count(), SAMPLES_MAX);
        confusion = new long[model.classes()][model.classes()];
    }

    /// Whether there are classes to take for each other.
    static boolean fits(Model model) {
        return model.target().dtype() == DType.I32
                && model.target().shape().rank() == 0
                && model.classes() <= CLASSES_MAX;
    }

    /// @param weights file of f32 in the order of the model
    /// @param engine what computes; closed at the end
    static ObjectNode of(Model model, Path weights, Samples samples, Engine engine)
            throws IOException {
        var examination = new Examination(model, samples);
        try (engine;
                var arena = Arena.ofConfined();
                var file = FileChannel.open(weights, StandardOpenOption.READ)) {
            var parameters = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size(), arena);
            examination.run(engine, parameters);
        }
        return examination.json();
    }

    private void run(Engine engine, MemorySegment parameters) {
        var program = TrainingPrograms.predict(model, BATCH);
        var inputs = Tensor.onHeap(program.program().params().get(program.inputs()).type());
        var target = model.target();
        var labels = Tensor.onHeap(target.with(target.shape().prepend(BATCH)));
        var output = Tensor.onHeap(program.program().results().get(program.output()).type());
        try (var prepared = engine.prepare(program.program(), List.of())) {
            long at = 0;
            for (int i = 0; i < model.parameters().size(); i++) {
                var type = model.parameters().get(i).type();
                var bytes = parameters.asSlice(at, type.sizeBytes());
                prepared.write(program.parameters().at(i), Tensor.of(type, bytes));
                at += type.sizeBytes();
            }
            for (int first = 0; first < count; first += BATCH) {
                int end = Math.min(count, first + BATCH);
                samples.copy(IntStream.range(first, end).toArray(), inputs, labels);
                prepared.write(program.inputs(), inputs);
                prepared.run();
                prepared.read(program.output(), output);
                for (int i = 0; i < end - first; i++) look(first + i, labels.getInt(i), output, i);
            }
        }
    }

    private void look(int sample, int label, Tensor output, int row) {
        int classes = model.classes();
        int at = row * classes;
        int best = at;
        for (int i = at; i < at + classes; i++) {
            if (output.getFloat(i) > output.getFloat(best)) best = i;
        }
        int taken = best - at;
        confusion[label][taken]++;
        var list = taken == label ? right : wrong;
        double probability = probability(output, at, best);
        if (list.size() < SHOWN) list.add(new Shown(sample, label, taken, probability));
    }

    /// A model whose last layer makes probabilities predicts them; others predict logits.
    private double probability(Tensor output, int at, int best) {
        if (model.hasLink()) return output.getFloat(best);
        double sum = 0;
        for (int i = at; i < at + model.classes(); i++) {
            sum += Math.exp(output.getFloat(i) - output.getFloat(best));
        }
        return 1 / sum;
    }

    private ObjectNode json() {
        var object = Reply.object().put("samples", count).put("testSamples", samples.count());
        long hits = IntStream.range(0, confusion.length).mapToLong(i -> confusion[i][i]).sum();
        object.put("accuracy", (double) hits / count);
        var rows = object.putArray("confusion");
        for (var row : confusion) {
            var cells = rows.addArray();
            for (long cell : row) cells.add(cell);
        }
        var examples = object.putArray("examples");
        int wrongs = Math.min(wrong.size(), Math.max(WRONG_SHOWN, SHOWN - right.size()));
        for (var shown : wrong.subList(0, wrongs)) examples.add(json(shown));
        int rights = Math.min(right.size(), SHOWN - wrongs);
        for (var shown : right.subList(0, rights)) examples.add(json(shown));
        return object;
    }

    private ObjectNode json(Shown shown) {
        var object =
                Reply.object()
                        .put("sample", shown.sample)
                        .put("label", shown.label)
                        .put("taken", shown.taken)
                        .put("probability", shown.probability);
        var shape = model.input().shape();
        boolean isImage =
                model.input().dtype() == DType.F32
                        && shape.rank() == 3
                        && (shape.dim(2) == 1 || shape.dim(2) == 3)
                        && shape.count() <= PIXELS_MAX;
        if (!isImage) return object;
        object.put("rows", shape.dim(0)).put("cols", shape.dim(1)).put("channels", shape.dim(2));
        return object.put("pixels", Base64.getEncoder().encodeToString(pixels(shown.sample)));
    }

    /// The input from its lowest to its highest value, as bytes.
    private byte[] pixels(int sample) {
        var one = samples.part(sample, 1);
        var input = Tensor.onHeap(model.input().with(model.input().shape().prepend(1)));
        var target = Tensor.onHeap(model.target().with(model.target().shape().prepend(1)));
        one.copy(new int[1], input, target);
        var bytes = new byte[model.input().shape().count()];
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < bytes.length; i++) {
            low = Math.min(low, input.getFloat(i));
            high = Math.max(high, input.getFloat(i));
        }
        float scale = high > low ? 255 / (high - low) : 0;
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Math.round((input.getFloat(i) - low) * scale);
        }
        return bytes;
    }
}
