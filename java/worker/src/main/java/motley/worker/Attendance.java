package motley.worker;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import motley.wire.BulkClient;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromCoordinator.Assign;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromDevice;
import motley.wire.Hindrance;
import motley.wire.Protocol;
import motley.wire.RunManifest;
import motley.wire.Session;
import motley.wire.TaskKey;
import motley.wire.encoding.Encoding;
import motley.wire.encoding.ParameterForm;
import org.jspecify.annotations.Nullable;

/// One session of a device with a coordinator: joins, then computes what it is assigned until the
/// session ends.
///
/// Everything is confined to the thread of [#run], except [#leave] and the heartbeats, which tell
/// the coordinator that a task is in good hands while that thread is busy with it.
final class Attendance implements AutoCloseable {
    /// Who attends.
    record Device(
            WorkerSettings settings,
            DeviceIdentity identity,
            DeviceProfile profile,
            HealthWatch health) {}

    /// How long a device rests that fails: it would only waste the others' time.
    private static final Duration REST_FIRST = Duration.ofSeconds(1);

    private static final Duration REST_LONGEST = Duration.ofMinutes(1);

    /// Runs a session may speak of; the oldest is forgotten first.
    private static final int MANIFESTS_MAX = 1000;

    private final Device device;
    private final Workbench workbench;
    private final URI coordinator;
    private final Consumer<WorkerEvent> listener;
    private final Mailbox mailbox;
    private final Session<FromDevice> session;

    private final Map<String, RunManifest> manifests = new LinkedHashMap<>();
    private final Backoff failures = new Backoff(REST_FIRST, REST_LONGEST);
    private @Nullable BulkClient bulk;
    private @Nullable FileExchange files;
    private Optional<String> shownPause = Optional.empty();
    private Optional<String> ending = Optional.empty();
    private boolean hasAsked;
    private long restEndNs;

    /// Written by the health watch; empty until the machine was looked at.
    private volatile Optional<DeviceHealth> health = Optional.empty();

    /// Why it rests after a failure; read by the health watch.
    private volatile Optional<String> rest = Optional.empty();

    private Attendance(
            Device device,
            Workbench workbench,
            Consumer<WorkerEvent> listener,
            Connection connection) {
        this.device = device;
        this.workbench = workbench;
        this.listener = listener;
        coordinator = connection.coordinator();
        mailbox = connection.mailbox();
        session = connection.session();
    }

    private record Connection(URI coordinator, Mailbox mailbox, Session<FromDevice> session) {}

    /// Begins to connect; whether that succeeds shows in [#run].
    static Attendance connect(
            Device device, Workbench workbench, URI coordinator, Consumer<WorkerEvent> listener) {
        var mailbox = new Mailbox();
        var settings = device.settings();
        var session = settings.transport().connect(coordinator, settings.trust(), mailbox);
        var connection = new Connection(coordinator, mailbox, session);
        return new Attendance(device, workbench, listener, connection);
    }

    /// Attends until the session ends.
    ///
    /// @return why it ended
    /// @throws TurnedAwayException if the coordinator refuses this device for good
    String run() throws InterruptedException {
        session.send(hello());
        while (ending.isEmpty()) {
            switch (mailbox.take()) {
                case Mailbox.Signal.Said(var message) -> handle(message);
                case Mailbox.Signal.Felt() -> feel();
                case Mailbox.Signal.Closed(var why) -> ending = Optional.of(why);
            }
        }
        return ending.get();
    }

    private FromDevice.Hello hello() {
        return new FromDevice.Hello(
                Protocol.VERSION,
                device.settings().tokens().apply(coordinator),
                device.identity().id(),
                device.identity().name(),
                device.profile());
    }

