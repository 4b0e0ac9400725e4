package motley.coordinator.datasets;

import static motley.tensor.Require.require;

import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import motley.coordinator.access.BlobOwners;
import motley.coordinator.access.Person;
import motley.coordinator.access.Shares;
import motley.coordinator.datasets.Version.Status;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.storage.BlobStore;
import motley.coordinator.storage.Ids;
import motley.coordinator.uploads.Uploads;
import motley.data.DatasetException;
import motley.data.SampleFiles;
import motley.data.ShardIndex;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Data sets of people: made of their uploads, kept as shards that versions share.
///
/// One is prepared at a time, on a thread of its own; what a crash interrupts is begun again. Any
/// thread may call.
public final class Datasets implements AutoCloseable {
    /// What a share is of.
    public static final String KIND = "dataset";

    private static final Logger LOG = LoggerFactory.getLogger(Datasets.class);
    private static final int DATASETS_MAX = 1_000;
    private static final int VERSIONS_MAX = 1_000;
    private static final int NAME_CHARS_MAX = 100;
    private static final long STOP_MS = 2_000;

    /// Of the shards of one version.
    private static final long SIZE_BYTES_MAX = 256L << 30;

    /// Left free on the disk for everything else.
    private static final long FREE_BYTES_MIN = 256L << 20;

    private final BlobStore blobs;
    private final Uploads uploads;
    private final DatasetRows rows;

    /// Who may name an index in a run.
    private final BlobOwners owners;

    private final Shares shares;

