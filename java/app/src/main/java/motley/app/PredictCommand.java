package motley.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import motley.cpu.CpuSettings;
import motley.data.LabelledImages;
import motley.nn.Model;
import motley.nn.TrainingPrograms;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Classifies images with a trained model.
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = {
            "Classifies the test images of a dataset with a model that `motley train --out` or",
            "`motley download` wrote, on this machine alone."
        })
final class PredictCommand implements Runnable {
    private static final int BATCH = 100;

    @Parameters(paramLabel = "MODEL", description = "weights: a .safetensors, .keras or .h5 file")
    private Path weights = Path.of("");

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description =
                    "mnist, fashion-mnist, or a directory with four IDX files named as those"
                            + " of MNIST")
    private String data = "";

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "whose weights they are, by name or .json (default: as the file says)")
    private Optional<String> modelName = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "writes a CSV line for each image: sample, label, prediction, probability")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--threads", paramLabel = "T", description = "default: all cores")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin private ProfileOptions profile = new ProfileOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var trained = ModelFiles.saved(weights, modelName);
        var images = images(console, trained.model());
        try (var engine = profile.engine(new CpuSettings(threads));
                var program =
                        engine.prepare(
                                TrainingPrograms.predict(trained.model(), BATCH).program(),
                                List.of())) {
            for (int i = 0; i < trained.weights().size(); i++) {
                program.write(i, trained.weights().get(i));
            }
            var predictions = new Predictions(images, trained.model());
            predictions.compute(program, trained.weights().size(), BATCH, console);
            report(console, predictions);
            profile.report(console);
        }
    }

    private LabelledImages images(Console console, Model model) {
        try {
            var images = new Datasets(Home.ofThisProcess(), console).named(data).readTest();
            if (!images.imageShape().equals(model.inputShape())) {
                throw new UserException(
                        "data: images %s (expected: %s, what %s takes)"
                                .formatted(images.imageShape(), model.inputShape(), model.name()));
            }
            return images;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }

    private void report(Console console, Predictions predictions) {
        out.ifPresent(file -> write(file, predictions));
        console.say(
                "%s: %d of %d test images right, accuracy %.4f"
                        .formatted(
                                weights,
                                predictions.correct(),
                                predictions.count(),
                                predictions.accuracy()));
        out.ifPresent(file -> console.say("predictions in " + file));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("model", weights.toString());
        fields.put("samples", predictions.count());
        fields.put("correct", predictions.correct());
        fields.put("accuracy", predictions.accuracy());
        out.ifPresent(file -> fields.put("out", file.toString()));
        console.emit("predictions", fields);
        new ClassTable(predictions.confusion()).show(console);
    }

    private static void write(Path file, Predictions predictions) {
        try (var csv = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            csv.write("sample,label,prediction,probability\n");
            for (int i = 0; i < predictions.count(); i++) {
                csv.write(
                        String.format(
                                Locale.ROOT,
                                "%d,%d,%d,%.6f%n",
                                i,
                                predictions.label(i),
                                predictions.prediction(i),
                                predictions.probability(i)));
            }
        } catch (IOException e) {
            throw new UserException("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
