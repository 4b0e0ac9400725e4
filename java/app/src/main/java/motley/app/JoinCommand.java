package motley.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import motley.cpu.CpuSettings;
import motley.wire.Protocol;
import motley.wire.Trust;
import motley.worker.DeviceAgent;
import motley.worker.OwnerLimits;
import motley.worker.WorkerEvent;
import motley.worker.WorkerSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Makes this machine a device.
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        description = {
            "Offers this machine as a device until Ctrl-C, which gives the task in hand back.",
            "Without URL the coordinator is looked for on this machine and its networks."
        })
final class JoinCommand implements Runnable {
    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            description = "as http://192.168.1.20:8080, or a link of `motley invite`")
    private Optional<URI> url = Optional.empty();

    @Option(
            names = "--token",
            paramLabel = "T",
            description = "as `motley serve` printed it, or of `motley invite`")
    private String token = "";

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "certificates to trust at https, in PEM (default: those of the system)")
    private Optional<Path> authorities = Optional.empty();

    @Option(names = "--name", paramLabel = "N", description = "for people (default: host name)")
    private Optional<String> name = Optional.empty();

    @Option(names = "--threads", paramLabel = "N", description = "lent (default: all cores)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = MemorySize.class,
            description = "lent, as 4g or 512m (default: half of the Java heap)")
    private long memoryBytes = Runtime.getRuntime().maxMemory() / 2;

    @Option(
            names = "--battery-min",
            paramLabel = "PERCENT",
            defaultValue = "20",
            description = "pause below this charge when unplugged (default: ${DEFAULT-VALUE})")
    private double batteryMinPercent;

    @Option(names = "--only-on-power", description = "pause while on battery")
    private boolean onlyOnPower;

    @Option(names = "--only-when-idle", description = "pause while other programs are busy")
    private boolean onlyWhenIdle;

    @Option(
            names = "--discovery-port",
            paramLabel = "PORT",
            defaultValue = "" + Protocol.DISCOVERY_PORT,
            description = "UDP port of the search (default: ${DEFAULT-VALUE})")
    private int discoveryPort;

    /// Local devices end with the process that started them, however that ends.
    @Option(names = "--follow", hidden = true)
    private Optional<Long> followedProcess = Optional.empty();

    @Mixin private SurroundingsOptions surroundings = new SurroundingsOptions();

    @Mixin private ExchangeOptions exchange = new ExchangeOptions();

    @Mixin private OwnDatasetOptions ownDatasets = new OwnDatasetOptions();

    @Mixin private EngineOptions engines = new EngineOptions();

    @Mixin private TransportOptions transport = new TransportOptions();

    @Mixin private ProfileOptions profile = new ProfileOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var settings =
                new WorkerSettings(
                        url.map(Addresses::normalized),
                        this::tokenFor,
                        name.orElseGet(Addresses::hostName),
                        threads,
                        memoryBytes,
                        new OwnerLimits(
                                batteryMinPercent / 100,
                                onlyOnPower,
                                onlyWhenIdle,
                                surroundings.limits()),
                        Home.ofThisProcess().directory(),
                        discoveryPort,
                        Version.NUMBER,
                        exchange.usesFiles(),
                        transport.transport(),
                        trust(),
                        ownDatasets.read());
        var console = output.console();
        var recorder = profile.recorder(settings.name()).map(DeviceRecorder::new);
        profile.reportOnExit(console);
        try (var engine = engines.open(profile, new CpuSettings(threads), console);
                var agent =
                        DeviceAgent.open(
                                settings,
                                engine,
                                event -> {
                                    recorder.ifPresent(r -> r.record(event));
                                    show(console, event);
                                })) {
            followedProcess.ifPresent(id -> Thread.ofVirtual().start(() -> follow(id)));
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(() -> agent.stop("the owner stopped it")));
            agent.run();
            profile.report(console);
        } catch (IOException e) {
            throw new UserException("cannot write " + settings.home() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// That of the link is kept, so that the device comes back without it.
    private String tokenFor(URI uri) {
        if (!token.isEmpty()) return token;
        var link = url.flatMap(given -> Links.secret(given, "join"));
        link.ifPresent(secret -> Credentials.ofThisProcess().putJoinToken(uri, secret));
        return link.or(() -> Credentials.ofThisProcess().joinToken(uri))
                .orElseGet(() -> CoordinatorOptions.knownToken(uri));
    }

    private Trust trust() {
        return url.map(Addresses::normalized)
                .map(uri -> CoordinatorOptions.trust(authorities, uri))
                .orElse(Trust.SYSTEM);
    }

    private static void follow(long process) {
        var followed = ProcessHandle.of(process);
        if (followed.isEmpty()) System.exit(0);
        followed.ifPresent(handle -> handle.onExit().thenRun(() -> System.exit(0)).join());
    }

    private void show(Console console, WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Searching(int port) ->
                    console.say("looking for a coordinator on UDP port " + port + " …");
            case WorkerEvent.Connecting _ -> {}
            case WorkerEvent.Joined(var uri, var id, var as, boolean sharesMemory) -> {
                var path = sharesMemory ? "shared memory" : "HTTP";
                console.say("joined %s as %s, exchanging data over %s".formatted(uri, as, path));
                console.emit("joined", Map.of("url", uri.toString(), "device", id, "name", as));
            }
            case WorkerEvent.Away(var reason, var retryAfter) -> {
                console.say("coordinator away (%s), trying again".formatted(reason));
                console.emit(
                        "away", Map.of("reason", reason, "retryMillis", retryAfter.toMillis()));
            }
            case WorkerEvent.Preparing(var manifest) ->
                    console.say("preparing " + manifest.name() + " …");
            case WorkerEvent.Ready(var manifest) ->
                    console.emit("ready", Map.of("run", manifest.run()));
            case WorkerEvent.Waiting(var reason) -> console.progress("waiting: " + reason);
            case WorkerEvent.Computed(var task, _, var result, _) -> {
                console.progress(
                        "round %d: %d samples in %.1f ms"
                                .formatted(
                                        task.round(),
                                        result.samples(),
                                        result.computeMicros() / 1e3));
                console.emit(
                        "computed",
                        Map.of(
                                "run", task.run(),
                                "round", task.round(),
                                "slot", task.slot(),
                                "samples", result.samples(),
                                "micros", result.computeMicros()));
            }
            case WorkerEvent.Damaged(long version) -> {
                console.say("parameters %d arrived damaged, fetching again".formatted(version));
                console.emit("damaged", Map.of("version", version));
            }
            // Ordinary: another device was faster, or the round is over.
            case WorkerEvent.Refused(var reason) -> {
                console.progress("answer not needed: " + reason);
                console.emit("refused", Map.of("reason", reason));
            }
            case WorkerEvent.Paused(var reason) -> {
                console.say("paused: " + reason);
                console.emit("paused", Map.of("reason", reason));
            }
            case WorkerEvent.Resumed() -> {
                console.say("working again");
                console.emit("resumed", Map.of());
            }
            case WorkerEvent.Failed(var reason) -> {
                console.say("failed: " + reason);
                console.emit("failed", Map.of("reason", reason));
            }
        }
    }
}
