package motley.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import motley.nn.Block;
import motley.nn.Edges;
import motley.nn.Graph;
import motley.nn.Head;
import motley.nn.Head.Link;
import motley.nn.Initializer;
import motley.nn.Initializers;
import motley.nn.Layer;
import motley.nn.Layer.Border;
import motley.nn.Layer.Steps;
import motley.nn.Loss;
import motley.nn.Model;
import motley.nn.Models;
import motley.nn.Several;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Models as text.
final class ModelJsonTest {
    private static final TensorType IMAGE = TensorType.f32(8, 8, 4);

    @TempDir private Path folder;

    /// Each layer with settings that are nobody's defaults, after layers that give it its shape.
    static List<Model> models() {
        var series = new Layer.Reshape(Shape.of(8, 32));
        return List.of(
                Models.named("mnist-cnn"),
                Models.named("resnet-small"),
                Models.named("gpt-small"),
                Models.named("lstm"),
                image(new Layer.Conv2D(6, 3, 2, Border.SAME, 2, 2, false)),
                image(new Layer.DepthwiseConv2D(3, 2, 2, Border.SAME)),
                image(new Layer.TransposedConv2D(5, 4, 3, Border.SAME)),
                image(
                        new Layer.MaxPool(3, 2, Border.SAME),
                        new Layer.AveragePool(2, 1, Border.SAME)),
                image(new Layer.GlobalMaxPool(), new Layer.Dropout(0.3)),
                image(new Layer.BatchNorm(0.2, 1e-3), new Layer.LayerNorm(1e-4)),
                image(new Layer.GroupNorm(2, 1e-3), new Layer.RmsNorm(1e-6)),
                image(new Layer.LeakyRelu(0.3), new Layer.Gelu(true), new Layer.Silu()),
                image(new Layer.Sigmoid(), new Layer.Tanh(), new Layer.Softmax(), new Layer.Gelu()),
                image(series, new Layer.Conv1D(5, 3, 2, Border.SAME), new Layer.LearnedPositions()),
                image(series, new Layer.SinusoidalPositions(), new Layer.Attention(4, true)),
                image(series, new Layer.Lstm(5, Steps.ALL), new Layer.Gru(4, Steps.ALL)),
                image(series, new Layer.Gru(4, Steps.LAST)),
                image(new Layer.Flatten(), new Layer.Dense(7, false)),
                image(new Layer.Dense(5).initialized(new Initializer.TruncatedNormal(0.1))),
                image(
                        new Layer.Frame(new Edges(1, 2, -1, 0)),
                        new Layer.Enlarge(2, 3),
                        new Layer.BatchNorm(0.2, 1e-3, true)),
                image(
                        series,
                        new Layer.Backwards(),
                        new Layer.Conv1D(5, 3, 1, Border.CAUSAL, 2, false),
                        new Layer.Part(1, 3),
                        new Layer.Standardise(List.of(0.5, -1.0, 2.0), List.of(1.0, 2.0, 0.25))),
                image(
                        new Layer.DepthwiseConv2D(3, 2, 2, Border.SAME, false),
                        new Layer.CappedRelu(5),
                        new Layer.Elu(0.5),
                        new Layer.Softplus(),
                        new Layer.GlobalMaxPool(),
                        new Layer.Heads(
                                List.of(new Head(5, Link.SOFTMAX), new Head(7, Link.SIGMOID)))),
                frozen(),
                merged());
    }

    private static Model frozen() {
        var g = new Graph();
        g.apply(new Layer.Dense(3), g.sample());
        g.freezeSince(0);
        return g.classifier("frozen", IMAGE);
    }

    @ParameterizedTest
    @MethodSource("models")
    void whatIsWrittenIsRead(Model model) {
        var text = ModelJson.text(model);
        assertThat(ModelJson.parse(text)).isEqualTo(model);
        assertThat(ModelJson.text(ModelJson.parse(text))).isEqualTo(text);
    }

    /// A layer that no model here has would never be written and read.
    @Test
    void everyLayerIsTried() {
        var tried = models().stream().flatMap(m -> m.nodes().stream()).map(n -> n.layer());
        assertThat(tried.map(Object::getClass).distinct().toList())
                .containsExactlyInAnyOrderElementsOf(leaves(Layer.class).toList());
    }

