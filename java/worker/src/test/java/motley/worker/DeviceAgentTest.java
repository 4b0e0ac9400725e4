package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import motley.data.SampleOrder;
import motley.program.Engine;
import motley.program.reference.ReferenceEngine;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromCoordinator.Assign;
import motley.wire.FromCoordinator.Kind;
import motley.wire.FromCoordinator.Work;
import motley.wire.FromDevice;
import motley.wire.Session;
import motley.wire.TaskKey;
import motley.wire.encoding.ParameterHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A device's agent and a coordinator over real sockets.
@Timeout(240)
final class DeviceAgentTest {
    private static final long PATIENCE_S = 80;
    private static final TinyRun TINY = TinyRun.of("tiny-run", 4);

    @TempDir private Path home;
    private TestCoordinator coordinator = TestCoordinator.start(0);
    private final BlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();

    private Engine engine = new ReferenceEngine();
    private volatile boolean isOnPower = true;
    private DeviceAgent agent;
    private CompletableFuture<Void> ended;

    @AfterEach
    void close() throws Exception {
        agent.stop("the test is over");
        ended.handle((_, _) -> true).get(PATIENCE_S, TimeUnit.SECONDS);
        agent.close();
        engine.close();
        coordinator.close();
    }

    @Test
    void deviceJoinsAndWorks() throws Exception {
        start();
        var session = coordinator.welcome();
        coordinator.hear(FromDevice.WorkRequest.class);
        offer(session, 1, 0.5f);

        var submission = coordinator.hear(FromDevice.Submission.class);
        assertThat(submission.task()).isEqualTo(task(1));
        assertThat(submission.result().samples()).isEqualTo(4);
        var body = ByteBuffer.wrap(coordinator.contributions.get("tiny-run/1"));
        var order = new SampleOrder(TinyRun.SEED, 0, TinyRun.TRAIN).samples(0, 4);
        double sum = 0;
        for (int sample : order) sum += TinyRun.pixel(sample, 0) / 255f;
        assertThat(body.order(ByteOrder.LITTLE_ENDIAN).getFloat(0)).isEqualTo((float) sum);
        coordinator.hear(FromDevice.WorkRequest.class);

        assertThat(next(WorkerEvent.Joined.class).sharesMemory()).isFalse();
        assertThat(next(WorkerEvent.Preparing.class).manifest()).isEqualTo(TINY.manifest());
        assertThat(next(WorkerEvent.Computed.class).task()).isEqualTo(task(1));
    }

    @Test
    void deviceComesBackAndKeepsWhatItPrepared() throws Exception {
        start();
        offer(coordinator.welcome(), 1, 0);
        coordinator.hear(FromDevice.Submission.class);
        int port = coordinator.port();
        coordinator.stop();
        next(WorkerEvent.Away.class);

        coordinator = TestCoordinator.start(port);
        offer(coordinator.welcome(), 2, 0);
        assertThat(coordinator.hear(FromDevice.Submission.class).task()).isEqualTo(task(2));
        assertThat(coordinator.blobsServed).hasValue(0);
        next(WorkerEvent.Joined.class);
        assertThat(next(WorkerEvent.class)).isInstanceOf(WorkerEvent.Computed.class);
    }

    @Test
    void deviceGoesBackToARunItWasToldOfBefore() throws Exception {
        start();
        var session = coordinator.welcome();
        offer(session, 1, 0);
        coordinator.hear(FromDevice.Submission.class);
        var other = TinyRun.of("other-run", 4);
        coordinator.parameters.put("other-run/1", new byte[4 * 12]);
        session.send(new FromCoordinator.Prepare(other.manifest()));
        session.send(assign(new TaskKey("other-run", 2, 1, 0, 0, 1)));
        coordinator.hear(FromDevice.Submission.class);
        session.send(assign(task(3)));
        assertThat(coordinator.hear(FromDevice.Submission.class).task()).isEqualTo(task(3));
    }

    @Test
    void limitsPauseAndPowerResumes() throws Exception {
        isOnPower = false;
        start();
        var session = coordinator.welcome();
        var reason = "on battery, allowed on power only; plug it in";
        assertThat(next(WorkerEvent.Paused.class).reason()).isEqualTo(reason);
        while (!coordinator.heartbeat().health().pausedBecause().equals(Optional.of(reason))) {}

        offer(session, 1, 0);
        assertThat(coordinator.heard())
                .as("no request for work before")
                .isEqualTo(new FromDevice.LeaseReturn("tiny-run", 1, reason));
        isOnPower = true;
        next(WorkerEvent.Resumed.class);
        assertThat(coordinator.heard()).isEqualTo(new FromDevice.WorkRequest());
    }

