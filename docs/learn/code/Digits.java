// Page 7: filters that slide over pictures.

import static motley.nn.Layer.*;

import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.tensor.*;
import motley.training.*;

void main() {
    var mnist = ImageDataset.in(Path.of(System.getProperty("motley.datasets"), "mnist"));
    var train = mnist.readTrain().part(0, 4000);
    var test = mnist.readTest().part(0, 1000);

    var image = Tensor.onHeap(TensorType.f32(1, 28, 28, 1));
    var label = Tensor.onHeap(TensorType.i32(1));
    train.copy(new int[] {0}, image, label);
    IO.println("a " + label.getInt(0));
    draw(image.toFloats(), 28);

    float[][] edge = {{-1, -1, -1}, {0, 0, 0}, {1, 1, 1}};
    IO.println("and its upper edges");
    draw(filtered(image.toFloats(), 28, edge), 26);

    var dense = images("dense", new Flatten(), new Dense(32), new Relu(), new Dense(10));
    var conv =
            images(
                    "convolutional",
                    new Conv2D(8, 3), // [26, 26, 8]
                    new Relu(),
                    new MaxPool(2), // [13, 13, 8]
                    new Conv2D(16, 3), // [11, 11, 16]
                    new Relu(),
                    new MaxPool(2), // [5, 5, 16]
                    new Flatten(), // [400]
                    new Dense(10));
    IO.print(conv.summary());
    IO.println();
    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        for (var model : List.of(dense, conv)) {
            var trainer = new Trainer(engine, model, 1);
            var settings = FitSettings.of(5, 50, "adam").withRate(new Schedule.Cosine(0.003, 0));
            trainer.fit(train, Optional.empty(), settings, epoch -> {});
            IO.println(
                    "%-14s %6d numbers, %.1f %% of the test images right"
                            .formatted(
                                    model.name(),
                                    model.summary().parameterCount(),
                                    100 * trainer.evaluate(test).accuracy()));
            if (model == conv) showMistake(trainer, test);
        }
    }
}

Model images(String name, Layer... layers) {
    return Model.sequential(name, TensorType.f32(28, 28, 1), layers);
}

/// At every place, the sum of the nine pixels there times the nine numbers of the filter.
float[] filtered(float[] image, int size, float[][] filter) {
    int smaller = size - 2;
    var result = new float[smaller * smaller];
    for (int row = 0; row < smaller; row++) {
        for (int column = 0; column < smaller; column++) {
            float sum = 0;
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    sum += image[(row + i) * size + column + j] * filter[i][j];
                }
            }
            result[row * smaller + column] = sum;
        }
    }
    return result;
}

/// Each pixel as a character, twice as wide as high.
void draw(float[] image, int size) {
    var shades = " ░▒▓█";
    for (int row = 0; row < size; row++) {
        var line = new StringBuilder();
        for (int column = 0; column < size; column++) {
            float pixel = Math.clamp(image[row * size + column], 0f, 1f);
            line.repeat(shades.charAt(Math.round(pixel * 4)), 2);
        }
        if (!line.toString().isBlank()) IO.println(line.toString().stripTrailing());
    }
}

/// The first test image that the model takes for another digit.
void showMistake(Trainer trainer, Samples test) {
    var images = Tensor.onHeap(TensorType.f32(test.count(), 28, 28, 1));
    var labels = Tensor.onHeap(TensorType.i32(test.count()));
    test.copy(IntStream.range(0, test.count()).toArray(), images, labels);
    var logits = trainer.predict(images).toFloats(); // [sample, class]
    int sample = 0;
    while (largest(logits, sample) == labels.getInt(sample)) sample++;
    IO.println();
    IO.println(
            "test image %d is a %d, but was read as a %d:"
                    .formatted(sample, labels.getInt(sample), largest(logits, sample)));
    var all = images.toFloats();
    draw(Arrays.copyOfRange(all, sample * 784, (sample + 1) * 784), 28);
}

/// The class with the largest of the ten logits.
int largest(float[] logits, int sample) {
    int best = 0;
    for (int k = 1; k < 10; k++) {
        if (logits[sample * 10 + k] > logits[sample * 10 + best]) best = k;
    }
    return best;
}
