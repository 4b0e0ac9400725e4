package motley.coordinator;

import com.linecorp.armeria.server.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import motley.coordinator.access.Access;
import motley.coordinator.access.Person;
import motley.coordinator.credits.CreditStore;
import motley.coordinator.datasets.Datasets;
import motley.coordinator.http.Route;
import motley.coordinator.models.StoredModels;
import motley.coordinator.operations.Counters;
import motley.coordinator.plans.PlanCompiler;
import motley.coordinator.plans.Plans;
import motley.coordinator.plans.Tunings;
import motley.coordinator.projects.ProjectStore;
import motley.coordinator.storage.BlobStore;
import motley.coordinator.storage.BlobWriter;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.DatabaseException;
import motley.coordinator.storage.Journal;
import motley.coordinator.storage.S3Bucket;
import motley.coordinator.uploads.UploadLimits;
import motley.coordinator.uploads.Uploads;
import motley.rounds.RunSettings;
import motley.wire.GrpcSessionService;
import motley.wire.SharedDirectory;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A coordinator: devices join it, people start runs on it, everything it knows is in its home
/// folder.
///
/// Opening it starts its threads, takes up the runs that were not over, and listens. Closing it
/// keeps what runs have, says goodbye to devices and stops. Any thread may call.
public final class Coordinator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
    private static final long STOP_MS = 300;

    private final Opened opened;
    private final Access access;
    private final String scheme;
    private final BlobStore blobs;
    private final Fleet fleet;
    private final Runs runs;
    private final Listeners listeners;
    private final Api api;
    private final InetSocketAddress address;

    private Coordinator(Opened opened, Parts parts, Api api, Place place) {
        this.api = api;
        this.opened = opened;
        access = parts.access;
        blobs = parts.blobs;
        fleet = parts.fleet;
        runs = parts.runs;
        listeners = parts.listeners;
        address = place.address;
        scheme = place.scheme;
    }

    /// Where it listens.
    private record Place(InetSocketAddress address, String scheme) {}

    /// What a coordinator uses and does not have itself.
    ///
    /// @param compilers for devices without a compiler, one an engine
    /// @param roundTimes mean time of a round by devices that take so long for a sample each
    public record Brought(
            List<PlanCompiler> compilers,
            BiFunction<List<Duration>, RunSettings, Duration> roundTimes) {
        public Brought {
            compilers = List.copyOf(compilers);
        }
    }

    /// What a coordinator is made of.
    record Parts(
            Access access,
            BlobStore blobs,
            Fleet fleet,
            Runs runs,
            Listeners listeners,
            Uploads uploads,
            CreditStore credits,
            Plans plans,
            Datasets datasets,
            StoredModels models,
            CoordinatorFigures figures,
            Projects projects,
            HelpForecast forecast) {}

    /// Opens a coordinator.
    ///
    /// @throws PortInUseException if another program listens on the port
    /// @throws HomeInUseException if another coordinator works in the home folder
    /// @throws DatabaseException if the database cannot be used, or another coordinator works in it
    /// @throws IOException if the home folder or the bucket cannot be used
    public static Coordinator open(CoordinatorSettings settings) throws IOException {
        return open(settings, List.of());
    }

    /// Opens a coordinator that compiles for devices without a compiler.
    ///
    /// @param compilers one an engine
    /// @throws PortInUseException if another program listens on the port
    /// @throws HomeInUseException if another coordinator works in the home folder
    /// @throws DatabaseException if the database cannot be used, or another coordinator works in it
    /// @throws IOException if the home folder or the bucket cannot be used
    public static Coordinator open(CoordinatorSettings settings, List<PlanCompiler> compilers)
            throws IOException {
        return open(settings, new Brought(compilers, HelpForecast::ideal));
    }

    /// Opens a coordinator with what lies above it.
    ///
    /// @throws PortInUseException if another program listens on the port
    /// @throws HomeInUseException if another coordinator works in the home folder
    /// @throws DatabaseException if the database cannot be used, or another coordinator works in it
    /// @throws IOException if the home folder or the bucket cannot be used
    public static Coordinator open(CoordinatorSettings settings, Brought brought)
            throws IOException {
        var opened = new Opened();
        try {
            return open(settings, brought, opened);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /// The port it listens on.
    public int port() {
        return address.getPort();
    }

    /// Where devices of this machine find it.
    public URI uri() {
        var host = address.getAddress();
        var name = host.isAnyLocalAddress() ? "127.0.0.1" : host.getHostAddress();
        var quoted = name.indexOf(':') < 0 ? name : "[" + name + "]";
        return URI.create("%s://%s:%d".formatted(scheme, quoted, port()));
    }

    /// What lets devices and people in without an account; empty if nothing is asked for.
    public Optional<String> token() {
        return access.token();
    }

    /// What makes the first administrator, once; empty if there is one, or nothing is asked for.
    public Optional<String> setupToken() {
        return access.setupToken();
    }

    /// Begins a new blob, such as a file of a dataset.
    public BlobWriter writeBlob() throws IOException {
        return blobs.write();
    }

    /// Starts a run that belongs to the owner of the coordinator.
    ///
    /// @throws IllegalArgumentException if a blob is missing or does not fit
    /// @throws IOException if it cannot be stored
    public RunHandle startRun(RunRequest request) throws IOException {
        return runs.start(request, Person.OWNER.id());
    }

    /// All runs, oldest first.
    public List<RunHandle> runs() {
        return runs.all();
    }

    public Optional<RunHandle> run(String id) {
        return runs.find(id);
    }

    /// All devices that joined since it was opened.
    public List<DeviceView> devices() {
        return fleet.views();
    }

    /// Calls `listener` with everything that happens from now on, from the threads of the runs,
    /// which it must not keep waiting.
    ///
    /// @return ends the listening when closed
    public AutoCloseable listen(Consumer<RunEvent> listener) {
        return listeners.add(listener);
    }

    /// The newest durable parameters of a run as a safetensors file; empty if there are none yet.
    public Optional<ModelFile> model(RunHandle run) {
        return runs.weights(run)
                .map(file -> ModelFile.of(run.plan().model(), Optional.empty(), file));
    }

    /// What the port serves beside device sessions.
    List<Route> routes() {
        return api.routes();
    }

    @Override
    public void close() {
        fleet.close();
        opened.close();
    }

    private static Coordinator open(CoordinatorSettings settings, Brought brought, Opened opened)
            throws IOException {
        var home = settings.home();
        Files.createDirectories(home);
        opened.add(HomeLock.take(home));
        GrpcSessionService.loadAhead();
        var clock = InstantSource.system();
        var database = opened.add(database(settings));
        var journal = opened.add(Journal.open(database));
        var bucket = bucket(settings, opened);
        var blobs = store(home, "blobs", bucket);
        var checkpoints = store(home, "checkpoints", bucket);
        var credits = new CreditStore(database.jdbi(), clock);
        var access = access(settings, database.jdbi(), clock);
        var shared = shared(settings, opened);
        var listeners = new Listeners();
        var counters = new Counters();
        var plans = new Plans(blobs, new Tunings(database.jdbi(), clock), brought.compilers);
        var records = new Fleet.Records(new Reputations(database), plans, clock);
        var fleet = new Fleet(access, shared, settings.limits().devicesMax(), records);
        var runs =
                opened.add(
                        new Runs(
                                new Runs.Means(
                                        blobs,
                                        new Checkpointer.Shelf(checkpoints, database, clock),
                                        new RunRecord.Archive(
                                                database, journal, clock, listeners, counters),
                                        fleet,
                                        shared,
                                        new Inbox.Budget(settings.limits().inboxBytesMax()),
                                        settings.engines(),
                                        settings.checkpointEvery(),
                                        credits)));
        runs.restore();
        var uploads =
                Uploads.open(home.resolve("uploads"), database.jdbi(), clock, UploadLimits.DEFAULT);
        var datasets = opened.add(Datasets.open(blobs, uploads, database.jdbi(), clock));
        var models = StoredModels.open(blobs, uploads, database.jdbi(), clock);
        var figures = new CoordinatorFigures(home, fleet, runs, database, journal, counters);
        var store = new ProjectStore(database.jdbi(), clock);
        var check = new ProjectCheck(new RequestReader(models, datasets, access.blobs()), blobs);
        var terms = new Projects.Terms(access::person, clock, settings.limits().runsMax());
        var projects = opened.add(Projects.open(store, check, runs, terms));
        var parts =
                new Parts(
                        access,
                        blobs,
                        fleet,
                        runs,
                        listeners,
                        uploads,
                        credits,
                        plans,
                        datasets,
                        models,
                        figures,
                        projects,
                        new HelpForecast(brought.roundTimes));
        var api = new Api(parts, settings.limits());
        return new Coordinator(opened, parts, api, serve(settings, parts, api, opened));
    }

    private static Database database(CoordinatorSettings settings) {
        var server = settings.storage().database();
        return server.isPresent()
                ? Database.open(server.get())
                : Database.open(settings.home().resolve("motley.db"));
    }

    private static Optional<S3Bucket> bucket(CoordinatorSettings settings, Opened opened)
            throws IOException {
        var uri = settings.storage().blobs();
        if (uri.isEmpty()) return Optional.empty();
        var bucket = opened.add(S3Bucket.open(uri.get()));
        bucket.probe();
        return Optional.of(bucket);
    }

    private static BlobStore store(Path home, String name, Optional<S3Bucket> bucket)
            throws IOException {
        return BlobStore.open(home.resolve(name), bucket.map(all -> all.folder(name)));
    }

    private static Access access(CoordinatorSettings settings, Jdbi jdbi, InstantSource clock)
            throws IOException {
        boolean isPrivate = settings.listen().getAddress().isLoopbackAddress();
        var entrance = settings.entrance();
        if (isPrivate && !entrance.withAccounts()) return Access.ofEverybody(jdbi, clock);
        var file = settings.home().resolve("token");
        return Access.guarded(jdbi, clock, file, entrance.terms());
    }

    private static Optional<SharedDirectory> shared(CoordinatorSettings settings, Opened opened) {
        if (!settings.sharedMemory()) return Optional.empty();
        try {
            return Optional.of(opened.add(SharedDirectory.open()));
        } catch (IOException e) {
            LOG.warn("no shared memory, local devices use HTTP: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static Place serve(CoordinatorSettings settings, Parts parts, Api api, Opened opened)
            throws IOException {
        var sessions = opened.add(new SessionServices(parts.fleet::open));
        var server = api.server(settings, sessions);
        opened.add(() -> stop(server));
        try {
            server.start().join();
        } catch (CompletionException e) {
            if (isPortTaken(e)) throw new PortInUseException(settings.listen().getPort(), e);
            throw new IOException("cannot listen on " + settings.listen(), e);
        }
        // Not the port of a "local" address: that means loopback or all, and no other.
        int port = Objects.requireNonNull(server.activePort(), "port").localAddress().getPort();
        return new Place(
                new InetSocketAddress(settings.listen().getAddress(), port),
                settings.entrance().tls().isPresent() ? "https" : "http");
    }

    /// Every transport has its own class for it; all have the words of the system.
    private static boolean isPortTaken(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            var message = cause.getMessage();
            if (cause instanceof IOException && message != null && message.contains("in use")) {
                return true;
            }
        }
        return false;
    }

    /// Its event loops take two seconds more to be sure that nothing comes; nobody waits for that.
    private static void stop(Server server) {
        try {
            server.stop().get(STOP_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("event loops still end", e);
        } catch (ExecutionException e) {
            LOG.warn("server not stopped in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
