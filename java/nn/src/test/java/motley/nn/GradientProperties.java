package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import motley.nn.Layer.Add;
import motley.nn.Layer.Attention;
import motley.nn.Layer.AveragePool;
import motley.nn.Layer.BatchNorm;
import motley.nn.Layer.Border;
import motley.nn.Layer.Concatenate;
import motley.nn.Layer.Conv1D;
import motley.nn.Layer.Conv2D;
import motley.nn.Layer.Dense;
import motley.nn.Layer.DepthwiseConv2D;
import motley.nn.Layer.Dropout;
import motley.nn.Layer.Flatten;
import motley.nn.Layer.Gelu;
import motley.nn.Layer.GlobalAveragePool;
import motley.nn.Layer.GlobalMaxPool;
import motley.nn.Layer.GroupNorm;
import motley.nn.Layer.Gru;
import motley.nn.Layer.LayerNorm;
import motley.nn.Layer.LeakyRelu;
import motley.nn.Layer.LearnedPositions;
import motley.nn.Layer.Lstm;
import motley.nn.Layer.MaxPool;
import motley.nn.Layer.Multiply;
import motley.nn.Layer.Relu;
import motley.nn.Layer.Reshape;
import motley.nn.Layer.RmsNorm;
import motley.nn.Layer.Sigmoid;
import motley.nn.Layer.Silu;
import motley.nn.Layer.SinusoidalPositions;
import motley.nn.Layer.Softmax;
import motley.nn.Layer.Steps;
import motley.nn.Layer.Tanh;
import motley.nn.Layer.TransposedConv2D;
import motley.nn.Trainer.Batch;
import motley.program.reference.Values;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// Laws of the gradient program, in the reference.
final class GradientProperties {
    /// Step of the difference quotient. Its error is about `STEP²` times the third derivative, plus
    /// 2⁻⁵³ times the loss divided by `STEP`: some 10⁻¹⁰ both.
    private static final double STEP = 1e-5;

    private static final double TOLERANCE = 1e-7;
    private static final Shape IMAGE = Shape.of(6, 5, 2);

    /// Every layer, in a model around it.
    static final List<Model> MODELS =
            List.of(
                    model(new Flatten(), new Dense(10)),
                    model(new Flatten(), new Dense(7), new Relu(), new Dense(10)),
                    model(new Conv2D(3, 2), new Flatten(), new Dense(10)),
                    model(new Conv2D(3, 3, 2, Border.VALID), new Flatten(), new Dense(10)),
                    model(new Conv2D(3, 3, 2, Border.SAME), new Flatten(), new Dense(10)),
                    model(new Conv2D(3, 2), new MaxPool(2), new Flatten(), new Dense(10)),
                    model(new Conv2D(3, 2), new MaxPool(3, 1), new Flatten(), new Dense(10)),
                    model(new Flatten(), new Dense(9), new Dropout(0.3), new Dense(10)),
                    model(new Dropout(0.5), new Conv2D(10, 3, 4, Border.VALID), new Flatten()),
                    image(new Conv2D(4, 3, 1, Border.SAME).withGroups(2).withDilation(2)),
                    image(new Conv2D(3, 2).withoutBias()),
                    image(new DepthwiseConv2D(2, 3, 1, Border.SAME)),
                    image(new TransposedConv2D(3, 3, 2, Border.VALID)),
                    image(new TransposedConv2D(3, 3, 2, Border.SAME)),
                    image(new MaxPool(3, 2, Border.SAME)),
                    image(new AveragePool(2, 2, Border.SAME)),
                    image(new GlobalAveragePool()),
                    image(new GlobalMaxPool()),
                    image(new BatchNorm()),
                    image(new LayerNorm()),
                    image(new GroupNorm(2)),
                    image(new RmsNorm()),
                    image(new LeakyRelu(0.1)),
                    image(new Gelu()),
                    image(new Gelu(true)),
                    image(new Silu()),
                    image(new Sigmoid()),
                    image(new Tanh()),
                    image(new Softmax()),
                    series(new Conv1D(3, 3)),
                    series(new Conv1D(3, 3, 2, Border.SAME)),
                    series(new MaxPool(2)),
                    series(new AveragePool(2)),
                    series(new Attention(2, false)),
                    series(new Attention(5, true)),
                    series(new LearnedPositions()),
                    series(new SinusoidalPositions()),
                    series(new Lstm(4, Steps.LAST)),
                    series(new Lstm(4, Steps.ALL)),
                    series(new Gru(4, Steps.LAST)),
                    series(new Gru(4, Steps.ALL)),
                    around(Block.residual(new Conv2D(4, 3, 1, Border.SAME), new BatchNorm())),
                    merged(new Add()),
                    merged(new Multiply()),
                    merged(new Concatenate()));

    /// `layer` between a convolution and a dense layer, so that gradients pass through it.
    private static Model image(Layer layer) {
        return around(layer);
    }

    /// The same for a layer that takes a series of 6 steps.
    private static Model series(Layer layer) {
        return around(new Reshape(Shape.of(6, 20)), new Dense(10), layer);
    }

    private static Model around(Block... blocks) {
        var all = new ArrayList<Block>();
        all.add(new Conv2D(4, 3, 1, Border.SAME));
        all.addAll(List.of(blocks));
        all.add(new Flatten());
        all.add(new Dense(10));
        var input = new TensorType(DType.F32, IMAGE);
        return Model.sequential("small", input, all.toArray(Block[]::new));
    }

