package motley.coordinator.models;

import static motley.tensor.Require.require;

import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import motley.coordinator.access.Person;
import motley.coordinator.access.Shares;
import motley.coordinator.http.Problem;
import motley.coordinator.models.ModelIntake.Content;
import motley.coordinator.models.ModelIntake.Part;
import motley.coordinator.models.StoredModel.Version;
import motley.coordinator.storage.BlobStore;
import motley.coordinator.storage.Ids;
import motley.coordinator.uploads.Uploads;
import motley.interchange.ModelJson;
import motley.interchange.Safetensors;
import motley.interchange.SavedModel;
import motley.nn.Model;
import motley.tensor.TensorType;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Models of people: made of their uploads, kept in one form whatever they came in, shared with
/// whom they like. Any thread may call.
public final class StoredModels {
    /// What a share is of.
    public static final String KIND = "model";

    private static final Logger LOG = LoggerFactory.getLogger(StoredModels.class);
    private static final int MODELS_MAX = 1_000;
    private static final int VERSIONS_MAX = 1_000;
    private static final int NAME_CHARS_MAX = 100;

    /// What runs call a model, as [ModelJson] has it.
    private static final String PLAIN_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    private final BlobStore blobs;
    private final Uploads uploads;
    private final ModelRows rows;
    private final Shares shares;
    private final InstantSource clock;
    private final Map<String, StoredModel> models = new HashMap<>();

    /// One file is read at a time: it may take a quarter of the heap.
    private final Object reading = new Object();

    private StoredModels(BlobStore blobs, Uploads uploads, Jdbi jdbi, InstantSource clock) {
        this.blobs = blobs;
        this.uploads = uploads;
        this.clock = clock;
        rows = new ModelRows(jdbi);
        shares = new Shares(jdbi);
    }

    /// Takes up what is there.
    ///
    /// @param blobs where runs find what they begin with
    public static StoredModels open(
            BlobStore blobs, Uploads uploads, Jdbi jdbi, InstantSource clock) {
        var stored = new StoredModels(blobs, uploads, jdbi, clock);
        for (var model : stored.rows.all()) stored.models.put(model.id(), model);
        return stored;
    }

    /// A model as it is after files were added.
    ///
    /// @param isNew false where the newest version had the same content already
    record Added(StoredModel model, boolean isNew) {}

    /// Makes a model of uploads, or a new version of the person's own that has this name. The
    /// uploads are removed.
    ///
    /// @throws IllegalArgumentException if the name is none
    /// @throws Problem if an upload is not there or not complete, or is no model
    Added add(Person person, String name, List<String> files) throws IOException {
        requireName(name);
        var parts = new ArrayList<Part>();
        for (var file : files) {
            var path = uploads.complete(person, file);
            parts.add(new Part(uploads.find(person, file).name(), path));
        }
        Version found;
        synchronized (reading) {
            found = kept(name, ModelIntake.read(parts));
        }
        var added = remember(person, name, found);
        for (var file : files) removeUpload(person, file);
        return added;
    }