    /// Leaving gives all leases back at once; the answer that is ready later is not sent.
    @Test
    void taskInTheMiddleIsGivenBackOnStop() throws Exception {
        var gated = new GatedEngine();
        engine = gated;
        start();
        offer(coordinator.welcome(), 7, 0);
        gated.begun.await();
        while (coordinator.heartbeat().lease() != 7) {}

        var stopping = async(() -> agent.stop("the owner is back"));
        assertThat(coordinator.hear(FromDevice.Leaving.class))
                .isEqualTo(new FromDevice.Leaving("the owner is back"));
        gated.gate.countDown();
        stopping.get(PATIENCE_S, TimeUnit.SECONDS);
        ended.get(PATIENCE_S, TimeUnit.SECONDS);
        assertThat(coordinator.contributions).isEmpty();
        assertThat(events).noneMatch(event -> event instanceof WorkerEvent.Computed);
    }

    @Test
    void revokedTaskIsNotAnswered() throws Exception {
        var gated = new GatedEngine();
        engine = gated;
        start();
        var session = coordinator.welcome();
        offer(session, 7, 0);
        gated.begun.await();
        while (coordinator.heartbeat().lease() != 7) {}
        session.send(new FromCoordinator.Revoked(7));
        while (coordinator.heartbeat().lease() != 0) {}
        gated.gate.countDown();
        coordinator.hear(FromDevice.WorkRequest.class);
        session.send(assign(task(8)));
        assertThat(coordinator.hear(FromDevice.Submission.class).task()).isEqualTo(task(8));
        assertThat(coordinator.contributions).containsOnlyKeys("tiny-run/8");
    }

