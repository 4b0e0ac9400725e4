package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import motley.nn.Optimizer.AdamW;
import motley.nn.Optimizer.Averaged;
import motley.nn.Optimizer.ClippedByNorm;
import motley.nn.Optimizer.ClippedByValue;
import motley.nn.Optimizer.Lion;
import motley.nn.Optimizer.Sgd;
import motley.nn.TrainingProgram.Span;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Optimizers as text, and what they keep.
final class OptimizersTest {
    private static final List<ParameterSpec> SPECS =
            List.of(
                    new ParameterSpec("w", Shape.of(2, 3), Initializers.HE_UNIFORM),
                    new ParameterSpec("b", Shape.of(3), Initializers.ZEROS));

    @Test
    void settingsChangeTheUsualOnes() {
        assertThat(Optimizers.named("adamw")).isEqualTo(new AdamW(0.01));
        assertThat(Optimizers.named("adamw:weight-decay=0.1,beta2=0.95"))
                .isEqualTo(new AdamW(0.9, 0.95, 1e-8, 0.1));
        assertThat(Optimizers.named("nesterov:momentum=0.5")).isEqualTo(new Sgd(0.5, true));
        assertThat(Optimizers.named("lion")).isEqualTo(new Lion(0));
    }

    @Test
    void lastWrapperIsTheOutermost() {
        var rule = new Sgd(0.9, false);
        assertThat(Optimizers.named("sgd:clip-value=2,clip-norm=1,ema=0.5"))
                .isEqualTo(new Averaged(new ClippedByNorm(new ClippedByValue(rule, 2), 1), 0.5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "adam:epsilon=0.5,clip-norm=3",
                "adamw:ema=0.999,clip-value=0.1",
                "sgd:momentum=0",
                "nesterov",
                "delayed-nesterov:every=16",
                "rmsprop:beta=0.5",
                "adagrad:weight-decay=1",
                "lion:beta1=0.25",
                "tensorflow-adam:beta1=0.5,decay=0.1"
            })
    void textIsReadAsWhatItWasWrittenFrom(String text) {
        var optimizer = Optimizers.named(text);
        assertThat(Optimizers.named(Optimizers.text(optimizer))).isEqualTo(optimizer);
    }

    @Test
    void textThatCannotBeMeantIsRefused() {
        refused("adamw:beta3=1", "optimizer setting: beta3 (expected for adamw: one of beta1,");
        refused(
                "sgd:beta1=0.5",
                "one of momentum, weight-decay, clip-norm, clip-each, clip-value,");
        refused("sgd:momentum", "optimizer setting: momentum (expected: key=number)");
        refused("sgd:", "optimizer setting:  (expected: key=number)");
        refused("sgd:momentum=much", "optimizer setting momentum: much (expected: a number)");
        refused("sgd:momentum=NaN", "momentum: NaN (expected: a finite number)");
        refused("sgd:momentum=1", "momentum: 1.0 (expected: in [0, 1))");
        refused("sgd:momentum=0,momentum=0", "momentum (expected: each key once)");
        refused("nesterov:momentum=0", "nesterov: true with momentum 0");
        refused("delayed-nesterov:momentum=0", "momentum: 0.0 (expected: above 0;");
        refused("delayed-nesterov:every=1", "every: 1 (expected: 2 to 1048576; nesterov");
        refused("delayed-nesterov:every=2.5", "every: 2.5 (expected: a whole number)");
        refused("adam:weight-decay=-1", "weightDecay: -1.0 (expected: in [0, 10⁶))");
        refused("adam:clip-norm=0", "normMax: 0.0 (expected: above 0)");
        refused("adam:clip-value=-1", "valueMax: -1.0 (expected: above 0)");
        refused(
                "tensorflow-adam:clip-norm=1",
                "clipping: of tensorflow-adam:beta1=0.9,beta2=0.999,epsilon=1.0E-7 (expected:");
        refused("adam:ema=1", "decay: 1.0 (expected: in [0, 1))");
    }

    /// Devices answer with sums, in which uses cannot be told apart any more.
    @Test
    void whatSquaresUsesHasNoProgramForSums() {
        var model = Model.sequential("one", TensorType.f32(3), new Layer.Dense(2));
        var optimizer = Optimizers.named("tensorflow-adam:ema=0.5");
        assertThatThrownBy(() -> TrainingPrograms.update(model, optimizer))
                .hasMessageContaining("(expected for sums of gradients: keras-adam)");
        assertThatThrownBy(() -> Optimizers.ofSums("tensorflow-adam"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "optimizer: tensorflow-adam (expected over devices: keras-adam;");
    }

    @Test
    void wrappersKeepTheStateOfWhatTheyWrap() {
        assertThat(names("sgd:momentum=0,clip-norm=1")).isEmpty();
        assertThat(names("lion:clip-value=1")).containsExactly("lion.m.w", "lion.m.b");
        assertThat(names("lion:ema=0.5")).containsExactly("lion.m.w", "lion.m.b", "ema.w", "ema.b");
    }

    @Test
    void averagesAreFoundWhereverTheyAre() {
        assertThat(Optimizers.averages(Optimizers.named("adam"), SPECS)).isEmpty();
        for (var text : List.of("adam:ema=0.5", "adam:ema=0.5,clip-norm=1")) {
            assertThat(Optimizers.averages(Optimizers.named(text), SPECS)).hasValue(new Span(4, 2));
        }
    }

    private static List<String> names(String text) {
        return Optimizers.named(text).state(SPECS).stream().map(ParameterSpec::name).toList();
    }

    private static void refused(String text, String message) {
        assertThatThrownBy(() -> Optimizers.named(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
