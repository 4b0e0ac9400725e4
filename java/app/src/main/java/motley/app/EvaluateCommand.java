package motley.app;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.interchange.SavedModel;
import motley.nn.Loss;
import motley.nn.Metric;
import motley.nn.Model;
import motley.training.Evaluation;
import motley.training.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Judges a trained model.
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Measures how well a trained model does on the test samples of a dataset, on this",
            "machine alone: loss, metrics, and which classes it takes for which.",
            "",
            "Metrics: accuracy; top-5 or another number, the share of samples whose class is among",
            "the likeliest five; precision, recall and f1, each the mean over classes; perplexity,",
            "among how many classes the model hesitates; mae, the mean error of numbers."
        },
        footerHeading = "%nFor instance:%n",
        footer = {
            "  motley evaluate model.safetensors --data mnist",
            "  motley evaluate model.safetensors --data mnist --metrics accuracy,top-2,f1",
            "  motley evaluate gpt.safetensors --data poems.txt --metrics perplexity,top-5",
        })
final class EvaluateCommand implements Runnable {
    @Parameters(
            paramLabel = "FILE",
            description = "model and weights: a .safetensors, .keras or .h5 file")
    private Path file = Path.of("");

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description =
                    "mnist, fashion-mnist, a directory with four IDX files, a text (.txt) or NumPy"
                            + " arrays (.npz)")
    private String data = "";

    @Option(
            names = "--metrics",
            paramLabel = "NAMES",
            description = "with commas between them (default: those that suit the model)")
    private Optional<String> metrics = Optional.empty();

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "whose weights they are, by name or .json (default: as the file says)")
    private Optional<String> model = Optional.empty();

    @Option(names = "--threads", paramLabel = "N", description = "default: all cores")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var saved = ModelFiles.saved(file, model);
        var chosen = metrics.map(Metric::list).orElseGet(() -> usual(saved.model()));
        for (var metric : chosen) metric.requireFits(saved.model());
        try {
            report(console, saved, evaluation(console, saved, chosen));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }

    private Evaluation evaluation(Console console, SavedModel saved, List<Metric> chosen)
            throws InterruptedException {
        var test = SampleParts.of(data, saved.model(), console).test();
        console.say("%s on %,d test samples".formatted(saved.model().name(), test.count()));
        try (var engine = CpuEngine.open(new CpuSettings(threads))) {
            return new Trainer(engine, saved).evaluate(test, chosen);
        }
    }

    private static List<Metric> usual(Model model) {
        return switch (model.loss()) {
            case Loss.CrossEntropy _ ->
                    Metric.list(
                            model.target().shape().rank() == 0
                                    ? "accuracy,precision,recall,f1"
                                    : "accuracy,perplexity");
            case Loss.Joint _ -> List.of();
            case Loss.Hinge _,
                    Loss.Divergence _,
                    Loss.CategoricalCrossEntropy _,
                    Loss.BinaryCrossEntropy _ ->
                    Metric.list("accuracy,precision,recall,f1");
            case Loss.MeanSquaredError _, Loss.MeanAbsoluteError _, Loss.Huber _ ->
                    Metric.list("mae");
        };
    }

    private void report(Console console, SavedModel saved, Evaluation evaluation) {
        var score = evaluation.score();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("model", file.toString());
        fields.put("name", saved.model().name());
        fields.put("loss", score.loss());
        fields.putAll(Scores.fields(score));
        console.emit("evaluation", fields);
        console.say(String.format(Locale.ROOT, "loss %.4f", score.loss()) + Scores.text(score));
        boolean isPerSample = saved.model().target().shape().rank() == 0;
        if (isPerSample) {
            evaluation.confusion().ifPresent(c -> new ClassTable(c).show(console));
        }
    }
}
