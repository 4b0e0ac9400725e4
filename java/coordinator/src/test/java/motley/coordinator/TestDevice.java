package motley.coordinator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import motley.tensor.Shape;
import motley.wire.BulkClient;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.Protocol;
import motley.wire.RunManifest;
import motley.wire.Session;
import motley.wire.SharedExchange;
import motley.wire.TaskKey;
import motley.wire.Transport;
import motley.wire.encoding.Encoder;
import motley.wire.encoding.Encoding;
import motley.wire.encoding.ParameterHash;

/// A small device that speaks the real protocol over real sockets and computes for real, on a
/// thread of its own. As every device it comes back when its session is lost, which a machine that
/// stands still for some seconds is enough for, and stays away when it was sent away.
final class TestDevice implements AutoCloseable {
    /// What a device does with what it computed, before and while it submits.
    interface Conduct {
        /// @param tasks how many tasks this device has computed, this one included
        void submit(TestDevice device, FromCoordinator.Assign assign, Outcome outcome, int tasks)
                throws Exception;
    }

    /// What a task gave.
    record Outcome(MemorySegment gradient, FromDevice.Result result) {}

    private sealed interface Incoming {
        record Message(FromCoordinator message) implements Incoming {}

        record Closed(String why) implements Incoming {}
    }

    private static final long USUALLY_LENT_BYTES = 1L << 30;

    /// What the trainings of tests take at most on a busy machine.
    private static final long TRAINING_S = 160;

    private static final long PAUSE_MS = 100;

    private final URI coordinator;
    private final Settings settings;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Path cache;
    private final BlockingQueue<Incoming> inbox = new LinkedBlockingQueue<>();
    private final BlockingQueue<FromCoordinator> answers = new LinkedBlockingQueue<>();
    private final Map<String, TestComputation> prepared = new HashMap<>();
    private final Map<String, Encoder> encoders = new HashMap<>();
    private volatile CompletableFuture<String> sessionToken = new CompletableFuture<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger damaged = new AtomicInteger();
    private final BlockingQueue<String> idle = new LinkedBlockingQueue<>();
    private volatile String gradientProgram = "";
    private volatile boolean isOver;
    private volatile Session<FromDevice> session;
    private final Thread thread;
    private Optional<BulkClient> bulk = Optional.empty();
    private Optional<SharedExchange> shared = Optional.empty();
    private String sharedDirectory = "";
    private OptionalLong held = OptionalLong.empty();
    private int tasks;

    private TestDevice(URI coordinator, Settings settings, Path cache) {
        this.coordinator = coordinator;
        this.settings = settings;
        this.cache = cache;
        session = join();
        thread = Thread.ofPlatform().daemon().name(settings.id).start(this::live);
    }

    private Session<FromDevice> join() {
        var joined =
                settings.transport.connect(
                        coordinator,
                        new Session.Handler<>() {
                            @Override
                            public void received(FromCoordinator message) {
                                inbox.add(new Incoming.Message(message));
                            }

                            @Override
                            public void closed(String why) {
                                inbox.add(new Incoming.Closed(why));
                            }
                        });
        joined.send(
                new FromDevice.Hello(
                        Protocol.VERSION,
                        settings.token,
                        settings.id,
                        "the device " + settings.id,
                        profile(settings.thin, settings.lentBytes).withOwnSamples(settings.own)));
        return joined;
    }

    /// @param token for joining
    record Settings(
            String id,
            String token,
            boolean sharesMemory,
            Conduct conduct,
            Transport transport,
            Optional<DeviceProfile.Thin> thin,
            long lentBytes,
            List<DeviceProfile.OwnSamples> own) {
        static Settings honest(String id) {
            return new Settings(
                    id,
                    "",
                    false,
                    TestDevice::submitHonestly,
                    Transport.GRPC,
                    Optional.empty(),
                    USUALLY_LENT_BYTES,
                    List.of());
        }

        Settings withSharedMemory() {
            return new Settings(id, token, true, conduct, transport, thin, lentBytes, own);
        }

        Settings withToken(String other) {
            return new Settings(id, other, sharesMemory, conduct, transport, thin, lentBytes, own);
        }

        Settings withConduct(Conduct other) {
            return new Settings(id, token, sharesMemory, other, transport, thin, lentBytes, own);
        }

        Settings over(Transport other) {
            return new Settings(id, token, sharesMemory, conduct, other, thin, lentBytes, own);
        }

        Settings lending(long bytes) {
            return new Settings(id, token, sharesMemory, conduct, transport, thin, bytes, own);
        }

        /// A device with samples of its own, those that a run is judged by.
        Settings offering(String name, String input) {
            var data = new DeviceProfile.OwnSamples(name, TestHome.TEST, input, "i32[]", 10);
            return new Settings(
                    id, token, sharesMemory, conduct, transport, thin, lentBytes, List.of(data));
        }

        /// A device that fetches what each task takes, and can do `encodings`.
        Settings asBrowser(String... encodings) {
            var kind = new DeviceProfile.Thin(List.of(encodings), List.of("f32"));
            return new Settings(
                    id,
                    token,
                    false,
                    conduct,
                    Transport.WEBSOCKET,
                    Optional.of(kind),
                    lentBytes,
                    own);
        }
    }

