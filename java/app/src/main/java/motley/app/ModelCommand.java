package motley.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import motley.compiler.Compiler;
import motley.interchange.ModelJson;
import motley.nn.Models;
import motley.nn.Optimizers;
import motley.nn.PlacedLayer;
import motley.nn.TrainingPrograms;
import motley.program.Engine.Carry;
import motley.program.Program;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Models: which there are, what they are made of, what the compiler makes of them.
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        description = "Shows models: their layers, their programs, and what the compiler does.",
        footerHeading = "%nFor instance:%n",
        footer = {
            "  motley model list",
            "  motley model summary mnist-cnn",
            "  motley model describe mnist-cnn > my-model.json",
            "  motley model summary my-model.json",
            "  motley model summary my.keras",
            "  motley model export my.h5 --as keras --out my.keras",
            "  motley model push my.keras",
            "  motley model explain mnist-mlp --program predict --batch-size 1",
            "  motley model explain mnist-cnn --stage kernels",
        },
        subcommands = {
            ModelCommand.Listing.class,
            ModelCommand.Summary.class,
            ModelCommand.Describe.class,
            ModelCommand.Explain.class,
            ModelExport.class,
            StoredModels.Push.class,
            StoredModels.Remove.class,
            PlanCommand.class
        })
final class ModelCommand implements Runnable {
    /// Set by picocli before anything runs.
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description =
                    "Lists the models that come with Motley, or those that a coordinator keeps.")
    static final class Listing implements Runnable {
        @Option(names = "--stored", description = "those that were pushed to a coordinator")
        private boolean isStored;

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            if (isStored || coordinator.isNamed()) {
                StoredModels.list(coordinator, console);
                return;
            }
            var rows = new ArrayList<List<String>>();
            for (var name : Models.names()) {
                var summary = Models.named(name).summary();
                rows.add(
                        List.of(
                                name,
                                summary.input().toString(),
                                "%,d".formatted(summary.parameterCount()),
                                kinds(summary.layers())));
                var fields = new LinkedHashMap<String, Object>();
                fields.put("name", name);
                fields.put("input", summary.input().shape().dims());
                fields.put("parameters", summary.parameterCount());
                fields.put("layers", summary.layers().stream().map(PlacedLayer::name).toList());
                console.emit("model", fields);
            }
            console.table(List.of("model", "input", "parameters", "layers"), rows);
        }

        /// `conv, relu, conv, relu, pool …`.
        private static String kinds(List<PlacedLayer> layers) {
            var kinds = layers.stream().map(layer -> layer.name().replaceAll("[0-9]+$", ""));
            return String.join(", ", kinds.toList());
        }
    }

    @Command(
            name = "summary",
            mixinStandardHelpOptions = true,
            description = {
                "Shows a model's layers: the shape of what leaves each, parameters, and for one",
                "sample the arithmetic operations of the forward pass and the bytes of what leaves."
            })
    static final class Summary implements Runnable {
        @Parameters(paramLabel = "MODEL", description = ModelFiles.DESCRIPTION)
        private String model = "";

        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var summary = ModelFiles.named(model).summary();
            console.say(summary.toString().stripTrailing());
            var fields = new LinkedHashMap<String, Object>();
            fields.put("model", model);
            fields.put("input", summary.input().shape().dims());
            fields.put("parameters", summary.parameterCount());
            fields.put("flopsPerSample", summary.flops());
            fields.put("activationBytesPerSample", summary.activationBytes());
            fields.put("layers", summary.layers().stream().map(Summary::fields).toList());
            console.emit("summary", fields);
        }

        private static Map<String, Object> fields(PlacedLayer layer) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("name", layer.name());
            fields.put("output", layer.output().dims());
            fields.put("parameters", layer.parameterCount());
            fields.put("flopsPerSample", layer.flops());
            fields.put("activationBytesPerSample", layer.activationBytes());
            return fields;
        }
    }

    @Command(
            name = "describe",
            mixinStandardHelpOptions = true,
            description = {
                "Prints a model as JSON, one layer a line: a file to change and to train.",
                "",
                "A layer reads the one before it, or those that 'from' names as `motley model",
                "summary` does, {\"layer\": \"add\", \"from\": [\"relu1\", \"conv2\"]};",
                "'sample' is the input. {\"residual\": [layers]} adds what goes in to what",
                "comes out.",
                "Settings may be left out where there is a usual value; an 'initializer'",
                "may be added, such as \"he-normal\"."
            })
    static final class Describe implements Runnable {
        @Parameters(paramLabel = "MODEL", description = ModelFiles.DESCRIPTION)
        private String model = "";

        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var chosen = ModelFiles.named(model);
            console.say(ModelJson.text(chosen).stripTrailing());
            console.emit("description", Map.of("model", ModelFiles.description(chosen)));
        }
    }

    /// What a model becomes; see [TrainingPrograms].
    enum Kind {
        STEP,
        GRADIENT,
        EVALUATE,
        PREDICT
    }

    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description = {
                "Prints what becomes of a model's program, stage after stage: the program, what",
                "each pass makes of it, the kernels, and where every value lies in memory.",
                "Comments (# conv2, # conv2/backward) say which layer a line belongs to.",
                "",
                "Programs: step (a whole training step, with --optimizer), gradient (what a device",
                "computes for a task), evaluate (loss and accuracy), predict."
            })
    static final class Explain implements Runnable {
        @Parameters(paramLabel = "MODEL", description = ModelFiles.DESCRIPTION)
        private String model = "";

        @Option(
                names = "--program",
                paramLabel = "NAME",
                defaultValue = "step",
                description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
        private Kind kind = Kind.STEP;

        @Option(
                names = "--batch-size",
                paramLabel = "B",
                defaultValue = "64",
                description = "samples (default: ${DEFAULT-VALUE})")
        private int batchSize;

        @Option(
                names = "--optimizer",
                paramLabel = "NAME",
                defaultValue = "adam",
                description = "of a step, as `motley train` takes it (default: ${DEFAULT-VALUE})")
        private String optimizer = "";

        @Option(
                names = "--stage",
                paramLabel = "NAME",
                description = "only this one, such as kernels or memory (default: all)")
        private Optional<String> stage = Optional.empty();

        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var source = source();
            var stages = Compiler.explain(source.program(), source.carries());
            if (stage.isPresent() && !stages.containsKey(stage.get())) {
                throw new UserException(
                        "--stage: %s (expected: one of %s)"
                                .formatted(stage.get(), String.join(", ", stages.keySet())));
            }
            stages.forEach(
                    (name, text) -> {
                        if (!name.equals(stage.orElse(name))) return;
                        if (stage.isEmpty()) console.say("== " + name);
                        console.say(text.stripTrailing());
                        console.emit("stage", Map.of("name", name, "text", text));
                    });
            summarize(console, source);
        }

        private static void summarize(Console console, Source source) {
            var plan = Compiler.compile(source.program(), source.carries());
            long bytes = plan.layout().bytes();
            int kernels = plan.kernels().size();
            int equations = source.program().equations().size();
            console.say(
                    "%d equations become %d kernels; memory %,d bytes"
                            .formatted(equations, kernels, bytes));
            var fields = new LinkedHashMap<String, Object>();
            fields.put("equations", equations);
            fields.put("kernels", kernels);
            fields.put("arenaBytes", bytes);
            console.emit("plan", fields);
        }

        private record Source(Program program, List<Carry> carries) {}

        private Source source() {
            var chosen = ModelFiles.named(model);
            return switch (kind) {
                case STEP -> {
                    var step =
                            TrainingPrograms.step(chosen, Optimizers.named(optimizer), batchSize);
                    yield new Source(step.program(), step.carries());
                }
                case GRADIENT ->
                        new Source(
                                TrainingPrograms.gradient(chosen, batchSize).program(), List.of());
                case EVALUATE ->
                        new Source(
                                TrainingPrograms.evaluate(chosen, batchSize).program(), List.of());
                case PREDICT ->
                        new Source(
                                TrainingPrograms.predict(chosen, batchSize).program(), List.of());
            };
        }
    }
}
