package motley.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.cpu.CpuSettings;
import motley.data.ArrayFile;
import motley.data.Samples;
import motley.data.TextFile;
import motley.interchange.Safetensors;
import motley.nn.Model;
import motley.tensor.Tensor;
import motley.training.Epoch;
import motley.training.FitSettings;
import motley.training.Score;
import motley.training.Trainer;

/// `motley train --alone`: a training in this process, for any kind of samples.
///
/// @param threads that compute
/// @param profile what is measured, if anything
record AloneTraining(Console console, Model model, int threads, ProfileOptions profile) {
    /// Samples to learn from and samples to be judged by.
    private record Parts(Samples train, Samples validation) {}

    /// Trains, reports every epoch, writes the weights to `out`.
    void run(String data, FitSettings settings, Optional<Path> out) throws InterruptedException {
        var parts = parts(data);
        requireFits(data, parts.train);
        profile.name(() -> names(settings, parts.validation));
        profile.reportOnExit(console);
        long startNs = System.nanoTime();
        try (var engine = profile.engine(new CpuSettings(threads))) {
            var trainer = new Trainer(engine, model, settings.seed());
            console.say(
                    "training %s on %,d samples in this process, %d threads"
                            .formatted(model.name(), parts.train.count(), threads));
            var epochs =
                    trainer.fit(
                            parts.train,
                            Optional.of(parts.validation),
                            settings,
                            epoch -> {
                                report(epoch, settings.epochs(), seconds(startNs));
                                profile.passed("epoch " + epoch.number());
                            });
            var file = out.orElseGet(this::defaultFile);
            write(file, trainer.weights());
            finish(epochs, (long) parts.train.count() * epochs.size(), seconds(startNs), file);
            profile.report(console);
        }
    }

    private ProgramNames names(FitSettings settings, Samples validation) {
        int batch = settings.batchSize();
        var names = ProgramNames.of(model, settings.optimizer(), batch, batch);
        names.addEvaluation(model, Math.min(Trainer.BATCH_MAX, validation.count()));
        return names;
    }

    private Parts parts(String data) throws InterruptedException {
        if (data.endsWith(".txt")) {
            var text = TextFile.read(Path.of(data));
            int time = model.inputShape().rank() == 0 ? 1 : model.inputShape().dim(0);
            return new Parts(text.train(time), text.validation(time));
        }
        if (data.endsWith(".npz")) {
            var arrays = ArrayFile.read(Path.of(data));
            return new Parts(arrays.train(), arrays.test());
        }
        var images = new Datasets(Home.ofThisProcess(), console).named(data);
        return new Parts(images.readTrain(), images.readTest());
    }

    private void requireFits(String data, Samples samples) {
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

    private void report(Epoch epoch, int epochs, double seconds) {
        var score = epoch.validation().orElseThrow();
        console.say(
                "epoch %d of %d: loss %.4f, validation loss %.4f, accuracy %.4f%s, %.1f s"
                        .formatted(
                                epoch.number(),
                                epochs,
                                epoch.train().loss(),
                                score.loss(),
                                score.accuracy(),
                                perplexity(score),
                                seconds));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("epoch", epoch.number());
        fields.put("loss", epoch.train().loss());
        fields.put("validationLoss", score.loss());
        fields.put("validationAccuracy", score.accuracy());
        fields.put("seconds", seconds);
        console.emit("epoch", fields);
    }

    /// Of models that say something at every position: how many choices they hesitate between.
    private String perplexity(Score score) {
        boolean isSeries = model.target().shape().rank() > 0;
        return isSeries ? ", perplexity %.3f".formatted(Math.exp(score.loss())) : "";
    }

    private Path defaultFile() {
        var name = "%s-alone-%d.safetensors".formatted(model.name(), ProcessHandle.current().pid());
        return Home.ofThisProcess().models().resolve(name);
    }

    private void write(Path file, List<Tensor> weights) {
        var tensors = new LinkedHashMap<String, Tensor>();
        var specs = model.parameters();
        for (int i = 0; i < specs.size(); i++) tensors.put(specs.get(i).name(), weights.get(i));
        try {
            var folder = file.toAbsolutePath().getParent();
            if (folder != null) Files.createDirectories(folder);
            Safetensors.write(file, tensors, Map.of("model", model.name()));
        } catch (IOException e) {
            throw new UserException("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private void finish(List<Epoch> epochs, long samples, double seconds, Path file) {
        var score = epochs.getLast().validation().orElseThrow();
        var sha256 = sha256(file);
        var fields = new LinkedHashMap<String, Object>();
        fields.put("epochs", epochs.size());
        fields.put("seconds", seconds);
        fields.put("samplesPerSecond", samples / seconds);
        fields.put("testAccuracy", score.accuracy());
        fields.put("testLoss", score.loss());
        fields.put("fileSha256", sha256);
        fields.put("model", file.toString());
        console.emit("result", fields);
        console.say(
                "trained %s in %.1f s, %,.0f samples/s, accuracy %.4f"
                        .formatted(model.name(), seconds, samples / seconds, score.accuracy()));
        console.say("weights in %s (SHA-256 of the file %s)".formatted(file, sha256));
    }

    private static String sha256(Path file) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (IOException e) {
            throw new UserException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static double seconds(long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }
}