    @Test
    void everyLossIsReadAsItWasWritten() {
        var losses =
                List.of(
                        new Loss.CrossEntropy(0.1),
                        new Loss.BinaryCrossEntropy(0.25),
                        new Loss.MeanSquaredError(),
                        new Loss.MeanAbsoluteError(),
                        new Loss.Huber(0.3),
                        new Loss.Hinge(),
                        new Loss.Divergence(),
                        new Loss.CategoricalCrossEntropy(0.2),
                        new Loss.Joint(
                                List.of(
                                        new Several.Term(new Loss.CrossEntropy(0.1), 2, 1),
                                        new Several.Term(new Loss.MeanSquaredError(), 1, 0.5))));
        assertThat(losses.stream().map(Object::getClass).toList())
                .containsExactlyInAnyOrderElementsOf(leaves(Loss.class).toList());
        var model = image(new Layer.Flatten(), new Layer.Dense(3));
        for (var loss : losses) {
            assertThat(ModelJson.parse(ModelJson.text(model.with(loss))))
                    .isEqualTo(model.with(loss));
        }
    }

    /// What people leave out, and what they may write shorter.
    @Test
    void shortFormIsRead() {
        var text =
                """
                {
                  "motley-model": 1,
                  "name": "my-model",
                  "input": {"dtype": "f32", "shape": [8, 8, 4]},
                  "layers": [
                    {"layer": "conv2d", "filters": 4, "kernel": 3, "border": "same"},
                    {"residual": [{"layer": "relu"}, {"layer": "dense", "units": 6}],
                     "shortcut": [{"layer": "conv2d", "filters": 6, "kernel": 1}]},
                    {"layer": "max-pool", "size": 2},
                    {"layer": "global-average-pool"},
                    {"layer": "global-max-pool", "from": ["conv1"]},
                    {"layer": "concatenate", "from": ["pool2", "pool3"]},
                    {"layer": "dense", "units": 3, "initializer": "he-normal"}
                  ]
                }
                """;
        var g = new Graph();
        var conv = g.apply(new Layer.Conv2D(4, 3, 1, Border.SAME), g.sample());
        var body = List.<Block>of(new Layer.Relu(), new Layer.Dense(6));
        var shortcut = List.<Block>of(new Layer.Conv2D(6, 1));
        var sum = g.apply(new Block.Residual(body, shortcut), conv);
        var mean = g.apply(new Layer.GlobalAveragePool(), g.apply(new Layer.MaxPool(2), sum));
        var both = g.apply(new Layer.Concatenate(), mean, g.apply(new Layer.GlobalMaxPool(), conv));
        g.apply(new Layer.Dense(3).initialized(Initializers.named("he-normal")), both);
        assertThat(ModelJson.parse(text)).isEqualTo(g.classifier("my-model", IMAGE));
    }

