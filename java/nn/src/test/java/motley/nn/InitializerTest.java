package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InitializerTest {
    private static final Model MODEL = SmallModels.cnn();

    @Test
    void limitsFollowTheFans() {
        var filters = Shape.of(3, 3, 4, 8); // 36 inputs reach an output, an input reaches 72.
        assertThat(Initializers.HE_UNIFORM.limit(filters)).isEqualTo(Math.sqrt(6.0 / 36));
        assertThat(Initializers.GLOROT_UNIFORM.limit(filters)).isEqualTo(Math.sqrt(6.0 / 108));
        assertThat(Initializers.HE_UNIFORM.limit(Shape.of(24, 16))).isEqualTo(0.5);
        assertThat(Initializers.ZEROS.limit(Shape.of(5))).isZero();
    }

    /// Mean 0, variance limit²/3 and full range, each within five standard deviations.
    @Test
    void weightsAreUniform() {
        var specs = MODEL.parameters();
        var values = initial(17, 4);
        for (int i = 0; i < specs.size(); i++) {
            var spec = specs.get(i);
            double limit = spec.initializer().limit(spec.shape());
            double n = spec.shape().count();
            var x = values.get(i).map(w -> limit == 0 ? w : w / limit);
            for (double w : x.toArray()) assertThat(w).isBetween(-1.0, 1.0);
            if (limit == 0) {
                assertThat(x.toArray()).containsOnly(0);
            } else {
                double mean = x.sum() / n;
                assertThat(mean).as(spec.name()).isCloseTo(0, within(5 * Math.sqrt(1 / 3.0 / n)));
                // Var(w²) = 1/5 - 1/9 for w uniform in [-1, 1).
                double square = x.map(w -> w * w).sum() / n;
                double deviation = Math.sqrt((1 / 5.0 - 1 / 9.0) / n);
                assertThat(square).as(spec.name()).isCloseTo(1 / 3.0, within(5 * deviation));
            }
        }
    }

    @Test
    void textIsReadAsItWasWritten() {
        for (var name : Initializers.names()) {
            var initializer = Initializers.named(name);
            assertThat(Initializers.named(Initializers.text(initializer))).isEqualTo(initializer);
        }
        var narrow = new Initializer.TruncatedNormal(0.125);
        assertThat(Initializers.text(narrow)).isEqualTo("truncated-normal:deviation=0.125");
        assertThat(Initializers.named("normal:deviation=0.5"))
                .isEqualTo(new Initializer.Normal(0.5));
        assertThatThrownBy(() -> Initializers.named("he"))
                .hasMessageStartingWith("initializer: he (expected: one of zeros, ones,");
        assertThatThrownBy(() -> Initializers.named("normal:deviation=0"))
                .hasMessage("deviation: 0.0 (expected: a finite number above 0)");
    }

    /// The polynomials' error in exact arithmetic is that of single precision, 4·10⁻⁷.
    @Test
    void errorFunctionIsInverted() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(9));
        var back = b.unary(UnaryKind.ERF, Initializers.erfInverse(b, x));
        var at = Values.of(TensorType.f32(9), -0.9999, -0.99, -0.7, -0.1, 0, 1e-6, 0.3, 0.9, 0.999);
        var actual = Reference.evaluate(b.build(List.of(back)), List.of(at)).getFirst();
        for (int i = 0; i < 9; i++) {
            // d erf⁻¹ = 4·10⁻⁷·erf⁻¹, times the slope of erf, is at most 4·10⁻⁷ of x.
            assertThat(actual.get(i)).isCloseTo(at.get(i), within(4e-7 * Math.abs(at.get(i))));
        }
    }

    /// Mean, variance and the share within one deviation, each within five standard deviations of
    /// what 40,000 draws have.
    @ParameterizedTest
    @ValueSource(strings = {"normal:deviation=1", "truncated-normal:deviation=1", "he-normal"})
    void bellsAreNormal(String text) {
        int n = 40_000;
        var initializer = Initializers.named(text);
        var layer = new Layer.Dense(200, false);
        var model = Model.sequential("one", TensorType.f32(200), layer.initialized(initializer));
        var spec = model.parameters().getFirst();
        assertThat(spec.initializer()).isEqualTo(initializer);
        var key = Values.of(TensorType.i32(2), 3, 4);
        var drawn = Reference.evaluate(TrainingPrograms.initial(model).program(), List.of(key));
        double deviation = initializer.deviation(spec.shape());
        var x = drawn.getFirst().map(w -> w / deviation);
        assertThat(x.sum() / n).isCloseTo(0, within(5 / Math.sqrt(n)));
        assertThat(x.map(w -> w * w).sum() / n).isCloseTo(1, within(5 * Math.sqrt(2.0 / n)));
        boolean cut = initializer instanceof Initializer.TruncatedNormal;
        double unit = cut ? 1 / deviation : 1;
        double within = cut ? 0.682689 / 0.954500 : 0.682689; // Φ of one and of two deviations
        double share = x.map(w -> Math.abs(w) < unit ? 1 : 0).sum() / n;
        assertThat(share).isCloseTo(within, within(5 * Math.sqrt(within * (1 - within) / n)));
        double largest = Arrays.stream(x.map(Math::abs).toArray()).max().orElseThrow();
        // Of 40,000 normal draws the largest is over 3 but for one try in 10⁴⁶.
        if (cut) assertThat(largest * deviation).isBetween(1.99, 2.0);
        else assertThat(largest).isGreaterThan(3);
    }

    /// What begins as a constant keeps its own beginning, and an inner choice wins.
    @Test
    void chosenInitializersReachTheWeights() {
        var block = Block.sequence(new Layer.Dense(3), new Layer.BatchNorm(), inner());
        var model =
                Model.sequential(
                        "chosen", TensorType.f32(4), block.initialized(new Initializer.Normal(1)));
        var begun = model.parameters().stream().map(p -> Initializers.text(p.initializer()));
        assertThat(begun)
                .containsExactly(
                        "normal:deviation=1.0",
                        "zeros",
                        "ones",
                        "zeros",
                        "zeros",
                        "ones",
                        "he-normal",
                        "zeros");
    }

    private static Block inner() {
        return new Layer.Dense(2).initialized(Initializers.named("he-normal"));
    }

    @Test
    void keyDecidesEverything() {
        assertThat(initial(17, 4)).isEqualTo(initial(17, 4));
        assertThat(initial(17, 5).getFirst()).isNotEqualTo(initial(17, 4).getFirst());
        assertThat(initial(18, 4).getFirst()).isNotEqualTo(initial(17, 4).getFirst());
    }

    @Test
    void parametersAndTheirRowsDiffer() {
        var layers = List.of(new Layer.Flatten(), new Layer.Dense(16), new Layer.Dense(16));
        var model = new Model("twice", Shape.of(4, 4, 1), 16, List.copyOf(layers));
        var key = Values.of(TensorType.i32(2), 1, 2);
        var program = TrainingPrograms.initial(model).program();
        var values = Reference.evaluate(program, List.of(key));
        assertThat(values.get(2)).isNotEqualTo(values.get(0));
        var weights = values.getFirst().toArray();
        assertThat(Arrays.stream(weights).distinct().count()).isGreaterThan(250);
    }

    private static List<Values> initial(int first, int second) {
        var p = TrainingPrograms.initial(MODEL);
        var key = Values.of(TensorType.i32(2), first, second);
        return Trainer.take(Reference.evaluate(p.program(), List.of(key)), p.parameters());
    }
}
