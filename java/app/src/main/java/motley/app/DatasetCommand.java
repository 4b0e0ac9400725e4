package motley.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import motley.data.ArrayFile;
import motley.data.ImageDataset;
import motley.data.Samples;
import motley.data.TextFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Datasets on this machine.
@Command(
        name = "data",
        description = {
            "Data sets: fetched to this machine, or stored by a coordinator, which cuts them into",
            "shards so that devices fetch what they need.",
            "",
            "  motley data add x.npy y.npy --name mine     two arrays: inputs and targets",
            "  motley data add pets.zip --rows 32 --cols 32   pictures in folders",
            "  motley data add table.csv --label-column kind",
            "  motley train mnist-mlp --data mine"
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            DatasetCommand.Fetch.class,
            DatasetCommand.Show.class,
            StoredDatasets.Add.class,
            StoredDatasets.ListAll.class,
            StoredDatasets.Preview.class,
            StoredDatasets.Remove.class
        })
final class DatasetCommand implements Runnable {
    /// Characters of a window of text as it is shown.
    private static final int WINDOW = 128;

    /// Set by picocli before anything runs.
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    @Command(
            name = "fetch",
            mixinStandardHelpOptions = true,
            description = {
                "Fetches a dataset and keeps it under MOTLEY_HOME (default ~/.motley).",
                "`motley train --data mnist` does so by itself when it is missing."
            })
    static final class Fetch implements Runnable {
        @Parameters(paramLabel = "NAME", description = "mnist or fashion-mnist")
        private String name = "";

        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            if (KnownDataset.named(name).isEmpty()) {
                throw new UserException(
                        "data: %s (expected: %s)".formatted(name, KnownDataset.names()));
            }
            describe(name, output.console());
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Reads a dataset completely and says what is in it.")
    static final class Show implements Runnable {
        @Parameters(
                paramLabel = "DATA",
                description =
                        "mnist, fashion-mnist, a directory with four IDX files named as those of"
                                + " MNIST, a text (.txt) or NumPy arrays x and y (.npz)")
        private String data = "";

        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            if (data.endsWith(".txt")) {
                var text = TextFile.read(Path.of(data));
                describe(text.train(WINDOW), text.validation(WINDOW), output.console());
            } else if (data.endsWith(".npz")) {
                var arrays = ArrayFile.read(Path.of(data));
                describe(arrays.train(), arrays.test(), output.console());
            } else {
                describe(data, output.console());
            }
        }
    }

    private static void describe(Samples train, Samples test, Console console) {
        console.table(
                List.of("PART", "SAMPLES", "INPUT", "TARGET"),
                List.of(row("train", train), row("test", test)));
        console.emit(
                "dataset",
                Map.of(
                        "train", train.count(),
                        "test", test.count(),
                        "input", train.inputType().toString(),
                        "target", train.targetType().toString()));
    }

    private static List<String> row(String part, Samples samples) {
        return List.of(
                part,
                "" + samples.count(),
                samples.inputType().toString(),
                samples.targetType().toString());
    }

    private static void describe(String data, Console console) {
        ImageDataset dataset;
        try {
            dataset = new Datasets(Home.ofThisProcess(), console).named(data);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
        var train = dataset.readTrain();
        var test = dataset.readTest();
        console.table(
                List.of("PART", "SAMPLES", "IMAGE", "CLASSES", "FILES"),
                List.of(
                        List.of(
                                "train",
                                "" + train.count(),
                                "" + train.imageShape(),
                                "" + dataset.classes(),
                                "" + dataset.trainImages()),
                        List.of(
                                "test",
                                "" + test.count(),
                                "" + test.imageShape(),
                                "" + dataset.classes(),
                                "" + dataset.testImages())));
        console.emit(
                "dataset",
                Map.of(
                        "train", train.count(),
                        "test", test.count(),
                        "imageShape", train.imageShape().dims(),
                        "classes", dataset.classes(),
                        "directory", String.valueOf(dataset.trainImages().getParent())));
    }
}
