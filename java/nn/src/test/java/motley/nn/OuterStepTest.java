package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// What becomes of the mean of devices' moves.
final class OuterStepTest {
    private static final double RATE = 0.7;
    private static final double MOMENTUM = 0.9;

    /// The first step of Nesterov's momentum goes `rate·(1 + μ)` along a move; what is measured and
    /// not trained becomes the mean of what devices have.
    @Test
    void trainedParametersFollowTheOptimizerAndStatisticsTheMean() {
        var model =
                Model.sequential(
                        "normed", TensorType.f32(3), new Layer.Dense(4), new Layer.BatchNorm());
        var p = TrainingPrograms.outer(model, Optimizers.named("nesterov:momentum=" + MOMENTUM));
        var specs = model.parameters();
        var params = new ArrayList<Values>();
        for (int i = 0; i < specs.size(); i++) params.add(Formula.weights(i, specs.get(i)));
        for (int i = 0; i < p.state().count(); i++) {
            params.add(Formula.fill(p.program().paramTypes().get(p.state().at(i)), _ -> 0));
        }
        for (int i = 0; i < specs.size(); i++) {
            double move = 0.01 * (i + 1);
            params.add(Formula.fill(specs.get(i).type(), _ -> move));
        }
        params.add(Formula.fill(TensorType.f32(), _ -> RATE));
        params.add(Formula.fill(TensorType.f32(), _ -> 1));

        var results = Reference.evaluate(p.program(), params);

        assertThat(specs).anyMatch(ParameterSpec::isTrained).anyMatch(spec -> !spec.isTrained());
        for (int i = 0; i < specs.size(); i++) {
            double move = 0.01 * (i + 1);
            double expected = specs.get(i).isTrained() ? RATE * (1 + MOMENTUM) * move : move;
            double moved = params.get(i).get(0) - results.get(p.parameters().at(i)).get(0);
            assertThat(moved).as(specs.get(i).name()).isCloseTo(expected, within(1e-12));
        }
    }
}
