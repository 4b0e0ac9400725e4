package motley.app;

import java.nio.file.Path;
import motley.data.ArrayFile;
import motley.data.Samples;
import motley.data.TextFile;
import motley.nn.Model;

/// What `--data` names, for one machine alone: samples to learn from and samples to be judged by.
record SampleParts(Samples train, Samples test) {
    /// @param data a known data set, a directory of four IDX files, a text (`.txt`) or arrays
    ///     (`.npz`)
    /// @throws UserException if the samples are not of the types that `model` takes
    static SampleParts of(String data, Model model, Console console) throws InterruptedException {
        var parts = read(data, model, console);
        requireFits(data, parts.train, model);
        requireFits(data, parts.test, model);
        return parts;
    }

    private static SampleParts read(String data, Model model, Console console)
            throws InterruptedException {
        if (data.endsWith(".txt")) {
            var text = TextFile.read(Path.of(data));
            int time = model.inputShape().rank() == 0 ? 1 : model.inputShape().dim(0);
            return new SampleParts(text.train(time), text.validation(time));
        }
        if (data.endsWith(".npz")) {
            var arrays = ArrayFile.read(Path.of(data));
            return new SampleParts(arrays.train(), arrays.test());
        }
        var images = new Datasets(Home.ofThisProcess(), console).named(data);
        return new SampleParts(images.readTrain(), images.readTest());
    }

    private static void requireFits(String data, Samples samples, Model model) {
        boolean fits =
                samples.inputType().equals(model.input())
                        && samples.targetType().equals(model.target());
        if (fits) return;
        throw new UserException(
                "data: %s holds %s with targets %s (expected: %s with %s, what %s takes)"
                        .formatted(
                                data,
                                samples.inputType(),
                                samples.targetType(),
                                model.input(),
                                model.target(),
                                model.name()));
    }
}
