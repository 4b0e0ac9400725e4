package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.nn.Formula;
import motley.nn.Model;
import motley.nn.Models;
import motley.nn.Optimizer;
import motley.nn.Optimizers;
import motley.nn.TrainingProgram.Step;
import motley.nn.TrainingPrograms;
import motley.program.Executable;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ten Adam steps of the full-size models on the JVM engine against PyTorch's numbers in float64,
/// which tools/golden/training.py writes.
final class MnistGolden {
    private static final int BATCH = 16;
    private static final int STEPS = 10;
    private static final double RATE = 0x1p-11;
    private static final Optimizer ADAM = Optimizers.named("adam");
    private static final Map<String, double[]> GOLDEN = read();

    /// How many times further from float64 than PyTorch in float32 an engine may be: it adds in
    /// another order, and with fewer roundings here and more there.
    private static final double SLACK = 16;

    /// What the parameters may be apart in any case. Where a gradient is all cancellation, rounding
    /// decides it, and Adam makes a step of up to the learning rate from it whatever its size: of a
    /// million elements a few move by a part of one step.
    private static final double CANCELLATION = RATE / 10;

    @ParameterizedTest
    @ValueSource(strings = {"mnist-cnn", "mnist-mlp"})
    void tenStepsGivePyTorchsNumbers(String name) {
        var model = Models.named(name);
        var p = TrainingPrograms.step(model, ADAM, BATCH);
        try (var engine = CpuEngine.open(new CpuSettings(1));
                var executable = engine.prepare(p.program(), p.carries())) {
            begin(executable, p, model);
            var losses = new double[STEPS];
            for (int step = 1; step <= STEPS; step++) {
                feed(executable, p, model, step);
                executable.run();
                var lossSum = Tensor.onHeap(TensorType.f32());
                executable.read(p.lossSum(), lossSum);
                losses[step - 1] = lossSum.getFloat(0) / BATCH;
            }
            assertClose(losses, name + ".adam.loss", 0);
            var projections = projections(executable, p, model);
            assertClose(projections, name + ".adam.parameterProjection", CANCELLATION);
        }
    }

    private static void begin(Executable executable, Step p, Model model) {
        var specs = model.parameters();
        for (int i = 0; i < specs.size(); i++) {
            executable.write(p.parameters().at(i), Formula.weights(i, specs.get(i)).toTensor());
        }
        var state = ADAM.state(specs);
        for (int i = 0; i < state.size(); i++) {
            executable.write(p.state().at(i), Tensor.onHeap(state.get(i).type()));
        }
        executable.write(p.learningRate(), scalar(RATE));
        executable.write(p.weights(), Values.filled(TensorType.f32(BATCH), 1).toTensor());
        executable.write(p.samples(), Tensor.onHeap(TensorType.i32(BATCH)));
        executable.write(p.key(), Tensor.onHeap(TensorType.i32(2)));
    }

    private static void feed(Executable executable, Step p, Model model, int step) {
        var images = Formula.images(1000 + step, BATCH, model.inputShape());
        var labels = Formula.labels(2000 + step, BATCH, model.classes());
        executable.write(p.inputs(), images.toTensor());
        executable.write(p.targets(), labels.toTensor());
        executable.write(p.step(), scalar(step));
    }

    private static double[] projections(Executable executable, Step p, Model model) {
        var specs = model.parameters();
        var projections = new double[specs.size()];
        for (int i = 0; i < projections.length; i++) {
            var parameter = Tensor.onHeap(specs.get(i).type());
            executable.read(p.parameters().at(i), parameter);
            projections[i] = Formula.projection(Values.of(parameter));
        }
        return projections;
    }

    private static Tensor scalar(double value) {
        return Tensor.ofFloats(Shape.of(), (float) value);
    }

    private static void assertClose(double[] actual, String name, double allowed) {
        var expected = GOLDEN.get(name);
        double bound = Math.max(allowed, SLACK * distance(GOLDEN.get(name + "32"), expected));
        assertThat(distance(actual, expected)).as(name).isLessThanOrEqualTo(bound);
    }

    /// The largest difference, absolute for small numbers and relative for large ones. A NaN is
    /// infinitely far.
    private static double distance(double[] actual, double[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = 0;
        for (int i = 0; i < actual.length; i++) {
            double apart = Math.abs(actual[i] - expected[i]) / (1 + Math.abs(expected[i]));
            largest = Math.max(largest, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart);
        }
        return largest;
    }

    private static Map<String, double[]> read() {
        try (var in = MnistGolden.class.getResourceAsStream("training.txt")) {
            var golden = new HashMap<String, double[]>();
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (var line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
                var words = line.split(" ");
                var numbers = Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble);
                golden.put(words[0], numbers.toArray());
            }
            return golden;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
