package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import motley.nn.Trainer.Batch;
import motley.nn.TrainingProgram.Span;
import motley.program.reference.Reference;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Positions mean what the records say: every one has the type of what it is for.
final class TrainingProgramTest {
    private static final Model MODEL = SmallModels.cnn();
    private static final Optimizer ADAM = Optimizers.named("adam");
    private static final TensorType SCALAR = TensorType.f32();
    private static final TensorType IMAGES = TensorType.f32(4, 8, 8, 1);
    private static final TensorType LABELS = TensorType.i32(4);
    private static final TensorType WEIGHTS = TensorType.f32(4);
    private static final TensorType SAMPLES = TensorType.i32(4);
    private static final TensorType KEY = TensorType.i32(2);

    @Test
    void initialTakesAKeyAndGivesParameters() {
        var p = TrainingPrograms.initial(MODEL);
        assertThat(p.program().paramTypes()).containsExactly(KEY);
        assertThat(p.key()).isZero();
        assertThat(at(p.program().resultTypes(), p.parameters())).isEqualTo(parameters());
    }

    @Test
    void gradientTakesABatchAndGivesSums() {
        var p = TrainingPrograms.gradient(MODEL, 4);
        var params = p.program().paramTypes();
        var batch = List.of(IMAGES, LABELS, WEIGHTS, SAMPLES, KEY);
        assertThat(params).isEqualTo(concat(parameters(), batch));
        assertThat(at(params, p.parameters())).isEqualTo(parameters());
        assertThat(
                        List.of(
                                params.get(p.inputs()),
                                params.get(p.targets()),
                                params.get(p.weights()),
                                params.get(p.samples()),
                                params.get(p.key())))
                .isEqualTo(batch);
        var results = p.program().resultTypes();
        assertThat(results).isEqualTo(concat(List.of(SCALAR, SCALAR), parameters()));
        assertThat(at(results, p.gradients())).isEqualTo(parameters());
    }

    @Test
    void updateTakesGradientsAndGivesWhatItCarries() {
        var p = TrainingPrograms.update(MODEL, ADAM);
        var params = p.program().paramTypes();
        var carried = concat(parameters(), state());
        assertThat(params)
                .isEqualTo(concat(carried, concat(parameters(), List.of(SCALAR, SCALAR))));
        assertThat(at(params, p.state())).isEqualTo(state());
        assertThat(at(params, p.gradients())).isEqualTo(parameters());
        assertThat(p.learningRate()).isEqualTo(params.size() - 2);
        assertThat(p.step()).isEqualTo(params.size() - 1);
        assertThat(p.program().resultTypes()).isEqualTo(carried);
        assertThat(p.carries()).hasSize(carried.size());
    }

    @Test
    void stepTakesABatchAndGivesWhatItCarriesAndSums() {
        var p = TrainingPrograms.step(MODEL, ADAM, 4);
        var params = p.program().paramTypes();
        var carried = concat(parameters(), state());
        var rest = List.of(SCALAR, SCALAR, IMAGES, LABELS, WEIGHTS, SAMPLES, KEY);
        assertThat(params).isEqualTo(concat(carried, rest));
        var positions =
                Stream.of(
                        p.learningRate(),
                        p.step(),
                        p.inputs(),
                        p.targets(),
                        p.weights(),
                        p.samples(),
                        p.key());
        assertThat(positions.map(params::get).toList()).isEqualTo(rest);
        var results = p.program().resultTypes();
        assertThat(results).isEqualTo(concat(carried, List.of(SCALAR, SCALAR)));
        assertThat(p.lossSum()).isEqualTo(carried.size());
        for (var carry : p.carries()) {
            assertThat(results.get(carry.result())).isEqualTo(params.get(carry.param()));
        }
    }

    /// Without dropout, evaluation and training see the same loss.
    @Test
    void evaluationAgreesWithTheGradientProgram() {
        var trainer = new Trainer(MODEL);
        var batch = Batch.of(MODEL, 1, 4, 3);
        var contribution = trainer.gradient(batch);
        var p = TrainingPrograms.evaluate(MODEL, 4);
        var params = Trainer.params(p);
        Trainer.put(params, p.parameters(), trainer.parameters);
        params.set(p.inputs(), batch.images());
        params.set(p.targets(), batch.labels());
        params.set(p.weights(), batch.weights());
        var results = Reference.evaluate(p.program(), params);
        assertThat(results.get(p.lossSum()).get(0)).isEqualTo(contribution.lossSum());
        assertThat(results.get(p.correct()).get(0)).isEqualTo(contribution.correct());
    }

    @Test
    void predictionGivesOneLogitPerClass() {
        var p = TrainingPrograms.predict(MODEL, 4);
        assertThat(p.program().paramTypes()).isEqualTo(concat(parameters(), List.of(IMAGES)));
        assertThat(p.inputs()).isEqualTo(parameters().size());
        assertThat(p.program().resultTypes().get(p.output())).isEqualTo(TensorType.f32(4, 10));
    }

    @Test
    void equalArgumentsGiveEqualPrograms() {
        var model = Models.named("mnist-cnn");
        assertThat(TrainingPrograms.step(model, ADAM, 32))
                .isEqualTo(TrainingPrograms.step(model, ADAM, 32));
    }

    @Test
    void optimizerStateIsNamedAfterItsParameter() {
        var names = ADAM.state(MODEL.parameters()).stream().map(ParameterSpec::name).toList();
        assertThat(names).hasSize(16).startsWith("adam.m.conv1.weight", "adam.m.conv1.bias");
        assertThat(names).endsWith("adam.v.dense2.weight", "adam.v.dense2.bias");
        assertThat(new Optimizer.Sgd(0, false).state(MODEL.parameters())).isEmpty();
        assertThatThrownBy(() -> new Optimizer.Sgd(0, true)).hasMessageContaining("nesterov");
        assertThatThrownBy(() -> new Optimizer.Adam(0.9, 1, 1e-8, 0)).hasMessageContaining("beta2");
    }

    private static List<TensorType> parameters() {
        return MODEL.parameters().stream().map(ParameterSpec::type).toList();
    }

    private static List<TensorType> state() {
        return ADAM.state(MODEL.parameters()).stream().map(ParameterSpec::type).toList();
    }

    private static List<TensorType> at(List<TensorType> types, Span span) {
        return types.subList(span.first(), span.end());
    }

    private static List<TensorType> concat(List<TensorType> first, List<TensorType> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
