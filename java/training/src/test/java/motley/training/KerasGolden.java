package motley.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.interchange.MalformedFileException;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasModel;
import motley.nn.Model;
import motley.nn.Optimizers;
import motley.nn.ParameterSpec;
import motley.nn.Schedules;
import motley.nn.TrainingProgram.Span;
import motley.nn.TrainingProgram.Step;
import motley.nn.TrainingPrograms;
import motley.program.Executable;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Files that Keras 3.15 wrote, what it predicted with them and the losses of its next five steps
/// (`corpus.json`). Here the same files give the same numbers, or are refused.
///
/// Predictions agree to 10⁻⁵ and losses to 10⁻⁴ of their size: both sides compute in float32 in
/// another order. Where a model drops elements at random the losses are not compared. TensorFlow
/// squares the gradient of a table row for each of its uses by itself, where Adam squares their
/// sum: `losses` of `m08` are those of Keras with dense gradients, `losses_of_tensorflow` what
/// `tensorflow-adam` is for.
final class KerasGolden {
    private static final Path FILES = files();
    private static final double PREDICTION_ERROR = 1e-5;
    private static final double LOSS_ERROR = 1e-4;
    private static final int BATCH = 8;

    private static Path files() {
        var manifest = KerasGolden.class.getResource("keras/corpus.json");
        return Path.of(java.util.Objects.requireNonNull(manifest).getPath()).getParent();
    }

    @TestFactory
    Stream<DynamicTest> filesOfKerasPredictAndTrainAsThere() throws IOException {
        return cases("import").map(entry -> dynamicTest(name(entry), () -> compare(entry)));
    }

    /// What a row's uses come to when each is squared by itself.
    @TestFactory
    Stream<DynamicTest> lossesOfTablesAreThoseOfTensorFlow() throws IOException {
        return cases("import")
                .filter(entry -> entry.has("losses_of_tensorflow"))
                .map(KerasGolden::withTensorFlow)
                .map(entry -> dynamicTest(name(entry), () -> compare(entry)));
    }

    private static JsonNode withTensorFlow(JsonNode entry) {
        ObjectNode changed = entry.deepCopy();
        changed.set("losses", entry.path("losses_of_tensorflow"));
        return changed.put("optimizer", "tensorflow-adam");
    }

    @TestFactory
    Stream<DynamicTest> codeAndUnknownLayersAreRefusedByName() throws IOException {
        return cases("refuse")
                .map(
                        entry ->
                                dynamicTest(
                                        name(entry),
                                        () ->
                                                assertThatThrownBy(
                                                                () ->
                                                                        KerasFile.read(
                                                                                file(name(entry))))
                                                        .isInstanceOf(MalformedFileException.class)
                                                        .hasMessageFindingMatch("Lambda|Scale")));
    }

    private static Stream<JsonNode> cases(String expected) throws IOException {
        var all = new ArrayList<JsonNode>();
        for (var entry : new ObjectMapper().readTree(file("corpus.json").toFile())) {
            boolean isThere = Files.exists(file(name(entry)));
            if (isThere && entry.path("expected").asText().equals(expected)) all.add(entry);
        }
        assertThat(all).isNotEmpty();
        return all.stream();
    }

    private static String name(JsonNode entry) {
        return entry.path("file").asText();
    }

    private static Path file(String name) {
        return FILES.resolve(name);
    }

    private static void compare(JsonNode entry) throws IOException {
        var read = KerasFile.read(file(name(entry)));
        var model = read.saved().model();
        var inputs = joined(entry.path("inputs"), model.input());
        try (var engine = CpuEngine.open(new CpuSettings(1))) {
            var predicted = new Trainer(engine, read.saved()).predict(inputs);
            assertClose(predicted, outputs(entry.path("predictions"), model));
            if (!entry.path("repeatable").asBoolean(false)) return;
            var targets = joined(entry.path("targets"), model.target());
            train(engine, read, inputs, targets, entry);
        }
    }

    private static Tensor outputs(JsonNode files, Model model) throws IOException {
        return joined(files, new TensorType(DType.F32, model.outputShape()));
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        assertThat(actual.type()).isEqualTo(expected.type());
        for (int i = 0; i < actual.shape().count(); i++) {
            float wanted = expected.getFloat(i);
            assertThat((double) actual.getFloat(i))
                    .isBetween(wanted - PREDICTION_ERROR, wanted + PREDICTION_ERROR);
        }
    }

