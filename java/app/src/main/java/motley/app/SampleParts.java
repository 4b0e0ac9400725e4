package motley.app;

import java.nio.file.Path;
import motley.data.Samples;
import motley.data.SplitSamples;
import motley.nn.Model;

/// What `--data` names: samples to learn from and samples to be judged by.
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
        if (isText(data)) return of(SplitSamples.ofText(Path.of(data), model.input()));
        if (isArrays(data)) return of(SplitSamples.ofArrays(Path.of(data)));
        var images = new Datasets(Home.ofThisProcess(), console).named(data);
        return new SampleParts(images.readTrain(), images.readTest());
    }

    static boolean isText(String data) {
        return data.endsWith(".txt");
    }

    static boolean isArrays(String data) {
        return data.endsWith(".npz");
    }

    private static SampleParts of(SplitSamples samples) {
        return new SampleParts(samples.train(), samples.test());
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
