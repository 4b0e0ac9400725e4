package motley.coordinator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import motley.coordinator.http.Reply;
import motley.interchange.ModelJson;
import motley.nn.Model;
import motley.nn.Models;
import motley.rounds.robust.Aggregation;

/// A [RunRequest] as JSON, and back.
///
/// Fields that are missing take their defaults; fields that do not exist are refused, because a
/// misspelt setting would be ignored otherwise.
final class RunRequestJson {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    static final Set<String> FIELDS =
            Set.of(
                    "model",
                    "dataset",
                    "validationShare",
                    "validationSeed",
                    "epochs",
                    "batchSize",
                    "tasks",
                    "optimizer",
                    "learningRate",
                    "schedule",
                    "warmUpSteps",
                    "seed",
                    "minDevices",
                    "maxDevices",
                    "slowFactor",
                    "trust",
                    "aggregation",
                    "evaluateEveryEpoch",
                    "initialWeights",
                    "encoding",
                    "parameters",
                    "earlyStop",
                    "keep",
                    "ancestor",
                    "strategy",
                    "k",
                    "staleness",
                    "localSteps",
                    "localEpochs",
                    "warmUpRounds",
                    "fragments",
                    "replicas",
                    "outer",
                    "outerLearningRate",
                    "weight",
                    "priority",
                    "contributors",
                    "budgetMicros");
    private static final Set<String> ANCESTOR_FIELDS = Set.of("run", "steps");
    private static final Set<String> DATASET_FIELDS =
            Set.of(
                    "trainImages",
                    "trainLabels",
                    "trainSamples",
                    "testImages",
                    "testLabels",
                    "testSamples",
                    "classes",
                    "arrays",
                    "text",
                    "stored",
                    "index",
                    "onDevices");

    private final JsonNode object;
    private final String path;

    private RunRequestJson(JsonNode object, String path, Set<String> fields) {
        this.object = object;
        this.path = path;
        if (!object.isObject()) throw wrong("", object, "an object");
        object.fieldNames().forEachRemaining(name -> requireKnown(name, fields));
    }