    private void handle(FromCoordinator message) throws InterruptedException {
        switch (message) {
            case FromCoordinator.Welcome welcome -> join(welcome);
            case FromCoordinator.Prepare(var manifest) -> remember(manifest);
            case Assign assign -> work(assign);
            case FromCoordinator.Refused(long lease, var reason) -> {
                workbench.takeBack(lease);
                listener.accept(new WorkerEvent.Refused(reason));
            }
            case FromCoordinator.Idle(var reason) ->
                    listener.accept(new WorkerEvent.Waiting(reason));
            case FromCoordinator.Goodbye(var reason, boolean mayReturn) -> {
                if (!mayReturn) throw new TurnedAwayException(reason);
                ending = Optional.of(reason);
            }
            // The mailbox has dropped a revoked task already.
            case FromCoordinator.Revoked _,
                    FromCoordinator.Accepted _,
                    FromCoordinator.Pulse _ -> {}
        }
    }

    /// Asks for work only when the machine was looked at: its owner's limits come first.
    private void join(FromCoordinator.Welcome welcome) {
        if (isJoined()) return;
        bulk = new BulkClient(coordinator, welcome.sessionToken(), device.settings().trust());
        mailbox.attach(bulk);
        files =
                welcome.sharedDirectory()
                        .filter(_ -> device.settings().usesFiles())
                        .flatMap(FileExchange::tryOpen)
                        .orElse(null);
        if (files != null) session.send(files.proof());
        listener.accept(
                new WorkerEvent.Joined(
                        coordinator, welcome.deviceId(), device.identity().name(), files != null));
        device.health().listen(this::beat);
    }

    /// A coordinator tells about each run once a session, though devices go from one to another
    /// and back.
    private void remember(RunManifest manifest) {
        manifests.put(manifest.run(), manifest);
        if (manifests.size() > MANIFESTS_MAX) {
            manifests.remove(manifests.keySet().iterator().next());
        }
    }

    /// Called by the health watch, also in the middle of a task.
    private void beat(DeviceHealth measured) {
        health = Optional.of(measured);
        var paused = HealthWatch.withPause(measured, pausedBecause());
        long lease = mailbox.inHand().map(TaskKey::lease).orElse(0L);
        session.send(new FromDevice.Heartbeat(paused, lease));
        mailbox.felt();
    }

    private Optional<String> pausedBecause() {
        return health.flatMap(DeviceHealth::pausedBecause).or(() -> rest);
    }

    private void feel() {
        if (restEndNs - System.nanoTime() <= 0) rest = Optional.empty();
        var pause = health.flatMap(DeviceHealth::pausedBecause);
        if (pause.isPresent() && !pause.equals(shownPause)) {
            listener.accept(new WorkerEvent.Paused(pause.get()));
        }
        if (pause.isEmpty() && shownPause.isPresent()) {
            listener.accept(new WorkerEvent.Resumed());
        }
        shownPause = pause;
        ask();
    }

    /// Tells the coordinator that this device is free, unless something keeps it from working.
    private void ask() {
        if (hasAsked || health.isEmpty() || pausedBecause().isPresent()) return;
        hasAsked = session.send(new FromDevice.WorkRequest());
    }

    private void work(Assign assign) throws InterruptedException {
        hasAsked = false;
        var task = assign.task();
        var pause = pausedBecause();
        try {
            if (pause.isPresent()) giveBack(task, pause.get());
            else if (mailbox.holds(task)) compute(assign);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            fail(task, e);
        } finally {
            mailbox.letGo(task);
        }
        ask();
    }

    private void compute(Assign assign) throws IOException, InterruptedException {
        var task = assign.task();
        var run = ready(task);
        requireKnown(assign);
        long startNs = System.nanoTime();
        var exchange = exchange(assign);
        if (!isLoaded(run, exchange, assign)) {
            giveBack(task, "parameters %d are gone".formatted(task.parameterVersion()));
            return;
        }
        var local = assign.work().local();
        if (local.isPresent()) {
            run.loadState(local.get(), sha256 -> workbench.fetch(bulk(), sha256));
        }
        workbench.attach(bulk());
        run.prepareSamples(assign.work());
        long loadedNs = System.nanoTime();
        var result =
                run.compute(
                        assign.work(), task.round(), System::nanoTime, () -> mailbox.holds(task));
        long computedNs = System.nanoTime();
        failures.reset();
        if (!mailbox.holds(task)) {
            // Revoked: the coordinator learns that this device takes longer. Or the session ended.
            giveBack(task, "another was faster");
            return;
        }
        if (assign.work().kind() == Kind.TRAIN) {
            exchange.writeContribution(assign, run.outgoing().encode(assign, run.contribution()));
        }
        boolean isSent = session.send(new FromDevice.Submission(task, result));
        if (!isSent) return;
        var times = new WorkerEvent.Times(startNs, loadedNs, computedNs, System.nanoTime());
        listener.accept(new WorkerEvent.Computed(task, assign.work(), result, times));
    }