    /// What it sends with bulk requests, once it is in.
    CompletableFuture<String> sessionToken() {
        return sessionToken.copy();
    }

    /// A training by these devices alone, from its start to its end.
    static RunView train(Coordinator coordinator, RunRequest request, Path folder, Settings... crew)
            throws Exception {
        var devices = new ArrayList<TestDevice>();
        try {
            for (var member : crew) devices.add(start(coordinator.uri(), member, folder));
            return coordinator.startRun(request).whenOver().get(TRAINING_S, TimeUnit.SECONDS);
        } finally {
            devices.forEach(TestDevice::close);
        }
    }

    static TestDevice start(URI coordinator, Settings settings, Path cache) {
        return new TestDevice(coordinator, settings, cache);
    }

    static void submitHonestly(
            TestDevice device, FromCoordinator.Assign assign, Outcome outcome, int tasks)
            throws Exception {
        device.deliver(assign, outcome.gradient);
        device.send(new FromDevice.Submission(assign.task(), outcome.result));
    }

    /// Puts a contribution where the coordinator expects it.
    void deliver(FromCoordinator.Assign assign, MemorySegment gradient) throws Exception {
        if (assign.work().kind() == FromCoordinator.Kind.EVALUATE) return;
        deliverBytes(assign, encoded(assign, gradient));
    }

    /// Puts bytes where the coordinator expects a contribution.
    void deliverBytes(FromCoordinator.Assign assign, MemorySegment bytes) throws Exception {
        var task = assign.task();
        if (assign.files().isPresent()) {
            var file = assign.files().get().contribution();
            shared.orElseThrow().writeContribution(file, task.lease(), bytes);
        } else {
            bulk.orElseThrow().writeContribution(task.run(), task.lease(), bytes);
        }
    }

    private MemorySegment encoded(FromCoordinator.Assign assign, MemorySegment gradient) {
        var form = assign.form().encoding();
        var shapes = prepared.get(assign.task().run()).shapes();
        int elements = Math.toIntExact(gradient.byteSize() / 4);
        boolean isWhole = shapes.stream().mapToInt(Shape::count).sum() == elements;
        var tensors = isWhole ? shapes : List.of(Shape.of(elements));
        return encoders.computeIfAbsent(
                        form + " of " + elements, _ -> Encoder.of(Encoding.parse(form), tensors))
                .encode(gradient);
    }

    void send(FromDevice message) {
        session.send(message);
    }

    /// Acceptances, refusals and farewells, in order.
    BlockingQueue<FromCoordinator> answers() {
        return answers;
    }

    int accepted() {
        return accepted.get();
    }

    /// How often parameters were not those that a task named.
    int damaged() {
        return damaged.get();
    }

    /// The file of this machine that has the parameters of `assign`.
    Path parametersFile(FromCoordinator.Assign assign) {
        return Path.of(sharedDirectory, assign.files().orElseThrow().parameters());
    }

    /// Why there is no work; waits until there is none.
    String idle() throws InterruptedException {
        return String.valueOf(idle.poll(80, TimeUnit.SECONDS));
    }

    /// Of the last run it worked for.
    String gradientProgram() {
        return gradientProgram;
    }

    BulkClient bulk() {
        return bulk.orElseThrow();
    }

    /// Ends without a word, as a killed process does.
    void kill() {
        isOver = true;
        session.close("killed");
        thread.interrupt();
    }

