package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import motley.nn.Metric;
import motley.nn.Model;
import motley.nn.Optimizers;
import motley.nn.Schedule;
import motley.nn.Schedules;
import motley.training.FitSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Trains a model.
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a model on the devices of a coordinator, or, where there is none, on devices",
            "started on this machine for the purpose. Ctrl-C stops the run.",
            "",
            "The weights do not depend on which devices take part, only on the settings; with",
            "--strategy k-batch or async they do, a little."
        })
final class TrainCommand implements Callable<Integer> {
    private static final int DEFAULT_LOCAL_DEVICES = 2;

    @Parameters(
            paramLabel = "MODEL",
            description = {
                "mnist-cnn, mnist-mlp, resnet-small, lstm or gpt-small, or your own: a .json file",
                "as `motley model describe` prints; a .keras or .h5 file, with its weights, loss,",
                "optimizer and learning rate where no option says otherwise; or one that the",
                "coordinator keeps (motley model push), likewise"
            })
    private String model = "";

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DATA",
            description =
                    "mnist or fashion-mnist (fetched when missing), a directory with four IDX"
                            + " files, a text (.txt), NumPy arrays x and y (.npz), or a data set"
                            + " that the coordinator has (motley data list)")
    private String data = "";

    @Option(names = "--epochs", defaultValue = "5", description = "(default: ${DEFAULT-VALUE})")
    private int epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "128",
            description = "samples of one optimizer step (default: ${DEFAULT-VALUE})")
    private int batchSize;

    @Option(
            names = "--tasks",
            paramLabel = "N",
            defaultValue = "4",
            description = {
                "micro-batches that a step is cut into and handed out one by one",
                "(default: ${DEFAULT-VALUE}); more keep more devices busy"
            })
    private int tasks;

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            description = {
                "adam, adamw, sgd, nesterov, rmsprop, adagrad or lion, with settings if any:",
                "adamw:weight-decay=0.1,beta2=0.95,clip-norm=1 (default: adam; sgd:momentum=0",
                "with --strategy async, which takes no momentum above 0.5 but delayed-nesterov's)"
            })
    private Optional<String> optimizer = Optional.empty();

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "per step, the highest one (default: the optimizer's usual)")
    private Optional<Double> learningRate = Optional.empty();

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = {
                "of the learning rate: constant, step, exponential, cosine or one-cycle, with",
                "settings if any: step:every=1000,factor=0.1 (default: constant)"
            })
    private Optional<String> schedule = Optional.empty();

    @Option(
            names = "--warm-up",
            paramLabel = "STEPS",
            defaultValue = "0",
            description = "steps in which the rate rises at first (default: ${DEFAULT-VALUE})")
    private int warmUpSteps;

    @Option(
            names = "--metrics",
            paramLabel = "NAMES",
            description = {
                "with --alone, to tell after every epoch: accuracy,top-5,f1 and others that",
                "`motley evaluate --help` explains"
            })
    private Optional<String> metrics = Optional.empty();

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "of everything random (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--local-devices",
            paramLabel = "N",
            description = {
                "device processes to start on this machine; without --url they get a coordinator",
                "of their own (default: 2 if no coordinator is found, else none)"
            })
    private Optional<Integer> localDevices = Optional.empty();

    @Option(
            names = "--alone",
            description = {
                "train in this process, without coordinator and devices: where one machine is all",
                "there is"
            })
    private boolean isAlone;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "that compute, with --alone (default: all cores)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "begin with these weights, a .safetensors file")
    private Optional<Path> from = Optional.empty();

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = {
                "with --alone, written after every epoch; where the file is there already,",
                "training goes on from it, to the same weights as without a stop"
            })
    private Optional<Path> checkpoint = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "where the weights go (default: models in MOTLEY_HOME)")
    private Optional<Path> out = Optional.empty();

    @Mixin private CrewOptions crew = new CrewOptions();

    @Mixin private OnDevicesOptions onDevices = new OnDevicesOptions();

    @Mixin private TrustOptions trust = new TrustOptions();

    @Mixin private EncodingOptions encoding = new EncodingOptions();

    @Mixin private ExchangeOptions exchange = new ExchangeOptions();

    @Mixin private StrategyOptions strategy = new StrategyOptions();

    @Mixin private LocalOptions local = new LocalOptions();

    @Mixin private KeepingOptions keeping = new KeepingOptions();
    @Mixin private ValidationOptions validation = new ValidationOptions();

    @Mixin private ClaimOptions claim = new ClaimOptions();
    @Mixin private BudgetOptions budget = new BudgetOptions();

    private GivenModel given = GivenModel.NONE;

    @Mixin private ProfileOptions profile = new ProfileOptions();

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        var console = output.console();
        given = GivenModel.read(model, coordinator, console);
        var chosen = given.model();
        requireSettings();
        try {
            if (isAlone) {
                var first =
                        from.map(file -> ModelFiles.saved(file, Optional.of(model)))
                                .or(given::saved);
                var ends = new AloneTraining.Ends(first, checkpoint, out);
                var parts = validation.hold(SampleParts.of(data, chosen, console), seed);
                new AloneTraining(console, chosen, threads, profile)
                        .run(parts, fitSettings(), ends);
                return 0;
            }
            var dataset = dataset(console, chosen);
            try (var measured = TrainingProfile.open(profile, Home.ofThisProcess());
                    var crew = assemble(console, measured)) {
                var upload = new DatasetUpload(crew.api());
                var request = request();
                request.set("dataset", dataset.upload(upload));
                onDevices.addTo(request);
                from.ifPresent(file -> ModelFiles.saved(file, Optional.of(model)));
                var first = from.isPresent() ? from : given.weightsFile();
                if (first.isPresent()) {
                    request.put("initialWeights", upload.uploadPlain(first.get()));
                }
                return train(console, new Training(crew, measured), request);
            }
        } catch (IOException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }

    /// Reads what is on this machine before anything starts; brings it to a coordinator.
    private interface Dataset {
        ObjectNode upload(DatasetUpload upload) throws IOException, InterruptedException;
    }

    private Dataset dataset(Console console, Model chosen) throws InterruptedException {
        if (SampleParts.isText(data) || SampleParts.isArrays(data)) {
            var parts = SampleParts.of(data, chosen, console);
            return upload -> upload.uploadWhole(data, parts, chosen);
        }
        if (StoredDatasets.isName(data)) return upload -> upload.stored(data);
        var sets = new Datasets(Home.ofThisProcess(), console);
        var images = onDevices.isUsed() ? sets.judging(data) : sets.named(data);
        return upload -> upload.upload(images, chosen);
    }

    private FitSettings fitSettings() {
        var descent = Optimizers.named(optimizer());
        double peak = given.rate(learningRate, optimizer).orElse(descent.defaultLearningRate());
        var after = Schedules.named(given.schedule(schedule, optimizer), peak);
        var rate = warmUpSteps == 0 ? after : new Schedule.WarmUp(warmUpSteps, after);
        int patience = keeping.patience();
        return new FitSettings(epochs, batchSize, descent, rate, seed, patience, chosenMetrics());
    }

    private String optimizer() {
        return optimizer.or(given::optimizer).orElseGet(() -> strategy.usualOptimizer(tasks));
    }

    private List<Metric> chosenMetrics() {
        return metrics.map(Metric::list).orElseGet(given::metrics);
    }

    /// What can be seen to be wrong before anything is fetched or started.
    private void requireSettings() {
        require(epochs >= 1, "--epochs", epochs, "at least 1");
        require(batchSize >= 1, "--batch-size", batchSize, "at least 1");
        require(
                tasks >= 1 && tasks <= batchSize,
                "--tasks",
                tasks,
                "1 to --batch-size, " + batchSize);
        require(
                learningRate.isEmpty() || learningRate.get() > 0,
                "--learning-rate",
                learningRate.orElse(0.0),
                "above 0");
        require(threads >= 1 && threads <= 1024, "--threads", threads, "1 to 1024");
        require(
                !isAlone || !strategy.isGiven(),
                "--alone",
                isAlone,
                "without --strategy, --k and --staleness: there are no devices to wait for");
        onDevices.requireKnown();
        local.require(onDevices.isUsed() || strategy.strategy(tasks).local().isUsed());
        require(
                !isAlone || (localDevices.isEmpty() && !coordinator.isNamed()),
                "--alone",
                isAlone,
                "without --local-devices and --url");
        require(!isAlone || !onDevices.isUsed(), "--alone", isAlone, "no --data-on-devices");
        encoding.requireKnown();
        require(
                !isAlone || !encoding.isGiven(),
                "--alone",
                isAlone,
                "without --encoding and --parameters: nothing travels");
        exchange.usesFiles();
        require(
                isAlone || metrics.isEmpty(),
                "--metrics",
                metrics.orElse(""),
                "--alone too; for a run on devices, `motley evaluate` afterwards");
        chosenMetrics();
        trust.requireKnown();
        require(
                !isAlone || !trust.isUsed(),
                "--alone",
                isAlone,
                "without --trust and --aggregation");
        keeping.requireValid();
        validation.requireValid();
        require(
                checkpoint.isEmpty() || (isAlone && from.isEmpty()),
                "--checkpoint",
                checkpoint.map(Path::toString).orElse(""),
                "--alone too, and no --from; a coordinator keeps checkpoints by itself");
        int devices = localDevices.orElse(1);
        require(devices >= 1 && devices <= 64, "--local-devices", devices, "1 to 64");
        out.ifPresent(file -> requireWritable("--out", file));
        profile.file().ifPresent(file -> requireWritable("--profile", file));
        checkpoint.ifPresent(file -> requireWritable("--checkpoint", file));
    }

    /// Hours of training must not end in front of a folder that cannot be written to.
    private static void requireWritable(String option, Path file) {
        var folder = file.toAbsolutePath().normalize().getParent();
        while (folder != null && Files.notExists(folder)) folder = folder.getParent();
        boolean holds =
                folder != null
                        && Files.isDirectory(folder)
                        && Files.isWritable(folder)
                        && !Files.isDirectory(file);
        require(holds, option, file, "a file in a directory that can be written to");
    }

    private static void require(boolean holds, String option, Object value, String expected) {
        if (holds) return;
        throw new UserException("%s: %s (expected: %s)".formatted(option, value, expected));
    }

    /// A coordinator and, where asked for, local devices.
    private TrainingCrew assemble(Console console, TrainingProfile measured) {
        var home = Home.ofThisProcess();
        if (coordinator.isNamed() || localDevices.isEmpty()) {
            var found = coordinator.find();
            if (found.isPresent()) {
                console.say("training with the coordinator at " + found.get().coordinator());
                return TrainingCrew.joining(
                        found.get(), locals(localDevices.orElse(0)), home, measured);
            }
        }
        return TrainingCrew.ofOwn(
                locals(localDevices.orElse(DEFAULT_LOCAL_DEVICES)), home, measured);
    }

    private LocalDevices.Wanted locals(int count) {
        return new LocalDevices.Wanted(count, exchange.way());
    }

    private ObjectNode request() {
        var request =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("epochs", epochs)
                        .put("batchSize", batchSize)
                        .put("tasks", onDevices.tasks(tasks))
                        .put("optimizer", optimizer())
                        .put("schedule", given.schedule(schedule, optimizer))
                        .put("warmUpSteps", warmUpSteps)
                        .put("seed", seed);
        crew.addTo(request);
        encoding.addTo(request);
        strategy.addTo(request);
        local.addTo(request);
        given.rate(learningRate, optimizer).ifPresent(rate -> request.put("learningRate", rate));
        trust.addTo(request);
        keeping.addTo(request);
        validation.addTo(request);
        claim.addTo(request);
        budget.addTo(request);
        request.set("model", given.request());
        return request;
    }

    private record Training(TrainingCrew crew, TrainingProfile profile) {}

    private int train(Console console, Training training, ObjectNode request)
            throws IOException, InterruptedException {
        var crew = training.crew;
        training.profile.begin();
        long startNs = System.nanoTime();
        var run = crew.api().post("/v1/runs", request);
        training.profile.waited("starting the run", startNs);
        var id = run.path("id").asText();
        console.emit("started", Map.of("run", id, "model", model));
        try (var _ = crew.stopOnExit(id)) {
            var rounds = training.profile.rounds();
            var follower = new RunFollower(crew.api(), console, run, rounds);
            var end = follower.follow(crew::requireAlive);
            long endNs = System.nanoTime();
            int code = finish(console, crew, end, (endNs - startNs) / 1e9);
            training.profile.spent("fetching the weights", endNs);
            if (rounds.isPresent()) {
                crew.dismissDevices();
                training.profile.report(console, programNames());
            }
            return code;
        }
    }

    private ProgramNames programNames() {
        int taskSize = Math.ceilDiv(batchSize, tasks);
        var descent = Optimizers.named(optimizer());
        return ProgramNames.of(given.model(), descent, batchSize, taskSize);
    }

    private int finish(Console console, TrainingCrew crew, JsonNode end, double seconds)
            throws IOException, InterruptedException {
        var id = end.path("id").asText();
        var status = end.path("status").asText();
        if (!status.equals("finished")) {
            console.emit(
                    "result",
                    Map.of(
                            "run", id,
                            "status", status,
                            "reason", end.path("waiting").asText()));
            console.say("run %s %s: %s".formatted(id, status, end.path("waiting").asText()));
            return 1;
        }
        var file =
                out.orElseGet(
                        () ->
                                Home.ofThisProcess()
                                        .models()
                                        .resolve(given.model().name() + "-" + id + ".safetensors"));
        crew.api().download("/v1/runs/" + id + "/model", file);
        crew.complete();
        report(console, end, new Outcome(id, seconds, file));
        return 0;
    }

    private record Outcome(String run, double seconds, Path file) {}

    private void report(Console console, JsonNode end, Outcome outcome) {
        var progress = end.path("progress");
        int epochsDone =
                progress.path("epoch").asInt()
                        + (progress.path("isEvaluating").asBoolean() ? 1 : 0);
        int rounds = end.path("lastRound").path("round").asInt(-1) + 1;
        double perSecond = progress.path("samplesDone").asLong() / outcome.seconds();
        var accuracy = OptionalDouble.empty();
        var evaluated = end.path("lastEvaluation").path("accuracy");
        if (evaluated.isNumber()) accuracy = OptionalDouble.of(evaluated.asDouble());
        var loss = end.path("lastEvaluation").path("loss");
        var sha256 = end.path("weightsSha256").asText();

        var fields = new LinkedHashMap<String, Object>();
        fields.put("run", outcome.run());
        fields.put("rounds", rounds);
        fields.put("epochs", epochsDone);
        fields.put("seconds", outcome.seconds());
        fields.put("samplesPerSecond", perSecond);
        accuracy.ifPresent(value -> fields.put("testAccuracy", value));
        if (loss.isNumber()) fields.put("testLoss", loss.asDouble());
        fields.put("weightsSha256", sha256);
        var traffic = TrafficReport.of(end);
        traffic.addTo(fields);
        fields.put("model", outcome.file().toString());
        console.emit("result", fields);
        console.say(
                "trained %s in %.1f s, %,.0f samples/s%s"
                        .formatted(
                                model,
                                outcome.seconds(),
                                perSecond,
                                accuracy.isPresent()
                                        ? ", test accuracy %.4f".formatted(accuracy.getAsDouble())
                                        : ""));
        traffic.text().ifPresent(console::say);
        console.say("weights in %s (SHA-256 %s)".formatted(outcome.file(), sha256));
        boolean isOfImages = !SampleParts.isText(data) && !SampleParts.isArrays(data);
        if (StoredDatasets.isName(data)) return;
        var command = isOfImages ? "predict" : "evaluate";
        console.say("try them: motley %s %s --data %s".formatted(command, outcome.file(), data));
    }
}
