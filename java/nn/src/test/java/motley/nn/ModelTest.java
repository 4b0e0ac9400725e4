package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import motley.nn.Layer.Border;
import motley.nn.Layer.Conv2D;
import motley.nn.Layer.Dense;
import motley.nn.Layer.Dropout;
import motley.nn.Layer.Flatten;
import motley.nn.Layer.MaxPool;
import motley.nn.Layer.Relu;
import motley.tensor.Shape;
import org.junit.jupiter.api.Test;

final class ModelTest {
    private static final Shape IMAGE = Shape.of(28, 28, 1);

    @Test
    void summaryOfTheCnnIsATable() {
        assertThat(Models.named("mnist-cnn").summary())
                .hasToString(
                        """
                        mnist-cnn on f32[28, 28, 1]
                        layer        output             parameters   FLOPs/sample   bytes/sample
                        conv1        [26, 26, 32]              320        411,008         86,528
                        relu1        [26, 26, 32]                0         43,264         86,528
                        conv2        [24, 24, 64]           18,496     21,270,528        147,456
                        relu2        [24, 24, 64]                0         73,728        147,456
                        pool1        [12, 12, 64]                0         36,864         36,864
                        flatten1     [9216]                      0              0         36,864
                        dense1       [128]               1,179,776      2,359,424            512
                        relu3        [128]                       0            256            512
                        dense2       [10]                    1,290          2,570             40
                        total        [10]                1,199,882     24,197,642        542,760
                        """);
    }

    @Test
    void parametersComeInTheOrderOfTheLayers() {
        var parameters = Models.named("mnist-mlp").parameters();
        assertThat(parameters)
                .containsExactly(
                        weight("dense1", Initializers.HE_UNIFORM, 784, 512),
                        bias("dense1", 512),
                        weight("dense2", Initializers.HE_UNIFORM, 512, 256),
                        bias("dense2", 256),
                        weight("dense3", Initializers.GLOROT_UNIFORM, 256, 10),
                        bias("dense3", 10));
    }

    @Test
    void everyListedNameIsAModel() {
        for (var name : Models.names()) assertThat(Models.named(name).name()).isEqualTo(name);
    }

    @Test
    void unknownNameIsAnsweredWithTheKnownOnes() {
        assertThatThrownBy(() -> Models.named("resnet"))
                .hasMessage(
                        "model: resnet (expected: one of mnist-cnn, mnist-mlp, resnet-small,"
                                + " gpt-small, lstm)");
        assertThatThrownBy(() -> Optimizers.named("tiger"))
                .hasMessage(
                        "optimizer: tiger (expected: one of adam, adamw, sgd, nesterov,"
                                + " delayed-nesterov, rmsprop, adagrad, lion, keras-adam,"
                                + " tensorflow-adam, keras-sgd, keras-nesterov, keras-rmsprop)");
    }

    @Test
    void layerThatDoesNotFitIsNamed() {
        assertRefused(
                "wrong: output [28, 28, 10] (expected: [10], one logit per class)", new Dense(10));
        assertRefused(
                "conv1: input [784] (expected: [rows, cols, channel])",
                new Flatten(),
                new Conv2D(4, 3));
        assertRefused(
                "pool1: input [784] (expected: [rows, cols, channel])",
                new Flatten(),
                new MaxPool(2));
        assertRefused(
                "conv2: window of 5 (expected: at most 3, the size of its input)",
                new Conv2D(4, 26),
                new Relu(),
                new Conv2D(4, 5));
        assertRefused(
                "pool1: window of 29 (expected: at most 28, the size of its input)",
                new MaxPool(29));
        assertRefused(
                "wrong: output [9] (expected: [10], one logit per class)",
                new Flatten(),
                new Dense(9));
        assertRefused("layers: none (expected: at least 1)");
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new Dense(0)).hasMessage("units: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new Conv2D(0, 3)).hasMessage("filters: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new Conv2D(4, 0)).hasMessage("kernel: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new Conv2D(4, 3, 0, Border.SAME))
                .hasMessage("stride: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new MaxPool(0)).hasMessage("size: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new Dropout(1)).hasMessage("rate: 1.0 (expected: in [0, 1))");
        assertThatThrownBy(() -> new Dropout(Double.NaN)).hasMessageContaining("rate: NaN");
        var model = Models.named("mnist-mlp");
        assertThatThrownBy(() -> TrainingPrograms.gradient(model, 0))
                .hasMessage("batch: 0 (expected: at least 1)");
    }

    @Test
    void sameBorderKeepsTheSizeDividedByTheStride() {
        for (int size = 1; size <= 9; size++) {
            for (int stride = 1; stride <= 3; stride++) {
                var conv = new Conv2D(1, 3, stride, Border.SAME);
                int expected = Math.ceilDiv(size, stride);
                int count = expected * expected;
                List<Layer> layers = List.of(conv, new Flatten());
                var model = new Model("same", Shape.of(size, size, 1), count, layers);
                // The program is typed as it is built, so it checks the placement.
                var logits = TrainingPrograms.predict(model, 1).program().resultTypes().getFirst();
                assertThat(logits.shape()).isEqualTo(Shape.of(1, count));
            }
        }
    }

    private static void assertRefused(String message, Layer... layers) {
        assertThatThrownBy(() -> new Model("wrong", IMAGE, 10, List.of(layers)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    private static ParameterSpec weight(String layer, Initializer initializer, int in, int out) {
        return new ParameterSpec(layer + ".weight", Shape.of(in, out), initializer);
    }

    private static ParameterSpec bias(String layer, int out) {
        return new ParameterSpec(layer + ".bias", Shape.of(out), Initializers.ZEROS);
    }
}
