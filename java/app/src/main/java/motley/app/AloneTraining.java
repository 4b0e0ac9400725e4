package motley.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import motley.cpu.CpuSettings;
import motley.data.Samples;
import motley.interchange.SavedModel;
import motley.nn.Metric;
import motley.nn.Model;
import motley.program.Engine;
import motley.training.Epoch;
import motley.training.FitSettings;
import motley.training.Score;
import motley.training.Trainer;

/// `motley train --alone`: a training in this process, for any kind of samples.
///
/// @param threads that compute
/// @param profile what is measured, if anything
record AloneTraining(Console console, Model model, int threads, ProfileOptions profile) {
    /// Where a training begins and ends.
    ///
    /// @param from weights to begin with; empty: drawn from the seed
    /// @param checkpoint written after every epoch; where it is there already, training goes on
    ///     from it
    /// @param out where model and weights go; empty: to the other models
    record Ends(Optional<SavedModel> from, Optional<Path> checkpoint, Optional<Path> out) {}

    /// Trains, reports every epoch, writes model and weights.
    void run(SampleParts parts, FitSettings settings, Ends ends) {
        for (var metric : settings.metrics()) metric.requireFits(model);
        profile.name(() -> names(settings, parts.test()));
        profile.reportOnExit(console);
        long startNs = System.nanoTime();
        try (var engine = profile.engine(new CpuSettings(threads))) {
            var trainer = trainer(engine, settings, ends);
            console.say(
                    "training %s on %,d samples in this process, %d threads"
                            .formatted(model.name(), parts.train().count(), threads));
            var epochs = fit(trainer, parts, settings, ends.checkpoint);
            var file = ends.out.orElseGet(this::defaultFile);
            write(file, trainer.saved());
            long samples = (long) parts.train().count() * epochs.size();
            finish(epochs, samples, seconds(startNs), file);
            profile.report(console);
        }
    }

    private ProgramNames names(FitSettings settings, Samples validation) {
        int batch = settings.batchSize();
        var names = ProgramNames.of(model, settings.optimizer(), batch, batch);
        names.addEvaluation(model, Math.min(Trainer.BATCH_MAX, validation.count()));
        return names;
    }

    private Trainer trainer(Engine engine, FitSettings settings, Ends ends) {
        var checkpoint = ends.checkpoint.filter(Files::exists);
        if (checkpoint.isPresent()) return resuming(engine, settings, checkpoint.get());
        return ends.from
                .map(saved -> new Trainer(engine, saved))
                .orElseGet(() -> new Trainer(engine, model, settings.seed()));
    }

    private Trainer resuming(Engine engine, FitSettings settings, Path checkpoint) {
        try {
            var trainer = Trainer.loadCheckpoint(engine, checkpoint);
            boolean fits = trainer.model().equals(model) && trainer.epochs() < settings.epochs();
            if (!fits) {
                throw new UserException(
                        "--checkpoint: %s holds %s after %d epochs (expected: the model to train,"
                                        .formatted(
                                                checkpoint,
                                                trainer.model().name(),
                                                trainer.epochs())
                                + " after fewer than --epochs, %d)".formatted(settings.epochs()));
            }
            console.say("going on after epoch %d".formatted(trainer.epochs()));
            return trainer;
        } catch (IOException e) {
            throw new UserException("cannot read " + e.getMessage(), e);
        }
    }

    private List<Epoch> fit(
            Trainer trainer, SampleParts parts, FitSettings settings, Optional<Path> checkpoint) {
        long startNs = System.nanoTime();
        Consumer<Epoch> progress =
                epoch -> {
                    report(epoch, settings.epochs(), seconds(startNs));
                    profile.passed("epoch " + epoch.number());
                    checkpoint.ifPresent(file -> saveCheckpoint(trainer, file));
                };
        var test = Optional.<Samples>of(parts.test());
        return trainer.epochs() > 0
                ? trainer.resume(parts.train(), test, settings, progress)
                : trainer.fit(parts.train(), test, settings, progress);
    }

    private static void saveCheckpoint(Trainer trainer, Path file) {
        try {
            trainer.saveCheckpoint(file);
        } catch (UncheckedIOException e) {
            throw new UserException("cannot write %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    private void report(Epoch epoch, int epochs, double seconds) {
        var score = epoch.validation().orElseThrow();
        console.say(
                "epoch %d of %d: loss %.4f, validation loss %.4f, accuracy %.4f%s%s, %.1f s"
                        .formatted(
                                epoch.number(),
                                epochs,
                                epoch.train().loss(),
                                score.loss(),
                                score.accuracy(),
                                perplexity(score),
                                Scores.text(score),
                                seconds));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("epoch", epoch.number());
        fields.put("loss", epoch.train().loss());
        fields.put("validationLoss", score.loss());
        fields.put("validationAccuracy", score.accuracy());
        fields.put("metrics", Scores.fields(score));
        fields.put("seconds", seconds);
        console.emit("epoch", fields);
    }

    /// Of models that say something at every position: how many choices they hesitate between.
    private String perplexity(Score score) {
        boolean isAsked = score.metrics().containsKey(new Metric.Perplexity());
        boolean isSeries = model.target().shape().rank() > 0;
        return isSeries && !isAsked ? ", perplexity %.3f".formatted(Math.exp(score.loss())) : "";
    }

    private Path defaultFile() {
        var name = "%s-alone-%d.safetensors".formatted(model.name(), ProcessHandle.current().pid());
        return Home.ofThisProcess().models().resolve(name);
    }

    private static void write(Path file, SavedModel saved) {
        try {
            saved.write(file);
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
        fields.put("metrics", Scores.fields(score));
        fields.put("fileSha256", sha256);
        fields.put("model", file.toString());
        console.emit("result", fields);
        console.say(
                "trained %s in %.1f s, %,.0f samples/s, accuracy %.4f%s"
                        .formatted(
                                model.name(),
                                seconds,
                                samples / seconds,
                                score.accuracy(),
                                Scores.text(score)));
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