    private static Model merged(Layer merge) {
        var g = new Graph();
        var x = g.apply(new Conv2D(4, 3, 1, Border.SAME), g.sample());
        var y = g.apply(new Conv2D(4, 2, 1, Border.SAME), g.sample());
        g.apply(new Dense(10), g.apply(new Flatten(), g.apply(merge, x, y)));
        return g.classifier("small", new TensorType(DType.F32, IMAGE));
    }

    /// `⟨g, v⟩` is the slope of the loss along `v`, in one random direction `v` of all parameters.
    @ParameterizedTest
    @FieldSource("MODELS")
    void gradientIsTheSlopeOfTheLoss(Model model) {
        long seed = 7;
        var random = new SplittableRandom(seed);
        var trainer = new Trainer(model);
        var at = trainer.parameters;
        var direction = at.stream().map(x -> x.map(_ -> random.nextDouble(-1, 1))).toList();
        var batch = randomBatch(random, 3);

        double slope = 0;
        var gradients = trainer.gradient(batch).gradients();
        var specs = model.parameters();
        for (int i = 0; i < at.size(); i++) {
            if (!specs.get(i).isTrained()) continue;
            slope += gradients.get(i).zip(direction.get(i), (g, v) -> g * v).sum();
        }
        trainer.parameters = moved(at, direction, STEP);
        double above = trainer.gradient(batch).lossSum();
        trainer.parameters = moved(at, direction, -STEP);
        double below = trainer.gradient(batch).lossSum();

        double expected = (above - below) / (2 * STEP);
        assertThat(slope)
                .as("seed %d", seed)
                .isCloseTo(expected, within(TOLERANCE * (1 + Math.abs(expected))));
    }

    /// The law that lets devices share a batch. Each sum has at most 600 terms, so rounding stays
    /// under 600·2⁻⁵³ of the terms' magnitude.
    @Test
    void microBatchesAddUp() {
        var trainer = new Trainer(SmallModels.cnn());
        var whole = batch(trainer, 0, 1, 2, 3, 4, 5);
        var sum = trainer.gradient(whole);
        var first = trainer.gradient(batch(trainer, 0, 1));
        var second = trainer.gradient(batch(trainer, 2, 3, 4, 5));
        assertThat(first.lossSum() + second.lossSum())
                .isCloseTo(sum.lossSum(), within(1e-12 * sum.lossSum()));
        assertThat(first.correct() + second.correct()).isEqualTo(sum.correct());
        for (int i = 0; i < sum.gradients().size(); i++) {
            var parts = first.gradients().get(i).zip(second.gradients().get(i), Double::sum);
            var difference = parts.zip(sum.gradients().get(i), (x, y) -> Math.abs(x - y));
            assertThat(Arrays.stream(difference.toArray()).max().orElseThrow()).isLessThan(1e-12);
        }
    }

    /// Whatever a sample of weight 0 holds, the results are the same bits, and they are those of
    /// the batch without it.
    @Test
    void samplesOfWeightZeroContributeNothing() {
        var trainer = new Trainer(SmallModels.cnn());
        var bare = trainer.gradient(batch(trainer, 0, 1, 2));
        for (int filling : new int[] {3, 4}) {
            var b = batch(trainer, 0, 1, 2, filling, filling);
            var weights = Formula.fill(TensorType.f32(5), i -> i < 3 ? 1 : 0);
            var padded = new Batch(b.images(), b.labels(), weights, b.samples());
            assertThat(trainer.gradient(padded)).isEqualTo(bare);
        }
    }

    /// A NaN in the parameters must reach the loss, or nobody would notice.
    @Test
    void notANumberIsNotHidden() {
        var trainer = new Trainer(SmallModels.mlp());
        var spoilt = trainer.parameters.getFirst().map(_ -> Double.NaN);
        trainer.parameters.set(0, spoilt);
        assertThat(trainer.gradient(batch(trainer, 0, 1)).lossSum()).isNaN();
    }

    private static Model model(Layer... layers) {
        return SmallModels.model(IMAGE, layers);
    }

    private static Batch randomBatch(SplittableRandom random, int size) {
        var images = Formula.fill(TensorType.f32(size, 6, 5, 2), _ -> random.nextDouble());
        var labels = Formula.fill(TensorType.i32(size), _ -> random.nextInt(10));
        var weights = Formula.fill(TensorType.f32(size), i -> i == 0 ? 0.5 : 1);
        var samples = Formula.fill(TensorType.i32(size), i -> i);
        return new Batch(images, labels, weights, samples);
    }

    /// The named samples of a pool of six.
    private static Batch batch(Trainer trainer, int... chosen) {
        int size = chosen.length;
        var pool = Batch.of(trainer.model, 1, 6, 6);
        int pixels = trainer.model.inputShape().count();
        var type = pool.images().type().with(trainer.model.inputShape().prepend(size));
        IntToDoubleFunction pixel =
                i -> pool.images().get(chosen[i / pixels] * pixels + i % pixels);
        return new Batch(
                Formula.fill(type, pixel),
                Formula.fill(TensorType.i32(size), i -> pool.labels().get(chosen[i])),
                Values.filled(TensorType.f32(size), 1),
                Formula.fill(TensorType.i32(size), i -> chosen[i]));
    }

    private static List<Values> moved(List<Values> from, List<Values> direction, double by) {
        var moved = new ArrayList<Values>();
        for (int i = 0; i < from.size(); i++) {
            moved.add(from.get(i).zip(direction.get(i), (x, v) -> x + by * v));
        }
        return moved;
    }
}