    private static void requireName(String name) {
        require(
                name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]*")
                        && name.length() <= NAME_CHARS_MAX,
                "name: %s (expected: up to %d letters, digits, spaces, points and dashes)",
                name.length() > NAME_CHARS_MAX ? name.length() + " characters" : name,
                NAME_CHARS_MAX);
    }

    private Version kept(String name, Content content) throws IOException {
        var model = content.model();
        if (name.matches(PLAIN_NAME)) {
            model = new Model(name, model.input(), model.loss(), model.nodes());
        }
        try (var writer = blobs.write()) {
            if (content.saved().isEmpty()) {
                writer.append(
                        ByteBuffer.wrap(ModelJson.text(model).getBytes(StandardCharsets.UTF_8)));
            } else {
                var saved = content.saved().get();
                var types = new LinkedHashMap<String, TensorType>();
                for (var spec : model.parameters()) types.put(spec.name(), spec.type());
                var metadata = SavedModel.metadata(model, saved.keras());
                writer.append(ByteBuffer.wrap(Safetensors.header(types, metadata)));
                for (var tensor : saved.weights()) writer.append(tensor.data().asByteBuffer());
            }
            long sizeBytes = writer.sizeBytes();
            var blob = writer.commit();
            return new Version(
                    1,
                    blob,
                    content.saved().isPresent(),
                    sizeBytes,
                    content.description().toString(),
                    clock.millis());
        }
    }

    private synchronized Added remember(Person person, String name, Version found) {
        var own = of(person).stream().filter(model -> model.name().equals(name)).findFirst();
        if (own.isEmpty()) {
            require(
                    of(person).size() < MODELS_MAX,
                    "models: %d (expected: under that)",
                    MODELS_MAX);
            var model =
                    new StoredModel(
                            Ids.next('m'), person.id(), name, clock.millis(), List.of(found));
            rows.insert(model);
            models.put(model.id(), model);
            return new Added(model, true);
        }
        var model = own.get();
        if (model.newest().blob().equals(found.blob())) return new Added(model, false);
        int number = model.newest().number() + 1;
        require(number <= VERSIONS_MAX, "versions: %d (expected: fewer)", number);
        var next =
                new Version(
                        number,
                        found.blob(),
                        found.hasWeights(),
                        found.sizeBytes(),
                        found.description(),
                        found.createdAtMs());
        rows.insert(model.id(), next);
        var versions = new ArrayList<>(model.versions());
        versions.add(next);
        var changed =
                new StoredModel(model.id(), model.owner(), name, model.createdAtMs(), versions);
        models.put(model.id(), changed);
        return new Added(changed, true);
    }

    private void removeUpload(Person person, String file) {
        try {
            uploads.delete(person, file);
        } catch (IOException | Problem e) {
            LOG.info("upload {}: stays until it is stale: {}", file, e.getMessage());
        }
    }

    /// A person's own, oldest first.
    public synchronized List<StoredModel> of(Person person) {
        return sorted(model -> model.owner().equals(person.id()));
    }

    /// A person's own and what is shared with them, oldest first.
    public List<StoredModel> seenBy(Person person) {
        var shared = shares.with(person, KIND);
        return sorted(m -> m.owner().equals(person.id()) || shared.contains(m.id()));
    }

    private synchronized List<StoredModel> sorted(Predicate<StoredModel> filter) {
        return models.values().stream()
                .filter(filter)
                .sorted(
                        Comparator.comparingLong(StoredModel::createdAtMs)
                                .thenComparing(StoredModel::id))
                .toList();
    }

    /// By its id, or by its name among what a person has or may see.
    ///
    /// @throws Problem if there is none that `person` may see
    public StoredModel find(Person person, String idOrName) {
        return byId(idOrName)
                .filter(model -> allows(person, model))
                .or(() -> named(of(person), idOrName))
                .or(() -> named(seenBy(person), idOrName))
                .orElseThrow(() -> Problem.notFound("model", idOrName));
    }

    private synchronized Optional<StoredModel> byId(String id) {
        return Optional.ofNullable(models.get(id));
    }

    private static Optional<StoredModel> named(List<StoredModel> among, String name) {
        return among.stream().filter(model -> model.name().equals(name)).findFirst();
    }

    private boolean allows(Person person, StoredModel model) {
        return shares.allows(person, Shares.May.READ, thing(model), model.owner());
    }

    private static Shares.Thing thing(StoredModel model) {
        return new Shares.Thing(KIND, model.id());
    }

    /// The same, of those that `person` may change and share.
    ///
    /// @throws Problem if it is another's
    StoredModel mine(Person person, String idOrName) {
        var model = find(person, idOrName);
        if (person.mayUse(model.owner())) return model;
        throw new Problem(
                HttpStatus.FORBIDDEN,
                "model: %s is shared with you (expected: one of your own)".formatted(model.name()));
    }

    /// A version by its number.
    ///
    /// @throws Problem if there is none
    public static Version version(StoredModel model, int number) {
        return model.versions().stream()
                .filter(version -> version.number() == number)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("version", "" + number));
    }

    /// The bytes of a version.
    Path file(Version version) {
        return blobs.find(version.blob())
                .orElseThrow(() -> Problem.notFound("blob", version.blob()));
    }

    /// The layers of a version.
    ///
    /// @throws IOException if its bytes cannot be read
    public Model model(Version version) throws IOException {
        var file = file(version);
        return version.hasWeights() ? SavedModel.read(file).model() : ModelJson.read(file);
    }

    /// Removes a model, and those of its blobs that nothing else has.
    ///
    /// @param isNeeded whether something else relies on a blob
    void delete(StoredModel model, Predicate<String> isNeeded) throws IOException {
        synchronized (this) {
            rows.delete(model.id());
            models.remove(model.id());
        }
        shares.removeAll(thing(model));
        for (var version : model.versions()) {
            boolean isKept =
                    isNeeded.test(version.blob())
                            || !sorted(other -> has(other, version.blob())).isEmpty();
            if (!isKept) blobs.delete(version.blob());
        }
    }

    private static boolean has(StoredModel model, String blob) {
        return model.versions().stream().anyMatch(version -> version.blob().equals(blob));
    }
}
