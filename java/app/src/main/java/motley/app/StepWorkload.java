package motley.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import motley.nn.Model;
import motley.nn.Optimizer;
import motley.nn.TrainingProgram;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.Executable;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Whole training steps (forward, backward, optimizer) over one batch of random samples.
final class StepWorkload implements Workload {
    private static final long SEED = 1;

    private final Setting setting;
    private final TrainingProgram.Step program;
    private final Executable training;
    private final List<Tensor> first;
    private final Tensor step = Tensor.onHeap(TensorType.f32());
    private int steps;

    private StepWorkload(
            Setting setting,
            TrainingProgram.Step program,
            Executable training,
            List<Tensor> first) {
        this.setting = setting;
        this.program = program;
        this.training = training;
        this.first = first;
    }

    /// What is trained, and how much of it in one step.
    record Setting(Model model, Optimizer optimizer, int batchSize) {}

    static StepWorkload open(Engine engine, Setting setting) {
        var program =
                TrainingPrograms.step(setting.model(), setting.optimizer(), setting.batchSize());
        var training = engine.prepare(program.program(), program.carries());
        var workload =
                new StepWorkload(setting, program, training, firstValues(engine, setting.model()));
        workload.writeBatch();
        workload.reset();
        return workload;
    }

    private static List<Tensor> firstValues(Engine engine, Model model) {
        var initial = TrainingPrograms.initial(model);
        var values = new ArrayList<Tensor>();
        try (var drawing = engine.prepare(initial.program(), List.of())) {
            drawing.write(initial.key(), Tensor.ofInts(Shape.of(2), 0, (int) SEED));
            drawing.run();
            var span = initial.parameters();
            for (int i = 0; i < span.count(); i++) {
                var value = Tensor.onHeap(model.parameters().get(i).type());
                drawing.read(span.at(i), value);
                values.add(value);
            }
        }
        return values;
    }

    private void writeBatch() {
        var random = new SplittableRandom(SEED);
        var learningRate = (float) setting.optimizer().defaultLearningRate();
        training.write(program.learningRate(), Tensor.ofFloats(Shape.of(), learningRate));
        int paramCount = program.program().params().size();
        for (int param = program.inputs(); param < paramCount; param++) {
            var value = Tensor.onHeap(program.program().params().get(param).type());
            if (param == program.weights()) fill(value, 1);
            else drawInto(value, random);
            training.write(param, value);
        }
    }

    private void drawInto(Tensor value, SplittableRandom random) {
        for (int i = 0; i < value.shape().count(); i++) {
            if (value.type().dtype() == DType.F32) value.setFloat(i, random.nextFloat());
            else value.setInt(i, random.nextInt(setting.model().classes()));
        }
    }

    private static void fill(Tensor value, float element) {
        for (int i = 0; i < value.shape().count(); i++) value.setFloat(i, element);
    }

    @Override
    public String description() {
        return "%s, batch %d".formatted(setting.model().name(), setting.batchSize());
    }

    @Override
    public SequencedMap<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("model", setting.model().name());
        fields.put("batchSize", setting.batchSize());
        return fields;
    }

    @Override
    public Rate rate() {
        return new Rate(setting.batchSize(), "samples", "samplesPerSecond");
    }

    @Override
    public void reset() {
        steps = 0;
        for (int i = 0; i < first.size(); i++) training.write(i, first.get(i));
        var state = program.state();
        for (int i = 0; i < state.count(); i++) {
            var type = program.program().params().get(state.at(i)).type();
            training.write(state.at(i), Tensor.onHeap(type));
        }
    }

    @Override
    public void run() {
        step.setFloat(0, ++steps);
        training.write(program.step(), step);
        training.run();
    }

    @Override
    public void close() {
        training.close();
    }
}