    @Override
    public void close() {
        kill();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void live() {
        try (var arena = Arena.ofShared()) {
            while (true) {
                switch (inbox.take()) {
                    case Incoming.Message(var message) -> attempt(message, arena);
                    case Incoming.Closed(var why) -> {
                        if (isOver) return;
                        comeBack();
                    }
                }
            }
        } catch (InterruptedException e) {
            return;
        } catch (Exception e) {
            throw new IllegalStateException(settings.id, e);
        } finally {
            prepared.values().forEach(TestComputation::close);
            freeConnection();
        }
    }

    private void comeBack() throws InterruptedException {
        freeConnection();
        sessionToken = new CompletableFuture<>();
        Thread.sleep(PAUSE_MS);
        session = join();
        if (isOver) session.close("killed");
    }

    private void freeConnection() {
        shared.ifPresent(SharedExchange::close);
        bulk.ifPresent(BulkClient::close);
    }

    /// A request fails when the session ended before it; whatever the cause, it comes back.
    private void attempt(FromCoordinator message, Arena arena) throws Exception {
        try {
            take(message, arena);
        } catch (IOException e) {
            session.close(e.toString());
        }
    }

    private void take(FromCoordinator message, Arena arena) throws Exception {
        switch (message) {
            case FromCoordinator.Welcome welcome -> welcomed(welcome);
            case FromCoordinator.Prepare prepare -> {
                if (prepared.containsKey(prepare.manifest().run())) return;
                gradientProgram = prepare.manifest().gradientProgram();
                prepared.put(prepare.manifest().run(), prepare(prepare.manifest(), arena));
            }
            case FromCoordinator.Assign assign -> compute(assign);
            case FromCoordinator.Accepted ok -> {
                accepted.incrementAndGet();
                answers.add(ok);
            }
            case FromCoordinator.Refused refused -> answers.add(refused);
            case FromCoordinator.Goodbye goodbye -> {
                isOver = true;
                answers.add(goodbye);
            }
            case FromCoordinator.Pulse ignored -> {}
            case FromCoordinator.Revoked ignored -> {}
            case FromCoordinator.Idle(var reason) -> idle.add(reason);
        }
    }

    private void welcomed(FromCoordinator.Welcome welcome) {
        sessionToken.complete(welcome.sessionToken());
        bulk = Optional.of(new BulkClient(coordinator, welcome.sessionToken()));
        if (settings.sharesMemory) {
            sharedDirectory = welcome.sharedDirectory().orElseThrow();
            shared = SharedExchange.tryOpen(sharedDirectory);
            send(shared.orElseThrow().proof());
        }
        send(new FromDevice.WorkRequest());
    }

    private TestComputation prepare(RunManifest manifest, Arena arena) throws Exception {
        return new TestComputation(manifest, this::blob, arena);
    }

    private byte[] blob(String sha256) throws IOException, InterruptedException {
        var file = cache.resolve(settings.id + "-" + sha256);
        bulk.orElseThrow().fetchBlob(sha256, file);
        return Files.readAllBytes(file);
    }

    private void compute(FromCoordinator.Assign assign) throws Exception {
        var task = assign.task();
        var computation = prepared.get(task.run());
        if (computation == null)
            throw new IOException("run: %s is not prepared".formatted(task.run()));
        boolean isRead =
                assign.files().isPresent()
                        ? shared.orElseThrow()
                                .readParameters(
                                        assign.files().get().parameters(),
                                        task.parameterVersion(),
                                        computation.parameters())
                        : fetch(assign, computation);
        held = isRead ? OptionalLong.of(task.parameterVersion()) : OptionalLong.empty();
        var named = assign.form().parametersSha256().orElseThrow();
        if (isRead && !named.equals(ParameterHash.of(computation.parameters()))) {
            damaged.incrementAndGet();
            send(new FromDevice.LeaseReturn(task.run(), task.lease(), "damaged parameters"));
        } else if (isRead) {
            computeAndSubmit(assign, computation);
        }
        send(new FromDevice.WorkRequest());
    }

    private void computeAndSubmit(FromCoordinator.Assign assign, TestComputation computation)
            throws Exception {
        var outcome =
                settings.thin.isPresent()
                        ? inputs(assign.task()).map(own -> computation.compute(assign.work(), own))
                        : Optional.of(computation.compute(assign.work()));
        if (outcome.isEmpty()) return;
        tasks++;
        settings.conduct.submit(this, assign, outcome.get(), tasks);
    }

    /// Nothing for a task whose lease ran out meanwhile, as it may on a busy machine: the next one
    /// is asked for.
    private Optional<MemorySegment> inputs(TaskKey task) throws Exception {
        var path = "/v1/runs/%s/inputs/%d".formatted(task.run(), task.lease());
        var response = get(path);
        if (response.statusCode() == 404 || response.statusCode() == 410) return Optional.empty();
        if (response.statusCode() != 200) throw new IOException("status " + response.statusCode());
        // Tensors lie at multiples of their elements' size; arrays of bytes do not.
        var bytes = response.body();
        var copy = Arena.ofAuto().allocate(bytes.length, 64);
        return Optional.of(copy.copyFrom(MemorySegment.ofArray(bytes)));
    }

    /// Asks with the token of the session.
    HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> post(String path, String json) throws IOException, InterruptedException {
        var request =
                request(path)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    CompletableFuture<HttpResponse<byte[]>> put(String path, HttpRequest.BodyPublisher body) {
        var request = request(path).PUT(body).build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    /// In the version of [BulkClient]: a request that asks for HTTP/2 is looked at once all of it
    /// is there, and its answer is rarely, on a busy machine, no HTTP/2.
    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(coordinator.resolve(path))
                .version(HttpClient.Version.HTTP_1_1)
                .header("authorization", "Bearer " + sessionToken.join());
    }

    private boolean fetch(FromCoordinator.Assign assign, TestComputation computation)
            throws Exception {
        var task = assign.task();
        long version = task.parameterVersion();
        if (assign.form().parameters().equals("f32")) {
            return bulk.orElseThrow().readParameters(task.run(), version, computation.parameters());
        }
        return bulk.orElseThrow().readRounded(task.run(), version, held, computation.parameters());
    }

    static DeviceProfile profile(Optional<DeviceProfile.Thin> thin) {
        return profile(thin, USUALLY_LENT_BYTES);
    }

    private static DeviceProfile profile(Optional<DeviceProfile.Thin> thin, long lentBytes) {
        return new DeviceProfile(
                "test",
                "test",
                1,
                1,
                1L << 30,
                lentBytes,
                OptionalDouble.empty(),
                List.of("cpu"),
                thin.isPresent() ? "browser" : "jvm-cpu",
                "0",
                thin);
    }
}