    private static void train(
            CpuEngine engine, KerasModel read, Tensor inputs, Tensor targets, JsonNode entry)
            throws IOException {
        var model = read.saved().model();
        var compiled = read.settings().optimizer().orElseThrow();
        var optimizer = Optimizers.named(entry.path("optimizer").asText(compiled.optimizer()));
        var rate = Schedules.named(compiled.schedule(), compiled.learningRate());
        var step = TrainingPrograms.step(model, optimizer, BATCH);
        var trained = model.parameters().stream().filter(ParameterSpec::isTrained).toList();
        var state = optimizer.state(trained);
        var weights = read.saved().weights();
        try (var executable = engine.prepare(step.program(), step.carries())) {
            begin(executable, step, weights, state);
            executable.write(step.inputs(), inputs);
            executable.write(step.targets(), targets);
            int number = 0;
            for (var loss : entry.path("losses")) {
                double now = lossOf(executable, step, ++number, rate.rate(number, 5));
                double expected = loss.asDouble();
                assertThat(now)
                        .as("loss of step %d", number)
                        .isBetween(expected * (1 - LOSS_ERROR), expected * (1 + LOSS_ERROR));
            }
            read(executable, step.parameters(), weights);
            var after = file(name(entry).replaceFirst("\\.(keras|h5)$", ".after5.keras"));
            if (Files.exists(after)) {
                var ours = state.stream().map(spec -> Tensor.onHeap(spec.type())).toList();
                read(executable, step.state(), ours);
                assertSameState(read, KerasFile.read(after), state, ours);
            }
        }
    }

    private static void begin(
            Executable executable, Step step, List<Tensor> weights, List<ParameterSpec> state) {
        for (int i = 0; i < weights.size(); i++) {
            executable.write(step.parameters().at(i), weights.get(i));
        }
        for (int i = 0; i < state.size(); i++) {
            executable.write(step.state().at(i), Tensor.onHeap(state.get(i).type()));
        }
        var ones = Tensor.onHeap(TensorType.f32(BATCH));
        for (int i = 0; i < BATCH; i++) ones.setFloat(i, 1);
        executable.write(step.weights(), ones);
        executable.write(step.samples(), Tensor.onHeap(TensorType.i32(BATCH)));
        executable.write(step.key(), Tensor.onHeap(TensorType.i32(2)));
    }

    /// The mean loss of a step, before it.
    private static double lossOf(Executable executable, Step step, int number, double rate) {
        var scalar = Tensor.onHeap(TensorType.f32());
        scalar.setFloat(0, (float) rate);
        executable.write(step.learningRate(), scalar);
        scalar.setFloat(0, number);
        executable.write(step.step(), scalar);
        executable.run();
        executable.read(step.lossSum(), scalar);
        return scalar.getFloat(0) / BATCH;
    }

    private static void read(Executable executable, Span results, List<Tensor> into) {
        for (int i = 0; i < into.size(); i++) executable.read(results.at(i), into.get(i));
    }

    /// After five steps weights and optimizer stand where Keras' do.
    private static void assertSameState(
            KerasModel read, KerasModel after, List<ParameterSpec> state, List<Tensor> ours) {
        for (int i = 0; i < read.saved().weights().size(); i++) {
            assertNear(read.saved().weights().get(i), after.saved().weights().get(i));
        }
        if (state.isEmpty()) return;
        var theirs = after.state().orElseThrow();
        assertThat(theirs.steps()).isEqualTo(5);
        for (int i = 0; i < state.size(); i++) {
            var their = Optional.ofNullable(theirs.tensors().get(state.get(i).name()));
            assertNear(ours.get(i), their.orElseThrow());
        }
    }

    private static void assertNear(Tensor ours, Tensor theirs) {
        for (int i = 0; i < ours.shape().count(); i++) {
            double expected = theirs.getFloat(i);
            double error = 1e-4 * Math.max(1, Math.abs(expected));
            assertThat((double) ours.getFloat(i)).isBetween(expected - error, expected + error);
        }
    }

    // ---- Arrays ------------------------------------------------------------------------------

    /// Several arrays side by side, as rows of the given type.
    private static Tensor joined(JsonNode files, TensorType one) throws IOException {
        var parts = new ArrayList<double[][]>();
        for (var file : files) parts.add(rows(file(file.asText())));
        int rows = parts.getFirst().length;
        var all = Tensor.onHeap(one.with(one.shape().prepend(rows)));
        int at = 0;
        for (int row = 0; row < rows; row++) {
            for (var part : parts) {
                for (double value : part[row]) {
                    if (one.dtype() == DType.I32) all.setInt(at++, (int) value);
                    else all.setFloat(at++, (float) value);
                }
            }
        }
        assertThat(at).isEqualTo(all.shape().count());
        return all;
    }

    private static double number(ByteBuffer bytes, boolean isFloat, boolean isWide) {
        if (isFloat) return isWide ? bytes.getDouble() : bytes.getFloat();
        return isWide ? bytes.getLong() : bytes.getInt();
    }

    /// An `.npy` file of version 1 with elements of four or eight bytes.
    private static double[][] rows(Path file) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int length = bytes.getShort(8);
        var header = new String(bytes.array(), 10, length, StandardCharsets.US_ASCII);
        var dims = new ArrayList<Integer>();
        var shape = header.substring(header.indexOf('(') + 1, header.indexOf(')'));
        for (var dim : shape.split(",", -1)) {
            if (!dim.isBlank()) dims.add(Integer.parseInt(dim.strip()));
        }
        int count = new Shape(dims).count();
        var rows = new double[dims.getFirst()][count / dims.getFirst()];
        boolean isWide = header.contains("8'");
        boolean isFloat = header.contains("<f");
        bytes.position(10 + length);
        for (var row : rows) {
            for (int i = 0; i < row.length; i++) {
                row[i] = number(bytes, isFloat, isWide);
            }
        }
        return rows;
    }
}