    /// What came damaged is fetched once more, whole.
    ///
    /// @return false if the coordinator has the parameters no more
    /// @throws IOException if they cannot be had, or are damaged again
    private boolean isLoaded(PreparedRun run, BulkExchange exchange, Assign assign)
            throws IOException, InterruptedException {
        var task = assign.task();
        var named = assign.form().parametersSha256();
        var version = new PreparedRun.Version(task.fence(), task.parameterVersion(), named);
        var held = run.held(task.fence());
        var loading = run.load(version, into -> exchange.readParameters(assign, into, held));
        if (loading == PreparedRun.Loading.OTHERS) {
            listener.accept(new WorkerEvent.Damaged(task.parameterVersion()));
            loading = run.load(version, into -> exchange.readParameters(assign, into));
        }
        return switch (loading) {
            case DONE -> true;
            case GONE -> false;
            case OTHERS ->
                    throw new IOException(
                            "parameters: version %d with another SHA-256 (expected: %s)"
                                    .formatted(task.parameterVersion(), named.orElse("")));
        };
    }

    /// A coordinator may be newer than this device.
    private static void requireKnown(Assign assign) {
        Encoding.parse(assign.form().encoding());
        ParameterForm.parse(assign.form().parameters());
    }

    private PreparedRun ready(TaskKey task) throws IOException, InterruptedException {
        var manifest = manifests.get(task.run());
        if (manifest == null) {
            throw new IllegalArgumentException(
                    "run: %s (expected: one that was announced)".formatted(task.run()));
        }
        var ready = workbench.ready(manifest);
        if (ready.isPresent()) return ready.get();
        listener.accept(new WorkerEvent.Preparing(manifest));
        var prepared = workbench.prepare(bulk(), manifest);
        listener.accept(new WorkerEvent.Ready(manifest));
        return prepared;
    }

    private BulkExchange exchange(Assign assign) {
        if (assign.files().isPresent() && files != null) return files;
        return new HttpExchange(bulk());
    }

    private BulkClient bulk() {
        return Objects.requireNonNull(bulk, "welcome: missing (expected: before the first task)");
    }

    private void giveBack(TaskKey task, String reason) {
        session.send(new FromDevice.LeaseReturn(task.run(), task.lease(), reason));
    }

    /// Gives the task back and rests, the longer the more often it fails. The end of a session in
    /// the middle of a task is no failure.
    private void fail(TaskKey task, Throwable cause) {
        if (mailbox.isClosed()) return;
        workbench.takeBack(task.lease());
        var reason = "task failed: " + text(cause);
        var pause = failures.next();
        restEndNs = System.nanoTime() + pause.toNanos();
        var hindrance =
                new Hindrance(reason, "tries again after %d s".formatted(pause.toSeconds()));
        rest = Optional.of(hindrance.text());
        giveBack(task, reason);
        listener.accept(new WorkerEvent.Failed(reason));
    }

    private static String text(Throwable cause) {
        var message = String.valueOf(cause.getMessage());
        boolean speaks = cause.getMessage() != null && !(cause instanceof OutOfMemoryError);
        return speaks ? message : cause.getClass().getSimpleName();
    }

    /// Whether the coordinator took this device in.
    boolean isJoined() {
        return bulk != null;
    }

    /// Ends the session; with the word of leaving, the task in hand goes back to the coordinator.
    /// Any thread may call it, at any time.
    void leave(String reason) {
        session.send(new FromDevice.Leaving(reason));
        session.close(reason);
    }

    @Override
    public void close() {
        device.health().listenNoMore();
        leave("the device ends the session");
        if (files != null) files.close();
    }
}
