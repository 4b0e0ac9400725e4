package motley.app;

import java.util.stream.IntStream;
import motley.data.LabelledImages;
import motley.nn.Model;
import motley.program.Executable;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import motley.training.Confusion;

/// What a model makes of labelled images.
final class Predictions {
    private final LabelledImages images;
    private final int classes;
    private final boolean areProbabilities; // and not logits
    private final int[] predicted;
    private final float[] probabilities;

    Predictions(LabelledImages images, Model model) {
        this.images = images;
        this.classes = model.classes();
        this.areProbabilities = model.hasLink();
        this.predicted = new int[images.count()];
        this.probabilities = new float[images.count()];
    }

    /// Runs all images through `program`, `batch` at a time; its result 0 are the logits, or
    /// probabilities if the model ends with them.
    ///
    /// @param imagesParam the program's param for the images
    void compute(Executable program, int imagesParam, int batch, Console console) {
        var pixels = Tensor.onHeap(TensorType.f32().with(images.imageShape().prepend(batch)));
        var labels = Tensor.onHeap(TensorType.i32(batch));
        var logits = Tensor.onHeap(TensorType.f32().with(Shape.of(batch, classes)));
        for (int first = 0; first < count(); first += batch) {
            int size = Math.min(batch, count() - first);
            images.copy(IntStream.range(first, first + size).toArray(), pixels, labels);
            program.write(imagesParam, pixels);
            program.run();
            program.read(0, logits);
            for (int row = 0; row < size; row++) choose(first + row, logits, row * classes);
            console.progress("%d of %d images".formatted(first + size, count()));
        }
    }

    private void choose(int sample, Tensor logits, int from) {
        int best = 0;
        for (int i = 1; i < classes; i++) {
            if (logits.getFloat(from + i) > logits.getFloat(from + best)) best = i;
        }
        double sum = 0;
        for (int i = 0; i < classes; i++) {
            sum += Math.exp(logits.getFloat(from + i) - logits.getFloat(from + best));
        }
        predicted[sample] = best;
        probabilities[sample] = areProbabilities ? logits.getFloat(from + best) : (float) (1 / sum);
    }

    int count() {
        return images.count();
    }

    int label(int sample) {
        return images.label(sample);
    }

    int prediction(int sample) {
        return predicted[sample];
    }

    /// Of the predicted class, by softmax.
    float probability(int sample) {
        return probabilities[sample];
    }

    long correct() {
        return confusion().right();
    }

    double accuracy() {
        return confusion().accuracy();
    }

    Confusion confusion() {
        var confusion = new Confusion(classes);
        for (int i = 0; i < count(); i++) confusion.add(images.label(i), predicted[i]);
        return confusion;
    }
}