    @Test
    void idleDeviceSaysGoodbyeOnStop() throws Exception {
        start();
        coordinator.welcome();
        coordinator.hear(FromDevice.WorkRequest.class);
        agent.stop("Ctrl-C");
        assertThat(coordinator.heard()).isEqualTo(new FromDevice.Leaving("Ctrl-C"));
        ended.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    @Test
    void deviceTurnedAwayDoesNotReturn() throws Exception {
        start();
        var session = coordinator.session();
        coordinator.hear(FromDevice.Hello.class);
        session.send(new FromCoordinator.Goodbye("token: wrong", false));
        session.close("token: wrong");
        assertThatThrownBy(() -> ended.orTimeout(PATIENCE_S, TimeUnit.SECONDS).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(TurnedAwayException.class)
                .hasMessage("the coordinator refused this device: token: wrong");
    }

    @Test
    void goodbyeForNowBringsTheDeviceBack() throws Exception {
        start();
        coordinator.welcome().send(new FromCoordinator.Goodbye("the coordinator stops", true));
        assertThat(next(WorkerEvent.Away.class).reason()).isEqualTo("the coordinator stops");
        coordinator.welcome();
        next(WorkerEvent.Joined.class);
    }

    /// A device that cannot prepare a run gives its task back, rests, and tries again.
    @Test
    void failureIsExplainedAndTriedAgain() throws Exception {
        start();
        var session = coordinator.welcome();
        coordinator.hear(FromDevice.WorkRequest.class);
        session.send(new FromCoordinator.Prepare(TINY.manifest()));
        session.send(assign(task(1)));
        var back = coordinator.hear(FromDevice.LeaseReturn.class);
        assertThat(back.lease()).isEqualTo(1);
        assertThat(back.reason()).startsWith("task failed: http://127.0.0.1:").contains("410");
        assertThat(next(WorkerEvent.Failed.class).reason()).isEqualTo(back.reason());

        coordinator.hear(FromDevice.WorkRequest.class);
        offer(session, 2, 0);
        assertThat(coordinator.hear(FromDevice.Submission.class).task()).isEqualTo(task(2));
    }

    /// The device fetches them again, and gives the task back if they are wrong once more.
    @Test
    void damagedParametersAreNoticedAndNothingIsComputedWithThem() throws Exception {
        start();
        var session = coordinator.welcome();
        coordinator.hear(FromDevice.WorkRequest.class);
        var whole = parameters(0.5f);
        var sha256 = ParameterHash.of(MemorySegment.ofArray(whole));
        var damaged = whole.clone();
        damaged[7] ^= 1;
        coordinator.blobs.putAll(TINY.blobs());
        session.send(new FromCoordinator.Prepare(TINY.manifest()));
        coordinator.parameters.put("tiny-run/1", damaged);
        session.send(assign(task(1), sha256));
        assertThat(coordinator.hear(FromDevice.LeaseReturn.class))
                .isEqualTo(
                        new FromDevice.LeaseReturn(
                                "tiny-run",
                                1,
                                "task failed: parameters: version 1 with another SHA-256"
                                        + " (expected: "
                                        + sha256
                                        + ")"));
        assertThat(next(WorkerEvent.Damaged.class).parameterVersion()).isEqualTo(1);
        assertThat(coordinator.contributions).isEmpty();

        coordinator.parameters.put("tiny-run/1", whole);
        coordinator.hear(FromDevice.WorkRequest.class);
        session.send(assign(task(2), sha256));
        assertThat(coordinator.hear(FromDevice.Submission.class).task()).isEqualTo(task(2));
    }

    @Test
    void unannouncedRunIsGivenBack() throws Exception {
        start();
        coordinator.welcome().send(assign(task(1)));
        assertThat(coordinator.hear(FromDevice.LeaseReturn.class).reason())
                .isEqualTo("task failed: run: tiny-run (expected: one that was announced)");
    }

    private void start() throws Exception {
        var settings =
                new WorkerSettings(
                        Optional.of(coordinator.uri()),
                        _ -> "",
                        "tester",
                        1,
                        64 << 20,
                        new OwnerLimits(0, true, false),
                        home,
                        1,
                        "test");
        var profile =
                new DeviceProfile(
                        "os",
                        "cpu",
                        1,
                        1,
                        1 << 30,
                        1 << 30,
                        OptionalDouble.empty(),
                        List.of("jvm"),
                        engine.numericClass(),
                        "test");
        var measurements = new Measurements(profile, this::reading);
        agent = DeviceAgent.open(settings, engine, events::add, measurements);
        ended = async(this::runAgent);
    }

    private void runAgent() {
        try {
            agent.run();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// On a thread of its own: a pool may have but one.
    private static CompletableFuture<Void> async(Runnable work) {
        return CompletableFuture.runAsync(work, task -> Thread.ofPlatform().start(task));
    }

    private Reading reading() {
        var unknown = DeviceHealth.unknown();
        var health =
                new DeviceHealth(
                        unknown.load(),
                        unknown.memoryFreeBytes(),
                        unknown.battery(),
                        Optional.of(isOnPower),
                        unknown.temperatureCelsius(),
                        Optional.empty());
        return new Reading(health, OptionalDouble.empty());
    }

    /// Announces the run and assigns its first samples.
    private void offer(Session<FromCoordinator> session, long lease, float parameter) {
        coordinator.blobs.putAll(TINY.blobs());
        coordinator.parameters.put("tiny-run/1", parameters(parameter));
        session.send(new FromCoordinator.Prepare(TINY.manifest()));
        session.send(assign(task(lease)));
    }

    private static byte[] parameters(float each) {
        var parameters = ByteBuffer.allocate(4 * 12).order(ByteOrder.LITTLE_ENDIAN);
        while (parameters.hasRemaining()) parameters.putFloat(each);
        return parameters.array();
    }

    private static Assign assign(TaskKey task, String parametersSha256) {
        var form = new FromCoordinator.Form("f32", "f32", Optional.of(parametersSha256));
        var work = new Work(Kind.TRAIN, 0, 0, 4);
        return new Assign(task, work, 60_000, Optional.empty(), form);
    }

    private static TaskKey task(long lease) {
        return new TaskKey("tiny-run", lease, 1, 0, 0, 1);
    }

    private static Assign assign(TaskKey task) {
        return new Assign(task, new Work(Kind.TRAIN, 0, 0, 4), 60_000, Optional.empty());
    }

    /// The next event of `type`; those before it are skipped.
    private <T extends WorkerEvent> T next(Class<T> type) throws InterruptedException {
        while (true) {
            var event = events.poll(PATIENCE_S, TimeUnit.SECONDS);
            if (event == null) throw new AssertionError("no " + type.getSimpleName());
            if (type.isInstance(event)) return type.cast(event);
        }
    }
}
