package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

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
