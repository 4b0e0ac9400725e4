package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import motley.nn.Forward.Mode;
import motley.nn.Layer.Dropout;
import motley.nn.Layer.Flatten;
import motley.program.ProgramBuilder;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Images of ones through dropout alone: what comes out is the mask, scaled.
final class DropoutTest {
    private static final double RATE = 0.25;
    private static final Shape IMAGE = Shape.of(4, 5, 3);
    private static final int PIXELS = IMAGE.count();

    @Test
    void expectationStays() {
        int samples = 400;
        var out = masks(Trainer.KEY, range(samples), List.of(new Flatten(), new Dropout(RATE)));
        double kept = 1 / (1 - RATE);
        assertThat(out.toArray()).containsOnly(0, kept);
        // The mean of n independent masks has deviation √(rate / (1 - rate) / n); allow five.
        double deviation = Math.sqrt(RATE / (1 - RATE) / (samples * PIXELS));
        assertThat(out.sum() / (samples * PIXELS)).isCloseTo(1, within(5 * deviation));
        for (int pixel = 0; pixel < PIXELS; pixel++) {
            double sum = 0;
            for (int i = 0; i < samples; i++) sum += out.get(i * PIXELS + pixel);
            double allowed = 5 * Math.sqrt(RATE / (1 - RATE) / samples);
            assertThat(sum / samples).as("pixel %d", pixel).isCloseTo(1, within(allowed));
        }
    }

    @Test
    void sampleKeepsItsMaskInAnyBatch() {
        List<Layer> layers = List.of(new Dropout(RATE), new Flatten());
        var first = masks(Trainer.KEY, new int[] {3, 7}, layers);
        var second = masks(Trainer.KEY, new int[] {7, 60_000, -1, 3}, layers);
        assertThat(row(first, 0)).isEqualTo(row(second, 3));
        assertThat(row(first, 1)).isEqualTo(row(second, 0));
    }

    @Test
    void masksDifferBySampleKeyAndLayer() {
        var samples = new int[] {3, 7};
        var one = masks(Trainer.KEY, samples, List.of(new Dropout(RATE), new Flatten()));
        assertThat(row(one, 0)).isNotEqualTo(row(one, 1));
        var otherKey = Values.of(TensorType.i32(2), 17, 5);
        var two = masks(otherKey, samples, List.of(new Dropout(RATE), new Flatten()));
        assertThat(row(two, 0)).isNotEqualTo(row(one, 0));
        var three = masks(Trainer.KEY, samples, List.of(new Flatten(), new Dropout(RATE)));
        assertThat(row(three, 0)).isNotEqualTo(row(one, 0));
    }

    @Test
    void inferenceAndRateZeroDropNothing() {
        var images = Formula.images(1, 2, IMAGE);
        var model = new Model("dropout", IMAGE, PIXELS, List.of(new Dropout(RATE), new Flatten()));
        var p = TrainingPrograms.predict(model, 2);
        var logits = Reference.evaluate(p.program(), List.of(images)).get(p.output());
        assertThat(logits.toArray()).isEqualTo(images.toArray());
        var none = masks(Trainer.KEY, range(2), List.of(new Dropout(0), new Flatten()));
        assertThat(none.toArray()).containsOnly(1);
    }

    private static Values masks(Values key, int[] samples, List<Layer> layers) {
        var model = new Model("dropout", IMAGE, PIXELS, layers);
        var b = new ProgramBuilder();
        var keyParam = b.param(TensorType.i32(2));
        var sampleParam = b.param(TensorType.i32(samples.length));
        var ones = b.fill(Formula.images(0, samples.length, IMAGE).type(), 1);
        var weights = b.fill(TensorType.f32(samples.length), 1);
        var forward = new Forward(b, new Mode.Training(keyParam, sampleParam, weights));
        var program = b.build(List.of(forward.pass(model, List.of(), ones).output()));
        var numbers = Formula.fill(TensorType.i32(samples.length), i -> samples[i]);
        return Reference.evaluate(program, List.of(key, numbers)).getFirst();
    }

    private static double[] row(Values masks, int sample) {
        var row = new double[PIXELS];
        for (int i = 0; i < PIXELS; i++) row[i] = masks.get(sample * PIXELS + i);
        return row;
    }

    private static int[] range(int count) {
        var range = new int[count];
        for (int i = 0; i < count; i++) range[i] = i;
        return range;
    }
}
