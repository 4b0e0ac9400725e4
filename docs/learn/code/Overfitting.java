// Page 8: learning by heart, and what helps against it.

import static motley.nn.Layer.*;

import motley.cpu.*;
import motley.data.*;
import motley.nn.*;
import motley.program.*;
import motley.tensor.*;
import motley.training.*;

void main() {
    var mnist = ImageDataset.in(Path.of(System.getProperty("motley.datasets"), "mnist"));
    var few = mnist.readTrain().part(0, 400);
    var unseen = mnist.readTrain().part(10_000, 1000);
    var test = mnist.readTest().part(0, 1000);
    var split = new Split(few, unseen);

    try (var engine = CpuEngine.open(new CpuSettings(2))) {
        var settings = FitSettings.of(20, 20, "adam");
        IO.println("epoch   seen           unseen");
        var trainer = new Trainer(engine, dense(0), 1);
        trainer.fit(few, Optional.of(unseen), settings, this::show);

        IO.println();
        IO.println("                         seen   unseen");
        var decay = FitSettings.of(20, 20, "adamw:weight-decay=1");
        var longer = FitSettings.of(40, 20, "adam");
        var more = new Split(mnist.readTrain().part(0, 4000), unseen);
        compare("dropout", engine, dense(0.5), longer, split);
        compare("weight decay", engine, dense(0), decay, split);
        compare("early end", engine, dense(0), settings.withPatienceEpochs(3), split);
        compare("convolutions", engine, convolutional(), settings, split);
        compare("and batch norm", engine, normalised(), settings, split);
        compare("ten times the samples", engine, dense(0), FitSettings.of(4, 20, "adam"), more);

        confusion(trainer, test);
    }
}

void show(Epoch epoch) {
    if (epoch.number() > 3 && epoch.number() % 4 != 0) return;
    IO.println(
            "%3d     %.3f %5.1f %%  %.3f %5.1f %%"
                    .formatted(
                            epoch.number(),
                            epoch.train().loss(),
                            100 * epoch.train().accuracy(),
                            epoch.validation().orElseThrow().loss(),
                            100 * epoch.validation().orElseThrow().accuracy()));
}

/// Samples to learn from, and samples to look at now and then.
record Split(Samples seen, Samples unseen) {}

void compare(String name, Engine engine, Model model, FitSettings settings, Split split) {
    var trainer = new Trainer(engine, model, 1);
    trainer.fit(split.seen(), Optional.of(split.unseen()), settings, epoch -> {});
    var seen = trainer.evaluate(split.seen());
    var unseen = trainer.evaluate(split.unseen());
    IO.println(
            "%-22s %5.1f %%  %5.1f %%   loss %.3f"
                    .formatted(
                            name, 100 * seen.accuracy(), 100 * unseen.accuracy(), unseen.loss()));
}

Model dense(double dropout) {
    return images(
            new Flatten(), new Dense(128), new Relu(), new Dropout(dropout), new Dense(10));
}

Model convolutional() {
    return images(
            new Conv2D(8, 3),
            new Relu(),
            new MaxPool(2),
            new Conv2D(16, 3),
            new Relu(),
            new MaxPool(2),
            new Flatten(),
            new Dropout(0.3),
            new Dense(10));
}

Model normalised() {
    return images(
            new Conv2D(8, 3),
            new BatchNorm(),
            new Relu(),
            new MaxPool(2),
            new Conv2D(16, 3),
            new BatchNorm(),
            new Relu(),
            new MaxPool(2),
            new Flatten(),
            new Dropout(0.3),
            new Dense(10));
}

Model images(Layer... layers) {
    return Model.sequential("digits", TensorType.f32(28, 28, 1), layers);
}

/// How often each digit was taken for which.
void confusion(Trainer trainer, Samples test) {
    var images = Tensor.onHeap(TensorType.f32(test.count(), 28, 28, 1));
    var labels = Tensor.onHeap(TensorType.i32(test.count()));
    test.copy(IntStream.range(0, test.count()).toArray(), images, labels);
    var logits = trainer.predict(images).toFloats(); // [sample, class]
    var counts = new int[10][10]; // [label, guess]
    for (int sample = 0; sample < test.count(); sample++) {
        int guess = 0;
        for (int k = 1; k < 10; k++) {
            if (logits[sample * 10 + k] > logits[sample * 10 + guess]) guess = k;
        }
        counts[labels.getInt(sample)][guess]++;
    }
    IO.println();
    IO.println("is \\ read as   0   1   2   3   4   5   6   7   8   9   recall");
    for (int label = 0; label < 10; label++) {
        var line = new StringBuilder("%10d  ".formatted(label));
        int all = 0;
        for (int count : counts[label]) {
            line.append(count == 0 ? "   ·" : "%4d".formatted(count));
            all += count;
        }
        IO.println(line.append("   %3.0f %%".formatted(100.0 * counts[label][label] / all)));
    }
}
