package motley.coordinator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import motley.coordinator.access.BlobOwners;
import motley.coordinator.access.Person;
import motley.coordinator.datasets.Datasets;
import motley.coordinator.models.StoredModel;
import motley.coordinator.models.StoredModels;
import motley.interchange.ModelJson;

/// Requests for runs as people write them: a stored model or data set may stand there by its name,
/// and whatever they name must be theirs to use.
///
/// A stored model brings its weights, and the optimizer that it was compiled with where the request
/// names none.
final class RequestReader {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final Set<String> MODEL_FIELDS = Set.of("stored", "version");
    private static final Set<String> DATASET_FIELDS = Set.of("stored", "version");

    private final StoredModels models;
    private final Datasets datasets;
    private final BlobOwners owners;

    RequestReader(StoredModels models, Datasets datasets, BlobOwners owners) {
        this.models = models;
        this.datasets = datasets;
        this.owners = owners;
    }

    /// @throws IllegalArgumentException naming the first field that is wrong
    RunRequest read(Person person, String body) throws IOException {
        var json = json(body);
        if (!(json instanceof ObjectNode whole)) return RunRequestJson.parse(body); // It says why.
        var lent = new HashSet<String>();
        fillModel(person, whole, lent);
        fillDataset(person, whole);
        var request = RunRequestJson.parse(whole.toString());
        requireMine(request, person, lent);
        return request;
    }

    /// The settings of another run, but for the fields of the body.
    ///
    /// @throws IllegalArgumentException naming the first field that is wrong
    RunRequest read(Person person, RunRequest settings, String body) {
        var changes = json(body.isBlank() ? "{}" : body);
        if (changes instanceof ObjectNode object) fillDataset(person, object);
        var request = RunRequestJson.changed(settings, changes.toString());
        if (!request.dataset().equals(settings.dataset())) requireMine(request, person, Set.of());
        return request;
    }

    private static JsonNode json(String body) {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// Puts a stored model in place of its name.
    ///
    /// @param lent gets the blobs that come with it
    void fillModel(Person person, ObjectNode request, Set<String> lent) throws IOException {
        if (!(request.path("model") instanceof ObjectNode named) || !named.has("stored")) return;
        var model = models.find(person, text(named, "model.", MODEL_FIELDS));
        var version =
                named.has("version")
                        ? StoredModels.version(model, number(named, "model.version"))
                        : model.newest();
        request.set("model", MAPPER.readTree(ModelJson.text(models.model(version))));
        if (!version.hasWeights()) return;
        if (!request.has("initialWeights")) request.put("initialWeights", version.blob());
        lent.add(version.blob());
        fillDescent(request, version);
    }

    /// A rate and a schedule are those of their own optimizer.
    private static void fillDescent(ObjectNode request, StoredModel.Version version)
            throws JsonProcessingException {
        var compiled = MAPPER.readTree(version.description()).path("compiled");
        if (request.has("optimizer") || !compiled.has("optimizer")) return;
        request.set("optimizer", compiled.get("optimizer"));
        for (var field : Set.of("learningRate", "schedule")) {
            if (!request.has(field)) request.set(field, compiled.get(field));
        }
    }

    /// Puts a version of a stored data set in place of its name.
    void fillDataset(Person person, ObjectNode request) {
        if (!(request.path("dataset") instanceof ObjectNode named)) return;
        if (!named.has("stored") || named.has("index")) return;
        var dataset = datasets.find(person, text(named, "dataset.", DATASET_FIELDS));
        int number = named.has("version") ? number(named, "dataset.version") : 0;
        var version =
                dataset.versions().reversed().stream()
                        .filter(v -> v.indexSha256().isPresent())
                        .filter(v -> number == 0 || v.number() == number)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "dataset: %s (expected: a version that is ready)"
                                                        .formatted(dataset.name())));
        request.putObject("dataset")
                .put("stored", dataset.id())
                .put("index", version.indexSha256().orElseThrow())
                .put("trainSamples", version.trainSamples())
                .put("testSamples", version.testSamples());
    }

    private static String text(ObjectNode named, String path, Set<String> known) {
        named.fieldNames().forEachRemaining(name -> requireKnown(path + name, name, known));
        var value = named.path("stored");
        if (value.isTextual()) return value.textValue();
        throw wrong(path + "stored", value, "a name or an id");
    }

    private static void requireKnown(String field, String name, Set<String> known) {
        if (known.contains(name)) return;
        throw new IllegalArgumentException(
                "%s: no such field beside stored (expected: one of %s)"
                        .formatted(field, String.join(", ", new TreeSet<>(known))));
    }

    private static int number(ObjectNode named, String field) {
        var value = named.path("version");
        if (value.isInt() && value.intValue() >= 1) return value.intValue();
        throw wrong(field, value, "a whole number from 1 on");
    }

    private static IllegalArgumentException wrong(String field, JsonNode value, String expected) {
        return new IllegalArgumentException(
                "%s: %s (expected: %s)".formatted(field, value, expected));
    }

    /// Whoever knows the name of a blob does not yet have it.
    void requireMine(RunRequest request, Person person, Set<String> lent) {
        var blobs = new ArrayList<>(request.blobs());
        request.initialWeights().ifPresent(blobs::add);
        blobs.removeAll(lent);
        if (request.dataset().whole() instanceof RunRequest.Stored stored
                && isSeen(stored, person)) {
            blobs.remove(stored.index());
        }
        for (var blob : blobs) {
            if (owners.mayRead(blob, person)) continue;
            throw new IllegalArgumentException(
                    "blob: %s (expected: one that you have deposited)".formatted(blob));
        }
    }

    /// A data set that somebody shared comes with its shards.
    private boolean isSeen(RunRequest.Stored stored, Person person) {
        return datasets.seenBy(person).stream()
                .filter(dataset -> dataset.id().equals(stored.dataset()))
                .flatMap(dataset -> dataset.versions().stream())
                .anyMatch(v -> v.indexSha256().filter(stored.index()::equals).isPresent());
    }
}