    private final InstantSource clock;
    private final Map<String, Dataset> datasets = new HashMap<>();
    private final Map<String, Long> samplesDone = new HashMap<>();
    private final ExecutorService preparing =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("datasets").factory());
    private volatile boolean isClosing;

    private Datasets(BlobStore blobs, Uploads uploads, Jdbi jdbi, InstantSource clock) {
        this.blobs = blobs;
        this.uploads = uploads;
        this.clock = clock;
        rows = new DatasetRows(jdbi);
        owners = new BlobOwners(jdbi);
        shares = new Shares(jdbi);
    }

    /// Takes up what is there, and goes on with what is being prepared.
    ///
    /// @param blobs where devices fetch shards
    public static Datasets open(BlobStore blobs, Uploads uploads, Jdbi jdbi, InstantSource clock) {
        var datasets = new Datasets(blobs, uploads, jdbi, clock);
        for (var dataset : datasets.rows.all()) {
            datasets.datasets.put(dataset.id(), dataset);
            for (var version : dataset.versions()) {
                if (version.status() == Status.PREPARING) datasets.submit(dataset, version);
            }
        }
        return datasets;
    }

    /// Makes a data set of uploads, in the background.
    ///
    /// @throws IllegalArgumentException if the name is taken or no name
    /// @throws Problem if an upload is not there or not complete
    synchronized Dataset create(Person person, String name, Recipe recipe) throws IOException {
        requireName(person, name);
        requireUploads(person, recipe);
        var id = Ids.next('d');
        var first = Version.begun(id, 1, recipe.json().toString(), clock.millis());
        var dataset = new Dataset(id, person.id(), name, clock.millis(), List.of(first));
        rows.insert(dataset, first);
        datasets.put(id, dataset);
        submit(dataset, first);
        return dataset;
    }

    private void requireName(Person person, String name) {
        require(
                name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]*")
                        && name.length() <= NAME_CHARS_MAX,
                "name: %s (expected: up to %d letters, digits, spaces, points and dashes)",
                name.length() > NAME_CHARS_MAX ? name.length() + " characters" : name,
                NAME_CHARS_MAX);
        var own = of(person);
        if (own.stream().anyMatch(dataset -> dataset.name().equals(name))) {
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "name: %s (expected: one that none of your data sets has)".formatted(name));
        }
        require(own.size() < DATASETS_MAX, "datasets: %d (expected: fewer)", own.size());
    }

    private void requireUploads(Person person, Recipe recipe) throws IOException {
        for (var file : recipe.files()) uploads.complete(person, file);
        for (var file : recipe.testFiles()) uploads.complete(person, file);
    }

    /// Adds samples; the new version shares the shards of the newest one.
    ///
    /// @throws Problem if there is no such data set, or one is being prepared
    synchronized Dataset add(Person person, String id, Recipe recipe) throws IOException {
        var dataset = mine(person, id);
        requireUploads(person, recipe);
        int number = dataset.versions().size() + 1;
        require(number <= VERSIONS_MAX, "versions: %d (expected: fewer)", number);
        boolean isBusy = dataset.versions().stream().anyMatch(v -> v.status() == Status.PREPARING);
        if (isBusy || dataset.newest().isEmpty()) {
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "dataset: %s (expected: one that is ready)".formatted(dataset.name()));
        }
        var version = Version.begun(id, number, recipe.json().toString(), clock.millis());
        rows.insert(version);
        var changed = remember(dataset, version);
        submit(changed, version);
        return changed;
    }

    private synchronized Dataset remember(Dataset dataset, Version version) {
        var versions = new ArrayList<>(datasets.getOrDefault(dataset.id(), dataset).versions());
        versions.removeIf(other -> other.number() == version.number());
        versions.add(version);
        var changed =
                new Dataset(
                        dataset.id(),
                        dataset.owner(),
                        dataset.name(),
                        dataset.createdAtMs(),
                        versions);
        datasets.put(dataset.id(), changed);
        return changed;
    }

    /// All of a person's own, oldest first.
    public List<Dataset> of(Person person) {
        return sorted(dataset -> dataset.owner().equals(person.id()));
    }

    /// A person's own and what is shared with them, oldest first.
    public List<Dataset> seenBy(Person person) {
        var shared = shares.with(person, KIND);
        return sorted(d -> d.owner().equals(person.id()) || shared.contains(d.id()));
    }

    private synchronized List<Dataset> sorted(Predicate<Dataset> filter) {
        return datasets.values().stream()
                .filter(filter)
                .sorted(Comparator.comparingLong(Dataset::createdAtMs).thenComparing(Dataset::id))
                .toList();
    }

    /// By its id, or by its name among what a person has or may see.
    ///
    /// @throws Problem if there is none that `person` may see
    public Dataset find(Person person, String idOrName) {
        return byId(idOrName)
                .filter(d -> shares.allows(person, Shares.May.READ, thing(d), d.owner()))
                .or(() -> named(of(person), idOrName))
                .or(() -> named(seenBy(person), idOrName))
                .orElseThrow(() -> Problem.notFound("dataset", idOrName));
    }

    private synchronized Optional<Dataset> byId(String id) {
        return Optional.ofNullable(datasets.get(id));
    }

    private static Optional<Dataset> named(List<Dataset> among, String name) {
        return among.stream().filter(dataset -> dataset.name().equals(name)).findFirst();
    }

    private static Shares.Thing thing(Dataset dataset) {
        return new Shares.Thing(KIND, dataset.id());
    }

    /// The same, of those that `person` may remove and share.
    ///
    /// @throws Problem if it is another's
    Dataset mine(Person person, String idOrName) {
        var dataset = find(person, idOrName);
        if (person.mayUse(dataset.owner())) return dataset;
        throw new Problem(
                HttpStatus.FORBIDDEN,
                "dataset: %s is shared with you (expected: one of your own)"
                        .formatted(dataset.name()));
    }

    /// Samples that a version under preparation has already.
    synchronized long samplesDone(String dataset) {
        return samplesDone.getOrDefault(dataset, 0L);
    }

    /// Where the samples of a version are.
    public ShardIndex index(Version version) throws IOException {
        var file = version.indexSha256().flatMap(blobs::find);
        if (file.isEmpty()) throw Problem.notFound("index of version", "" + version.number());
        return ShardIndex.parse(Files.readString(file.get(), StandardCharsets.US_ASCII));
    }

    /// Removes a data set, and the shards that no other one has.
    void delete(Person person, String id) throws IOException {
        var dataset = mine(person, id);
        var unused = new HashSet<String>();
        for (var version : dataset.versions()) unused.addAll(blobsOf(version));
        forget(dataset);
        for (var other : others()) {
            for (var version : other.versions()) unused.removeAll(blobsOf(version));
        }
        for (var blob : unused) blobs.delete(blob);
        shares.removeAll(thing(dataset));
    }

    private synchronized void forget(Dataset dataset) {
        boolean isBusy = dataset.versions().stream().anyMatch(v -> v.status() == Status.PREPARING);
        if (isBusy) {
            throw new Problem(
                    HttpStatus.CONFLICT, "dataset: %s is being prepared".formatted(dataset.name()));
        }
        rows.delete(dataset.id());
        datasets.remove(dataset.id());
    }

    private synchronized List<Dataset> others() {
        boolean isBusy =
                datasets.values().stream()
                        .flatMap(dataset -> dataset.versions().stream())
                        .anyMatch(version -> version.status() == Status.PREPARING);
        // What is being cut may rely on a shard that was found: those stay, for once.
        return isBusy ? List.of() : List.copyOf(datasets.values());
    }

    private List<String> blobsOf(Version version) throws IOException {
        if (version.indexSha256().isEmpty()) return List.of();
        var names = new ArrayList<String>();
        names.add(version.indexSha256().get());
        index(version).shards().forEach(shard -> names.add(shard.sha256()));
        return names;
    }

    private void submit(Dataset dataset, Version version) {
        preparing.execute(() -> prepare(dataset, version));
    }

    private void prepare(Dataset dataset, Version version) {
        if (isClosing) return;
        var done = prepared(dataset, version);
        if (isClosing && done.status() == Status.FAILED) return; // It is begun again.
        rows.update(done);
        done.indexSha256().ifPresent(index -> owners.add(index, owner(dataset)));
        remember(dataset, done);
        if (done.status() == Status.READY) removeUploads(dataset, done);
        if (done.status() == Status.FAILED) {
            LOG.info("dataset {} version {}: {}", dataset.id(), done.number(), done.reason());
        }
    }

    private Version prepared(Dataset dataset, Version version) {
        var owner = owner(dataset);
        try {
            var recipe = Recipe.of(JsonFields.of(version.recipe(), Recipe.FIELDS));
            var before = dataset.newest();
            var index =
                    before.isPresent()
                            ? Optional.of(index(before.get()))
                            : Optional.<ShardIndex>empty();
            var parts =
                    SampleFiles.open(
                            named(owner, recipe.files()),
                            named(owner, recipe.testFiles()),
                            recipe.options());
            var outcome =
                    new Preparation(
                                    blobs,
                                    recipe,
                                    (samples, bytes) -> watch(dataset, samples, bytes))
                            .run(parts, index);
            return new Version(
                    version.dataset(),
                    version.number(),
                    Status.READY,
                    "",
                    version.recipe(),
                    Optional.of(outcome.indexSha256()),
                    outcome.index().train().count(),
                    outcome.index().test().count(),
                    outcome.sizeBytes(),
                    outcome.description(),
                    version.createdAtMs());
        } catch (DatasetException | IllegalArgumentException | Problem e) {
            return version.failed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return version.failed("not prepared: " + e.getMessage());
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            LOG.warn("dataset {}: failed", dataset.id(), e);
            return version.failed("not prepared: internal error; see the log");
        }
    }

    private List<SampleFiles.NamedFile> named(Person owner, List<String> ids) throws IOException {
        var files = new ArrayList<SampleFiles.NamedFile>();
        for (var id : ids) {
            var path = uploads.complete(owner, id);
            files.add(new SampleFiles.NamedFile(uploads.find(owner, id).name(), path));
        }
        return files;
    }

    private void watch(Dataset dataset, long samples, long sizeBytes) throws IOException {
        if (isClosing) throw new IOException("the coordinator stops");
        synchronized (this) {
            samplesDone.put(dataset.id(), samples);
        }
        if (sizeBytes > SIZE_BYTES_MAX) {
            throw new IOException("over %d bytes of samples".formatted(SIZE_BYTES_MAX));
        }
        if (blobs.freeBytes() < FREE_BYTES_MIN) throw new IOException("the disk is full");
    }

    /// What was cut is not needed as a file any more.
    private void removeUploads(Dataset dataset, Version version) {
        var recipe = Recipe.of(JsonFields.of(version.recipe(), Recipe.FIELDS));
        var files = new HashSet<String>(recipe.files());
        files.addAll(recipe.testFiles());
        for (var file : files) {
            try {
                uploads.delete(owner(dataset), file);
            } catch (IOException | Problem e) {
                LOG.info("upload {}: stays until it is stale: {}", file, e.getMessage());
            }
        }
    }

    private static Person owner(Dataset dataset) {
        return new Person(dataset.owner(), dataset.owner(), Set.of());
    }

    @Override
    public void close() {
        isClosing = true;
        preparing.shutdown();
        try {
            if (!preparing.awaitTermination(STOP_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("a data set is still being prepared");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