    /// Changes to a good text, and what is said of them.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "motley-model": 1 | "motley-model": 2 | motley-model: 2 (expected: 1)
                    "motley-model": 1, |  | motley-model: missing
                    "name": "m" | "name": "../m" | name: ../m (expected: up to 64
                    "name": "m" | "nam": "m" | name: missing
                    "dtype": "f32" | "dtype": "f64" | input.dtype: f64 (expected: f32 or i32)
                    "shape": [9, 9, 1] | "shape": [9, -9, 1] | -9
                    "shape": [9, 9, 1] | "shape": 9 | input.shape: 9 (expected: a list
                    "shape": [9, 9, 1] | "shape": [70000, 70000, 1] | 70000
                    "hinge" | "hindge" | loss: hindge (expected: one of cross-entropy
                    "hinge" | "huber:delt=1" | delt
                    "hinge" | 5 | loss: 5 (expected: a text)
                    "layer": "flatten" | "layer": "fold" | layers[0].layer: fold (expected: a layer
                    "layer": "flatten" | "lair": "flatten" | layers[0].layer: missing
                    "units": 5 | "units": 5, "size": 4 | layers[1].size: no such field (exp
                    "units": 5 | "units": 0 | units: 0 (expected: at least 1)
                    "units": 5 | "units": 5.5 | layers[1].units: 5.5 (expected: a whole
                    "units": 5 | "units": 4294967297 | layers[1].units: 4294967297
                    "units": 5 | "units": 2000000000 | 2000000000
                    "units": 5 | "units": 5, "units": 6 | Duplicate
                    "units": 5 | "units": 5, "from": ["dense1"] | layers[1].from: "dense1" (exp
                    "units": 5 | "units": 5, "from": ["dense2"] | layers[1].from: "dense2"
                    "units": 5 | "units": 5, "from": [0] | layers[1].from: 0
                    "units": 5 | "units": 5, "from": ["flatten1", "sample"] | dense1: 2 inputs
                    "units": 5 | "units": 5, "initializer": "he" | initializer: he (expected: one of
                    {"layer": "relu"} | {"residual": []} | layers[2].residual: no layers
                    {"layer": "relu"} | {"layer": "attention", "heads": 2} | attention1: input [5]
                    {"layer": "relu"} | 7 | layers[2]: 7 (expected: an object)
                    "motley-model": 1 | "motley-model": 1, "x": <deep> | depth
                    """)
    void whatNobodyKnowsIsRefusedByName(String good, String bad, String problem) {
        var text =
                """
                {"motley-model": 1, "name": "m", "input": {"dtype": "f32", "shape": [9, 9, 1]},
                 "loss": "hinge",
                 "layers": [{"layer": "flatten"},
                            {"layer": "dense", "units": 5},
                            {"layer": "relu"}]}
                """;
        assertThat(text).contains(good);
        assertThat(ModelJson.parse(text).name()).isEqualTo("m");
        var deep = "[".repeat(40) + "]".repeat(40);
        var changed = text.replace(good, bad == null ? "" : bad.replace("<deep>", deep));
        assertThatThrownBy(() -> ModelJson.parse(changed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem)
                .extracting(Throwable::getMessage)
                .satisfies(m -> assertThat(m.toString()).hasSizeLessThan(300).doesNotContain("\n"));
    }

    @Test
    void everyTruncationIsRefused() {
        var text = ModelJson.text(Models.named("mnist-mlp")).strip();
        for (int length = 0; length < text.length(); length++) {
            var cut = text.substring(0, length);
            assertThatThrownBy(() -> ModelJson.parse(cut))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> ModelJson.parse(text + "{}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longFilesAreRefused() throws IOException {
        var file = folder.resolve("long.json");
        Files.writeString(file, " ".repeat(ModelJson.LENGTH_MAX + 1));
        assertThatThrownBy(() -> ModelJson.read(file))
                .isInstanceOf(MalformedFileException.class)
                .hasMessage(file + ": model: over 1048576 characters (expected: fewer)");
        var relus = "{\"layer\": \"relu\"},".repeat(ModelJson.LAYERS_MAX);
        Files.writeString(
                file,
                "{\"motley-model\": 1, \"name\": \"m\","
                        + " \"input\": {\"dtype\": \"f32\", \"shape\": [1]}, \"layers\": ["
                        + relus
                        + "{\"layer\": \"relu\"}]}");
        assertThatThrownBy(() -> ModelJson.read(file))
                .hasMessage(file + ": layers[4096]: over 4096 layers");
        var deep = "{\"residual\": [".repeat(15) + "{\"layer\": \"relu\"}" + "]}".repeat(15);
        Files.writeString(
                file,
                "{\"motley-model\": 1, \"name\": \"m\","
                        + " \"input\": {\"dtype\": \"f32\", \"shape\": [1]}, \"layers\": ["
                        + deep
                        + "]}");
        assertThatThrownBy(() -> ModelJson.read(file)).isInstanceOf(MalformedFileException.class);
    }

    private static Model image(Block... blocks) {
        return Model.sequential("small", IMAGE, blocks);
    }

    private static Model merged() {
        var g = new Graph();
        var x = g.apply(new Layer.Conv2D(4, 3, 1, Border.SAME), g.sample());
        var sum = g.apply(new Layer.Add(), x, g.sample(), x);
        var product = g.apply(new Layer.Multiply(), sum, x);
        g.apply(new Layer.Concatenate(), product, x);
        return g.classifier("ways", IMAGE);
    }

    /// The records below a sealed interface.
    private static Stream<Class<?>> leaves(Class<?> type) {
        if (!type.isInterface()) return Stream.of(type);
        return Arrays.stream(type.getPermittedSubclasses()).flatMap(ModelJsonTest::leaves);
    }
}
