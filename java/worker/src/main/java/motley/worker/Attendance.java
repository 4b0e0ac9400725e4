package motley.worker;

import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import motley.wire.BulkClient;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromDevice;
import motley.wire.GrpcSessionClient;
import motley.wire.Protocol;
import motley.wire.RunManifest;
import motley.wire.Session;
import motley.wire.SharedExchange;
import org.jspecify.annotations.Nullable;

/// One session of a device with a coordinator: joins, then computes what it is assigned until the
/// session ends.
///
/// The session's threads only put messages into a queue; [#run]'s thread takes them out, so that
/// everything here but [#leave] and the queue is confined to it.
final class Attendance implements DeviceAgent.Presence {
    /// Who attends.
    record Device(
            WorkerSettings settings,
            DeviceIdentity identity,
            DeviceProfile profile,
            HealthWatch health) {}

    /// What [#run] waits for.
    private sealed interface Signal {
        record Said(FromCoordinator message) implements Signal {}

        record Felt(DeviceHealth health) implements Signal {}

        record Closed(String why) implements Signal {}
    }

    private static final int FAILURES_MAX = 3;

    private final Device device;
    private final RunPreparation preparation;
    private final URI coordinator;
    private final Consumer<WorkerEvent> listener;
    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final Session<FromDevice> session;

    private volatile boolean isJoined;
    private volatile long leaseInHand;
    private volatile String runInHand = "";

    private @Nullable BulkClient bulk;
    private Optional<String> pausedBecause = Optional.empty();
    private boolean hasAsked;
    private int failures;
    private @Nullable SharedExchange files;
    private @Nullable PreparedRun run;

    Attendance(
            Device device,
            RunPreparation preparation,
            URI coordinator,
            Consumer<WorkerEvent> listener) {
        this.device = device;
        this.preparation = preparation;
        this.coordinator = coordinator;
        this.listener = listener;
        this.session = GrpcSessionClient.connect(coordinator, new Inbox());
    }

    private final class Inbox implements Session.Handler<FromCoordinator> {
        @Override
        public void received(FromCoordinator message) {
            signals.add(new Signal.Said(message));
        }

        @Override
        public void closed(String why) {
            signals.add(new Signal.Closed(why));
        }
    }

    /// Attends until the session ends.
    ///
    /// @return why it ended
    /// @throws TurnedAwayException if the coordinator refuses this device for good
    String run() throws InterruptedException {
        var settings = device.settings();
        session.send(
                new FromDevice.Hello(
                        Protocol.VERSION,
                        settings.token(),
                        device.identity().id(),
                        device.identity().name(),
                        device.profile()));
        try {
            while (true) {
                switch (signals.take()) {
                    case Signal.Said(var message) -> handle(message);
                    case Signal.Felt(var health) -> feel(health);
                    case Signal.Closed(var why) -> {
                        return why;
                    }
                }
            }
        } finally {
            session.close("the device ends the session");
            if (run != null) run.close();
            if (files != null) files.close();
            if (bulk != null) bulk.close();
        }
    }

    private void handle(FromCoordinator message) throws InterruptedException {
        switch (message) {
            case FromCoordinator.Welcome welcome -> join(welcome);
            case FromCoordinator.Prepare(var manifest) -> prepare(manifest);
            case FromCoordinator.Assign assign -> work(assign);
            case FromCoordinator.Refused(long _, var reason) ->
                    listener.accept(new WorkerEvent.Refused(reason));
            case FromCoordinator.Idle(var reason) ->
                    listener.accept(new WorkerEvent.Waiting(reason));
            case FromCoordinator.Goodbye(var reason, boolean mayReturn) -> {
                if (!mayReturn) throw new TurnedAwayException(reason);
            }
            // Between tasks there is nothing to revoke; a task is too short to be worth stopping.
            case FromCoordinator.Revoked _,
                    FromCoordinator.Accepted _,
                    FromCoordinator.Pulse _ -> {}
        }
    }

