package motley.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import motley.coordinator.Coordinator;
import motley.wire.Protocol;
import motley.wire.discovery.CoordinatorBeacon;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Runs a coordinator.
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a coordinator until Ctrl-C. Devices find it by themselves with `motley join`.",
            "Runs that were under way when it last ended, even by a crash, go on.",
            "Other machines can join when it listens beyond this one (--listen 0.0.0.0); they",
            "and people then need what it prints: a token, an account."
        })
final class ServeCommand implements Runnable {
    @Option(
            names = "--port",
            defaultValue = "" + Protocol.HTTP_PORT,
            description = "TCP port for everything (default: ${DEFAULT-VALUE}; 0: any free one)")
    private int port;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "(default: ${DEFAULT-VALUE}, this machine alone; 0.0.0.0: everywhere)")
    private String listen = "";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "runs, blobs and checkpoints (default: coordinator in MOTLEY_HOME)")
    private Optional<Path> directory = Optional.empty();

    @Option(
            names = "--discovery-port",
            paramLabel = "PORT",
            defaultValue = "" + Protocol.DISCOVERY_PORT,
            description = "UDP port of the announcement (default: ${DEFAULT-VALUE}; 0: none)")
    private int discoveryPort;

    @Option(
            names = "--runs-max",
            paramLabel = "N",
            defaultValue = "4",
            description = {
                "runs that are active at once before projects wait for their turn",
                "(default: ${DEFAULT-VALUE}); runs of `motley train` count, and do not wait"
            })
    private int runsMax;

    @Mixin private EntranceOptions entrance = new EntranceOptions();

    @Mixin private StorageOptions storage = new StorageOptions();

    @Mixin private CheckpointOptions checkpoints = new CheckpointOptions();

    @Mixin private OutputOptions output = new OutputOptions();

    @Mixin private LogOptions log = new LogOptions();

    @Override
    public void run() {
        var console = output.console();
        log.apply();
        var home = directory.orElseGet(() -> Home.ofThisProcess().coordinator());
        var stopping = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        try (var coordinator = open(home)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stopping, stopped)));
            var beacon = announce(coordinator, console);
            try {
                greet(console, coordinator, home);
                stopping.await();
            } finally {
                beacon.ifPresent(CoordinatorBeacon::close);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.countDown();
        }
    }

    private Coordinator open(Path home) {
        return Coordinators.open(
                Coordinators.settings(home, address())
                        .with(entrance.entrance())
                        .with(storage.storage())
                        .with(checkpoints.every())
                        .withRunsMax(runsMax));
    }

    /// Lets the main thread close everything in order before the process ends.
    private static void end(CountDownLatch stopping, CountDownLatch stopped) {
        stopping.countDown();
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private InetSocketAddress address() {
        if (port < 0 || port > 65_535) {
            throw new UserException("port: %d (expected: 0 to 65535)".formatted(port));
        }
        try {
            var addresses = InetAddress.getAllByName(listen);
            return new InetSocketAddress(addresses[0], port);
        } catch (UnknownHostException e) {
            throw new UserException(
                    "listen: %s (expected: an address of this machine)".formatted(listen), e);
        }
    }

    /// A coordinator that cannot be found by itself is still one: it says so and goes on.
    private Optional<CoordinatorBeacon> announce(Coordinator coordinator, Console console) {
        if (discoveryPort == 0) return Optional.empty();
        if (entrance.isEncrypted()) {
            console.say("devices do not look for coordinators at https; tell them the address");
            return Optional.empty();
        }
        var announcement =
                new CoordinatorBeacon.Announcement(
                        newId(), coordinator.port(), Addresses.hostName(), isOnlyLoopback());
        try {
            return Optional.of(CoordinatorBeacon.start(discoveryPort, announcement));
        } catch (IOException e) {
            console.say("devices cannot find this coordinator by themselves: " + e.getMessage());
            return Optional.empty();
        }
    }

    /// Tells this coordinator apart from others that a device finds.
    private static String newId() {
        var bytes = new byte[8];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private boolean isEverywhere() {
        return address().getAddress().isAnyLocalAddress();
    }

    private boolean isOnlyLoopback() {
        return address().getAddress().isLoopbackAddress();
    }

    private void greet(Console console, Coordinator coordinator, Path home) {
        var token = coordinator.token().map(value -> " --token " + value).orElse("");
        var uris = uris(coordinator);
        // Commands of this machine look for the token in the usual folder, and at loopback.
        var known = home.equals(Home.ofThisProcess().coordinator()) ? "" : token;
        boolean isAtLoopback = isEverywhere() || isOnlyLoopback();
        var here = isAtLoopback ? known : " --url " + uris.getFirst() + known;
        console.say("coordinator at " + uris.getFirst() + ", data in " + home);
        if (token.isEmpty()) {
            console.say("  on this machine:       motley join");
            console.say("  for other machines:    motley serve --listen 0.0.0.0");
        } else {
            if (!isOnlyLoopback()) {
                uris.forEach(
                        uri -> console.say("  on other machines:     motley join " + uri + token));
            }
            console.say("  on this machine:       motley join" + here.replace(" --url", ""));
            console.say("  for people:            " + uris.getFirst());
            console.say("  an administrator's token for commands is in " + home.resolve("token"));
        }
        console.say("  train with its devices: motley train mnist-cnn --data mnist" + here);
        var setup =
                coordinator.setupToken().map(secret -> Links.of(uris.getFirst(), "setup", secret));
        setup.ifPresent(link -> welcome(console, link));
        console.emit(
                "serving",
                Map.of(
                        "url", uris.getFirst().toString(),
                        "token", coordinator.token().orElse(""),
                        "setup", setup.orElse(""),
                        "data", home.toString()));
    }

    private List<URI> uris(Coordinator coordinator) {
        var uris = new ArrayList<URI>();
        try {
            if (isEverywhere()) {
                for (var address : Addresses.reachable()) {
                    uris.add(uri(address.getHostAddress(), coordinator.port()));
                }
            }
        } catch (IOException e) {
            console().say("cannot list the addresses of this machine: " + e.getMessage());
        }
        if (uris.isEmpty()) uris.add(coordinator.uri());
        return uris;
    }

    private Console console() {
        return output.console();
    }

    private static void welcome(Console console, String link) {
        console.say(
                "there is no administrator yet; once, and until the next start, this makes one:");
        console.say("  in a browser:          " + link);
        console.say("  or on a command line:  motley login '" + link + "'");
    }

    private URI uri(String host, int port) {
        return URI.create((entrance.isEncrypted() ? "https://" : "http://") + host + ":" + port);
    }
}
