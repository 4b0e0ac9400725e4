package motley.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import motley.nn.Models;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What is filled in for a project; what is not stays as it is, or takes its usual value.
final class ProjectSettings {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern SPAN = Pattern.compile("(\\d{1,6})([smhd])");

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "a name of `motley model list`, a description (.json) or a Keras file")
    private Optional<String> model = Optional.empty();

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "as for `motley train`: a stored data set, mnist, a folder, a file")
    private Optional<String> data = Optional.empty();

    @Option(names = "--epochs", paramLabel = "N", description = "passes over the data")
    private Optional<Integer> epochs = Optional.empty();

    @Option(names = "--batch-size", paramLabel = "N", description = "samples of a step")
    private Optional<Integer> batchSize = Optional.empty();

    @Option(names = "--tasks", paramLabel = "N", description = "tasks a step is cut into")
    private Optional<Integer> tasks = Optional.empty();

    @Option(
            names = "--total-tasks",
            paramLabel = "N",
            description = {
                "tasks that the whole training is cut into, over all epochs; with --k of them a",
                "step. Batch size and tasks of a step follow"
            })
    private Optional<Integer> totalTasks = Optional.empty();

    @Option(
            names = "--max-devices",
            paramLabel = "N",
            description = "contributors at once (default: any number)")
    private Optional<Integer> maxDevices = Optional.empty();

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            description = "not before 2026-05-01T20:00:00Z, or in 90m, 8h, 2d")
    private Optional<String> startAt = Optional.empty();

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "end it then with what it has; a time, or in 90m, 8h, 2d")
    private Optional<String> deadline = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "FIELD=VALUE",
            description = {
                "any other field of a run, as the HTTP interface calls it: warmUpSteps=100,",
                "keep=best; FIELD= leaves it out. Repeatable"
            })
    private List<String> others = new ArrayList<>();

    @Mixin private StrategyOptions strategy = new StrategyOptions();
    @Mixin private KeepingOptions keeping = new KeepingOptions();
    @Mixin private ValidationOptions validation = new ValidationOptions();
    @Mixin private ClaimOptions claim = new ClaimOptions();
    @Mixin private BudgetOptions budget = new BudgetOptions();

    /// The fields, once what they name is at the coordinator.
    /// @param at the coordinator that `api` speaks to
    ObjectNode fields(ApiClient api, CoordinatorOptions at, Console console)
            throws IOException, InterruptedException {
        var fields = JsonNodeFactory.instance.objectNode();
        epochs.ifPresent(value -> fields.put("epochs", value));
        batchSize.ifPresent(value -> fields.put("batchSize", value));
        tasks.ifPresent(value -> fields.put("tasks", value));
        totalTasks.ifPresent(value -> fields.put("totalTasks", value));
        maxDevices.ifPresent(value -> fields.put("maxDevices", value));
        startAt.ifPresent(value -> fields.put("startAtMs", time("--start-at", value)));
        deadline.ifPresent(value -> fields.put("deadlineMs", time("--deadline", value)));
        strategy.addTo(fields);
        keeping.addTo(fields);
        validation.addTo(fields);
        claim.addTo(fields);
        budget.addTo(fields);
        if (model.isPresent()) addModel(fields, model.get(), new Place(api, at, console));
        if (data.isPresent())
            fields.set("dataset", dataset(data.get(), fields, new Place(api, at, console)));
        others.forEach(other -> addOther(fields, other));
        return fields;
    }

    /// Where what is named is brought to.
    private record Place(ApiClient api, CoordinatorOptions at, Console console) {}

    private static void addModel(ObjectNode fields, String named, Place to)
            throws IOException, InterruptedException {
        if (Models.names().contains(named)) {
            fields.put("model", named);
            return;
        }
        var given = GivenModel.read(named, to.at, to.console);
        fields.set("model", given.request());
        given.optimizer().ifPresent(text -> fields.put("optimizer", text));
        given.rate(Optional.empty(), Optional.empty())
                .ifPresent(rate -> fields.put("learningRate", rate));
        var weights = given.weightsFile();
        if (weights.isEmpty()) return;
        fields.put("initialWeights", new DatasetUpload(to.api).uploadPlain(weights.get()));
    }

    private JsonNode dataset(String named, ObjectNode fields, Place to)
            throws IOException, InterruptedException {
        var upload = new DatasetUpload(to.api);
        if (StoredDatasets.isName(named)) {
            return JsonNodeFactory.instance.objectNode().put("stored", named);
        }
        if (!fields.has("model")) {
            throw new UserException("--data: %s (expected: --model too)".formatted(named));
        }
        var chosen = GivenModel.read(model.orElse(""), to.at, to.console).model();
        if (SampleParts.isText(named) || SampleParts.isArrays(named)) {
            return upload.uploadWhole(named, SampleParts.of(named, chosen, to.console), chosen);
        }
        var images = new Datasets(Home.ofThisProcess(), to.console).named(named);
        return upload.upload(images, chosen);
    }

    private static void addOther(ObjectNode fields, String text) {
        int at = text.indexOf('=');
        if (at < 1) {
            throw new UserException("--set: %s (expected: FIELD=VALUE)".formatted(text));
        }
        var name = text.substring(0, at);
        var value = text.substring(at + 1);
        if (value.isEmpty()) fields.putNull(name);
        else fields.set(name, value(value));
    }

    /// A number, true, false or an object of JSON as such; other words as text.
    private static JsonNode value(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }

    /// A time, or how long until then.
    private static long time(String option, String text) {
        var span = SPAN.matcher(text);
        if (span.matches()) {
            long count = Long.parseLong(span.group(1));
            var unit =
                    switch (span.group(2)) {
                        case "s" -> Duration.ofSeconds(1);
                        case "m" -> Duration.ofMinutes(1);
                        case "h" -> Duration.ofHours(1);
                        default -> Duration.ofDays(1);
                    };
            return Instant.now().plus(unit.multipliedBy(count)).toEpochMilli();
        }
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new UserException(
                    "%s: %s (expected: 2026-05-01T20:00:00Z, or 90m, 8h, 2d)"
                            .formatted(option, text),
                    e);
        }
    }
}