    /// @throws IllegalArgumentException naming the first field that is wrong
    static RunRequest parse(String text) {
        try {
            var json = new RunRequestJson(MAPPER.readTree(text), "", FIELDS);
            return json.request();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// `settings` with the fields that `text` has in place of their own.
    ///
    /// @throws IllegalArgumentException naming the first field that is wrong
    static RunRequest changed(RunRequest settings, String text) {
        try {
            var changes = MAPPER.readTree(text.isBlank() ? "{}" : text);
            var known = new TreeSet<>(FIELDS);
            known.removeAll(Set.of("initialWeights", "ancestor"));
            var _ = new RunRequestJson(changes, "", known);
            var whole = write(settings);
            whole.setAll((ObjectNode) changes);
            return parse(whole.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
    }

    static ObjectNode write(RunRequest request) {
        var training = request.training();
        var descent = training.descent();
        var object =
                Reply.object()
                        .put("epochs", training.epochs())
                        .put("batchSize", training.batchSize())
                        .put("tasks", training.tasks())
                        .put("optimizer", descent.optimizer())
                        .put("schedule", descent.schedule())
                        .put("warmUpSteps", descent.warmUpSteps())
                        .put("seed", training.seed())
                        .put("minDevices", request.crew().min())
                        .put("maxDevices", request.crew().max())
                        .put("slowFactor", request.crew().slowFactor())
                        .put("trust", request.crew().precautions().trust())
                        .put("aggregation", request.crew().precautions().aggregation().text())
                        .put("evaluateEveryEpoch", training.evaluateEveryEpoch())
                        .put("encoding", request.transfer().encodingText())
                        .put("parameters", request.transfer().parameters().text())
                        .put("earlyStop", request.keeping().patience())
                        .put("keep", request.keeping().best() ? "best" : "last");
        object.set("model", model(request.model()));
        StrategyJson.write(request.strategy(), object);
        LocalJson.write(request, object);
        request.claim().write(object);
        descent.learningRate().ifPresent(rate -> object.put("learningRate", rate));
        request.initialWeights().ifPresent(blob -> object.put("initialWeights", blob));
        request.ancestor()
                .ifPresent(
                        from ->
                                object.putObject("ancestor")
                                        .put("run", from.run())
                                        .put("steps", from.steps()));
        object.set("dataset", dataset(request.dataset()));
        if (request.dataset() instanceof RunRequest.HeldBack(var _, double share, var held)) {
            object.put("validationShare", share).put("validationSeed", held.seed());
        }
        return object;
    }

    private static ObjectNode dataset(RunRequest.Dataset dataset) {
        var object =
                Reply.object()
                        .put("trainSamples", dataset.trainSamples())
                        .put("testSamples", dataset.testSamples());
        return switch (dataset) {
            case RunRequest.Images(var train, var test, int classes) ->
                    object.put("trainImages", train.images())
                            .put("trainLabels", train.labels())
                            .put("testImages", test.images())
                            .put("testLabels", test.labels())
                            .put("classes", classes);
            case RunRequest.HeldBack held -> dataset(held.whole());
            case RunRequest.OnDevices own -> OnDevicesJson.write(own, dataset(own.test()));
            case RunRequest.Stored(var stored, var index, int _, int _) ->
                    object.put("stored", stored).put("index", index);
            case RunRequest.Whole(var form, var blob, int _, int _) -> object.put(form.field, blob);
        };
    }

    private RunRequest request() {
        var dataset =
                holding(
                        new RunRequestJson(object.path("dataset"), "dataset.", DATASET_FIELDS)
                                .dataset());
        int batchSize = integer("batchSize", 128);
        boolean isOwn = dataset instanceof RunRequest.OnDevices;
        int tasks = integer("tasks", isOwn ? 1 : Math.min(8, batchSize));
        var strategy = isOwn ? OnDevicesJson.strategy(object) : StrategyJson.read(object, tasks);
        var descent =
                new RunRequest.Descent(
                        text("optimizer", StrategyRules.usualOptimizer(strategy)),
                        object.has("learningRate")
                                ? OptionalDouble.of(number("learningRate"))
                                : OptionalDouble.empty(),
                        text("schedule", "constant"),
                        integer("warmUpSteps", 0));
        var training =
                new RunRequest.Training(
                        integer("epochs", 1),
                        batchSize,
                        tasks,
                        descent,
                        wide("seed", 0),
                        flag("evaluateEveryEpoch", true));
        return new RunRequest(
                model(),
                dataset,
                training,
                new RunRequest.Crew(
                        integer("minDevices", 1),
                        integer("maxDevices", 0),
                        precautions(),
                        object.has("slowFactor")
                                ? number("slowFactor")
                                : RunRequest.Crew.ANY.slowFactor()),
                object.has("initialWeights")
                        ? Optional.of(text("initialWeights"))
                        : Optional.empty(),
                isOwn
                        ? strategy
                        : LocalJson.read(object, strategy, training, dataset.trainSamples()),
                new RunRequest.Keeping(integer("earlyStop", 0), keepsBest()),
                ancestor(),
                Transfer.parse(text("encoding", "f32"), text("parameters", "f32")),
                LocalJson.outer(object, isOwn ? OnDevicesJson.MEAN : RunRequest.Outer.USUAL),
                Claim.USUAL.with(object));
    }

    /// The seed of what is held back is kept when a run goes on with another seed: it must not
    /// learn from what its ancestor was judged by.
    private RunRequest.Dataset holding(RunRequest.Dataset whole) {
        if (!object.has("validationShare")) {
            if (!object.has("validationSeed")) return whole;
            throw wrong("validationSeed", object.get("validationSeed"), "no seed without a share");
        }
        double share = number("validationShare");
        return RunRequest.HeldBack.of(whole, share, wide("validationSeed", wide("seed", 0)));
    }

    private boolean keepsBest() {
        var word = text("keep", "last");
        return switch (word) {
            case "last" -> false;
            case "best" -> true;
            default -> throw wrong("keep", object.path("keep"), "last or best");
        };
    }

    private Optional<RunRequest.Ancestor> ancestor() {
        if (!object.has("ancestor")) return Optional.empty();
        var from = new RunRequestJson(object.path("ancestor"), "ancestor.", ANCESTOR_FIELDS);
        return Optional.of(new RunRequest.Ancestor(from.text("run"), from.wide("steps", 0)));
    }

    private Precautions precautions() {
        boolean audits = Precautions.named(text("trust", "off"));
        var usual = Precautions.usual(audits).text();
        return new Precautions(audits, Aggregation.named(text("aggregation", usual)));
    }

    /// By its name, if it is the one that has it; else in whole.
    private static JsonNode model(Model model) {
        var name = model.name();
        boolean isNamed = Models.names().contains(name) && Models.named(name).equals(model);
        if (isNamed) return TextNode.valueOf(name);
        try {
            return MAPPER.readTree(ModelJson.text(model));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description is JSON", e);
        }
    }

    private Model model() {
        var value = object.path("model");
        if (value.isTextual()) return Models.named(value.textValue());
        if (!value.isObject()) throw wrong("model", value, "a name or a description");
        try {
            return ModelJson.parse(value.toString());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("model: " + e.getMessage(), e);
        }
    }

    private RunRequest.Dataset dataset() {
        if (object.has("onDevices")) {
            var test = new RunRequestJson(OnDevicesJson.test(object), path, DATASET_FIELDS);
            return OnDevicesJson.read(object.path("onDevices"), test.dataset());
        }
        if (object.has("index")) {
            requireNone("trainImages", "trainLabels", "testImages", "testLabels", "classes");
            requireNone("text", "arrays");
            return new RunRequest.Stored(
                    text("stored", ""),
                    text("index"),
                    integer("trainSamples"),
                    integer("testSamples"));
        }
        for (var form : RunRequest.Form.values()) {
            if (!object.has(form.field)) continue;
            requireNone("trainImages", "trainLabels", "testImages", "testLabels", "classes");
            int trainSamples = integer("trainSamples");
            return new RunRequest.Whole(
                    form, text(form.field), trainSamples, integer("testSamples"));
        }
        return new RunRequest.Images(
                part("trainImages", "trainLabels", "trainSamples"),
                part("testImages", "testLabels", "testSamples"),
                integer("classes"));
    }

    private void requireNone(String... fields) {
        for (var field : fields) {
            if (object.has(field)) throw wrong(field, object.get(field), "absent beside one blob");
        }
    }

    private RunRequest.Part part(String images, String labels, String samples) {
        return new RunRequest.Part(text(images), text(labels), integer(samples));
    }

    private String text(String name) {
        var value = object.path(name);
        if (!value.isTextual()) throw wrong(name, value, "a string");
        return value.textValue();
    }

    private String text(String name, String fallback) {
        return object.has(name) ? text(name) : fallback;
    }

    private int integer(String name) {
        var value = object.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(name, value, "a whole number under 2^31");
        }
        return value.intValue();
    }

    private int integer(String name, int fallback) {
        return object.has(name) ? integer(name) : fallback;
    }

    private long wide(String name, long fallback) {
        if (!object.has(name)) return fallback;
        var value = object.path(name);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(name, value, "a whole number of 64 bits");
        }
        return value.longValue();
    }

    private double number(String name) {
        var value = object.path(name);
        if (!value.isNumber()) throw wrong(name, value, "a number");
        return value.doubleValue();
    }

    private boolean flag(String name, boolean fallback) {
        if (!object.has(name)) return fallback;
        var value = object.path(name);
        if (!value.isBoolean()) throw wrong(name, value, "true or false");
        return value.booleanValue();
    }

    private void requireKnown(String name, Set<String> fields) {
        if (fields.contains(name)) return;
        throw new IllegalArgumentException(
                "%s%s: no such field (expected: one of %s)"
                        .formatted(path, name, String.join(", ", new TreeSet<>(fields))));
    }

    private IllegalArgumentException wrong(String name, JsonNode value, String expected) {
        var shown = value.isMissingNode() ? "missing" : value.toString();
        var field = (path + name).isEmpty() ? "body" : path + name;
        return new IllegalArgumentException(
                "%s: %s (expected: %s)".formatted(field, shown, expected));
    }
}
