package motley.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import motley.nn.TrainingProgram.Span;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.TensorType;

/// Runs training programs in the reference, which is what tests of this module measure.
final class Trainer {
    static final Values KEY = Values.of(TensorType.i32(2), 17, 4);

    final Model model;
    List<Values> parameters;

    Trainer(Model model) {
        this.model = model;
        var specs = model.parameters();
        var values = new ArrayList<Values>();
        for (int i = 0; i < specs.size(); i++) values.add(Formula.weights(i, specs.get(i)));
        parameters = values;
    }

    /// Samples as programs take them.
    record Batch(Values images, Values labels, Values weights, Values samples) {
        /// Images and labels of [Formula], of which the first `counted` weigh 1.
        static Batch of(Model model, int step, int size, int counted) {
            return new Batch(
                    Formula.images(1000 + step, size, model.inputShape()),
                    Formula.labels(2000 + step, size, model.classes()),
                    Formula.fill(TensorType.f32(size), i -> i < counted ? 1 : 0),
                    Formula.fill(TensorType.i32(size), i -> 100 * step + i));
        }

        int size() {
            return labels.count();
        }
    }

    /// What [TrainingProgram.Gradient] gives.
    record Contribution(double lossSum, double correct, List<Values> gradients) {}

    Contribution gradient(Batch batch) {
        var p = TrainingPrograms.gradient(model, batch.size());
        var params = params(p);
        put(params, p.parameters(), parameters);
        params.set(p.inputs(), batch.images);
        params.set(p.targets(), batch.labels);
        params.set(p.weights(), batch.weights);
        params.set(p.samples(), batch.samples);
        params.set(p.key(), KEY);
        var results = Reference.evaluate(p.program(), params);
        return new Contribution(
                results.get(p.lossSum()).get(0),
                results.get(p.correct()).get(0),
                take(results, p.gradients()));
    }

    static List<Values> params(TrainingProgram program) {
        int count = program.program().params().size();
        return new ArrayList<>(Collections.nCopies(count, Values.filled(TensorType.f32(), 0)));
    }

    static void put(List<Values> into, Span span, List<Values> values) {
        for (int i = 0; i < values.size(); i++) into.set(span.at(i), values.get(i));
    }

    static List<Values> take(List<Values> from, Span span) {
        return from.subList(span.first(), span.end());
    }
}