    private void join(FromCoordinator.Welcome welcome) {
        bulk = new BulkClient(coordinator, welcome.sessionToken());
        files = welcome.sharedDirectory().flatMap(SharedExchange::tryOpen).orElse(null);
        if (files != null) session.send(files.proof());
        isJoined = true;
        listener.accept(
                new WorkerEvent.Joined(
                        coordinator, welcome.deviceId(), device.identity().name(), files != null));
        device.health().listen(health -> signals.add(new Signal.Felt(health)));
        ask();
    }

    /// Tells the coordinator that this device is free, unless its owner's limits say otherwise.
    private void ask() {
        if (!isJoined || hasAsked || pausedBecause.isPresent()) return;
        hasAsked = session.send(new FromDevice.WorkRequest());
    }

    private void feel(DeviceHealth health) {
        var before = pausedBecause;
        pausedBecause = health.pausedBecause();
        session.send(new FromDevice.Heartbeat(health, leaseInHand));
        if (pausedBecause.isPresent() && !pausedBecause.equals(before)) {
            listener.accept(new WorkerEvent.Paused(pausedBecause.get()));
        }
        if (pausedBecause.isEmpty() && before.isPresent()) {
            listener.accept(new WorkerEvent.Resumed());
        }
        ask();
    }

    private void prepare(RunManifest manifest) throws InterruptedException {
        if (run != null && run.manifest().equals(manifest)) return;
        listener.accept(new WorkerEvent.Preparing(manifest));
        if (run != null) run.close();
        run = null;
        try {
            run = preparation.prepare(bulk(), manifest);
            listener.accept(new WorkerEvent.Ready(manifest));
        } catch (IOException | RuntimeException e) {
            fail("cannot prepare run %s: %s".formatted(manifest.run(), e.getMessage()));
        }
    }

    private void work(FromCoordinator.Assign assign) throws InterruptedException {
        hasAsked = false;
        var task = assign.task();
        runInHand = task.run();
        leaseInHand = task.lease();
        try {
            if (pausedBecause.isPresent()) {
                giveBack(pausedBecause.get());
            } else if (run == null || !run.manifest().run().equals(task.run())) {
                giveBack("run %s is not prepared on this device".formatted(task.run()));
            } else {
                compute(run, assign);
                failures = 0;
            }
        } catch (IOException | RuntimeException e) {
            fail("task failed: " + e.getMessage());
            giveBack("task failed: " + e.getMessage());
        } finally {
            leaseInHand = 0;
        }
        ask();
    }

    private void compute(PreparedRun prepared, FromCoordinator.Assign assign)
            throws IOException, InterruptedException {
        var task = assign.task();
        var exchange = exchange(assign);
        long version = task.parameterVersion();
        if (prepared.loadedVersion() != version) {
            if (!exchange.readParameters(assign, prepared.parameters())) {
                giveBack("parameters %d are gone".formatted(version));
                return;
            }
            prepared.parametersLoaded(version);
        }
        var result = prepared.compute(assign.work(), task.round(), System::nanoTime);
        boolean isTraining = assign.work().kind() == Kind.TRAIN;
        if (isTraining) exchange.writeContribution(assign, prepared.contribution());
        session.send(new FromDevice.Submission(task, result));
        listener.accept(new WorkerEvent.Computed(task, result));
    }

    private BulkExchange exchange(FromCoordinator.Assign assign) {
        if (assign.files().isPresent() && files != null) return new FileExchange(files);
        return new HttpExchange(bulk());
    }

    private BulkClient bulk() {
        return Objects.requireNonNull(bulk); // Set by the welcome, before anything needs it.
    }

    private void giveBack(String reason) {
        session.send(new FromDevice.LeaseReturn(runInHand, leaseInHand, reason));
    }

    /// A device that keeps failing only wastes the others' time: it leaves.
    private void fail(String reason) {
        listener.accept(new WorkerEvent.Failed(reason));
        if (++failures < FAILURES_MAX) return;
        session.send(new FromDevice.Leaving(reason));
        throw new TurnedAwayException(
                "%d failures in a row, the last: %s".formatted(failures, reason));
    }

    @Override
    public boolean wasJoined() {
        return isJoined;
    }

    /// Called by the thread that stops the agent, perhaps in the middle of a task.
    @Override
    public void leave(String reason) {
        if (leaseInHand != 0) giveBack(reason);
        session.send(new FromDevice.Leaving(reason));
        session.close(reason);
    }
}
