package motley.app;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.program.ProgramBuilder;
import motley.tensor.TensorType;
import motley.wire.Protocol;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Finds what is in the way on this machine. Nothing it sends leaves the machine.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Finds what is in the way on this machine: Java, memory, disk, ports, network, clock.",
            "Sends nothing to others. The exit code is 1 when something fails."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final int JAVA_MIN = 25;
    private static final int YEAR_MIN = 2025;
    private static final int YEAR_MAX = 2100;
    private static final long HEAP_BYTES_LOW = 512L << 20;
    private static final long DISK_BYTES_MIN = 100L << 20;
    private static final long DISK_BYTES_LOW = 2L << 30;
    private static final long SHARED_BYTES_LOW = 256L << 20;
    private static final double GFLOPS_LOW = 2;
    private static final int PROBE_SIZE = 128;
    private static final int PROBE_RUNS = 2000;
    private static final long PROBE_NS = 6_000_000_000L;
    private static final Duration ANSWER = Duration.ofSeconds(2);

    @Option(
            names = "--port",
            defaultValue = "" + Protocol.HTTP_PORT,
            description = "TCP port of the coordinator (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--discovery-port",
            paramLabel = "PORT",
            defaultValue = "" + Protocol.DISCOVERY_PORT,
            description = "UDP port of the announcement (default: ${DEFAULT-VALUE})")
    private int discoveryPort;

    @Mixin private OutputOptions output = new OutputOptions();

    private enum Verdict {
        OK,
        WARN,
        FAIL
    }

    /// What was found.
    ///
    /// @param remedy what to do about it; empty when all is well
    private record Finding(Verdict verdict, String detail, String remedy) {
        static Finding ok(String detail) {
            return new Finding(Verdict.OK, detail, "");
        }

        static Finding warn(String detail, String remedy) {
            return new Finding(Verdict.WARN, detail, remedy);
        }

        static Finding fail(String detail, String remedy) {
            return new Finding(Verdict.FAIL, detail, remedy);
        }
    }

    private interface Look {
        Finding at() throws IOException, InterruptedException;
    }

    private record Check(String what, Look look) {}

    @Override
    public Integer call() throws InterruptedException {
        var console = output.console();
        int failures = 0;
        int warnings = 0;
        for (var check : checks()) {
            var finding = examine(check);
            show(console, check.what(), finding);
            if (finding.verdict() == Verdict.FAIL) failures++;
            if (finding.verdict() == Verdict.WARN) warnings++;
        }
        console.say(summary(failures, warnings));
        console.emit(
                "doctor", Map.of("ok", failures == 0, "failures", failures, "warnings", warnings));
        return failures == 0 ? 0 : 1;
    }

    private List<Check> checks() {
        return List.of(
                new Check("java", DoctorCommand::java),
                new Check("vectors", DoctorCommand::vectors),
                new Check("memory", DoctorCommand::memory),
                new Check("disk", () -> disk(Home.ofThisProcess().directory())),
                new Check("shared memory", DoctorCommand::sharedMemory),
                new Check("clock", DoctorCommand::clock),
                new Check("tcp port", this::tcpPort),
                new Check("udp port", this::udpPort),
                new Check("discovery", this::discovery),
                new Check("network", DoctorCommand::network),
                new Check("speed", DoctorCommand::speed));
    }

    /// A check that cannot be made is a failure of what it looks at.
    private static Finding examine(Check check) throws InterruptedException {
        try {
            return check.look().at();
        } catch (IOException | RuntimeException | LinkageError e) {
            return Finding.fail(
                    "cannot be examined: " + e, "report this line if the cause is not plain");
        }
    }

    private static void show(Console console, String what, Finding finding) {
        var verdict = finding.verdict().name().toLowerCase(Locale.ROOT);
        console.say("%-4s  %-13s  %s".formatted(verdict, what, finding.detail()));
        if (!finding.remedy().isEmpty()) console.say(" ".repeat(21) + "→ " + finding.remedy());
        var fields = new LinkedHashMap<String, Object>();
        fields.put("what", what);
        fields.put("verdict", verdict);
        fields.put("detail", finding.detail());
        if (!finding.remedy().isEmpty()) fields.put("remedy", finding.remedy());
        console.emit("check", fields);
    }

    private static String summary(int failures, int warnings) {
        if (failures > 0) return "%d in the way, %d to know".formatted(failures, warnings);
        return warnings > 0 ? "nothing in the way, %d to know".formatted(warnings) : "all well";
    }

    private static Finding java() {
        var version = Runtime.version();
        var detail =
                "%s, %s %s"
                        .formatted(
                                version,
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"));
        return version.feature() >= JAVA_MIN
                ? Finding.ok(detail)
                : Finding.fail(detail, "install a JDK " + JAVA_MIN + " or later");
    }

    private static Finding vectors() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? Finding.ok("module jdk.incubator.vector is there")
                : Finding.fail(
                        "module jdk.incubator.vector is missing",
                        "start with the `motley` script, or --add-modules jdk.incubator.vector");
    }

    private static Finding memory() {
        var runtime = Runtime.getRuntime();
        var detail =
                "%d cores, %s of heap"
                        .formatted(runtime.availableProcessors(), size(runtime.maxMemory()));
        return runtime.maxMemory() >= HEAP_BYTES_LOW
                ? Finding.ok(detail)
                : Finding.warn(detail, "larger models need more: start Java with -Xmx2g");
    }

    private static Finding disk(Path home) throws IOException {
        try {
            Files.createDirectories(home);
            Files.delete(Files.createTempFile(home, "doctor-", ".probe"));
        } catch (IOException e) {
            return Finding.fail(
                    home + " cannot be written: " + e.getMessage(),
                    "make it writable, or set MOTLEY_HOME to a folder that is");
        }
        long freeBytes = Files.getFileStore(home).getUsableSpace();
        var detail = "%s free for %s".formatted(size(freeBytes), home);
        var remedy = "free some, or set MOTLEY_HOME to a folder on another disk";
        if (freeBytes < DISK_BYTES_MIN) return Finding.fail(detail, remedy);
        return freeBytes < DISK_BYTES_LOW ? Finding.warn(detail, remedy) : Finding.ok(detail);
    }

    private static Finding sharedMemory() throws IOException {
        var memory = Path.of("/dev/shm");
        if (!Files.isDirectory(memory) || !Files.isWritable(memory)) {
            return Finding.ok("no /dev/shm; devices of this machine use temporary files");
        }
        long freeBytes = Files.getFileStore(memory).getUsableSpace();
        var detail = size(freeBytes) + " free in /dev/shm";
        return freeBytes >= SHARED_BYTES_LOW
                ? Finding.ok(detail)
                : Finding.warn(detail, "large models will use HTTP; docker: --shm-size=1g");
    }

    private static Finding clock() {
        int year = Year.now(ZoneOffset.UTC).getValue();
        return year >= YEAR_MIN && year < YEAR_MAX
                ? Finding.ok("the year is " + year)
                : Finding.fail("the year is " + year, "set the clock; TLS and logs rely on it");
    }

    private Finding tcpPort() throws IOException, InterruptedException {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return Finding.ok("TCP %d is free for `motley serve`".formatted(port));
        } catch (BindException e) {
            if (isCoordinator()) return Finding.ok("a coordinator answers on TCP " + port);
            return Finding.fail(
                    "TCP %d: %s; no coordinator answers there".formatted(port, e.getMessage()),
                    "end the program that has it, or `motley serve --port 8081`");
        }
    }

    private boolean isCoordinator() throws InterruptedException {
        try (var http = HttpClient.newBuilder().connectTimeout(ANSWER).build()) {
            var uri = URI.create("http://127.0.0.1:%d/v1/health".formatted(port));
            var request = HttpRequest.newBuilder(uri).timeout(ANSWER).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private Finding udpPort() throws IOException {
        try (var channel = listener()) {
            return Finding.ok("UDP %s can be listened on".formatted(channel.getLocalAddress()));
        } catch (BindException e) {
            return Finding.fail(
                    "UDP %d: %s".formatted(discoveryPort, e.getMessage()),
                    "end the program that has it, or name the coordinator: motley join URL");
        }
    }

    /// Whether a datagram to the discovery port arrives, within this machine. A port of its own
    /// stands in for the shared one, so that no coordinator is disturbed or steals the answer.
    private Finding discovery() throws IOException {
        try (var selector = Selector.open();
                var receiver = DatagramChannel.open(StandardProtocolFamily.INET);
                var sender = DatagramChannel.open(StandardProtocolFamily.INET)) {
            receiver.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            receiver.configureBlocking(false);
            receiver.register(selector, SelectionKey.OP_READ);
            sender.send(ByteBuffer.wrap(new byte[] {1}), receiver.getLocalAddress());
            boolean isThere = selector.select(ANSWER.toMillis()) > 0;
            return isThere
                    ? Finding.ok("UDP datagrams arrive within this machine")
                    : Finding.warn(
                            "UDP datagrams are lost within this machine",
                            "allow Java in the firewall, or name the coordinator: motley join URL");
        }
    }

    /// As devices and coordinators share it.
    private DatagramChannel listener() throws IOException {
        var channel = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return channel.bind(new InetSocketAddress(discoveryPort));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Finding network() throws IOException {
        var found = new ArrayList<String>();
        for (var each : NetworkInterface.networkInterfaces().toList()) {
            if (!each.isUp() || each.isLoopback()) continue;
            usableAddress(each).ifPresent(a -> found.add(each.getName() + " " + a));
        }
        if (found.isEmpty()) {
            return Finding.warn(
                    "no network besides this machine", "connect it, if others are to join");
        }
        var addresses = String.join(", ", found);
        return Finding.ok(addresses + "; others reach it after `motley serve --listen 0.0.0.0`");
    }

    /// IPv4 first: it is what people type.
    private static Optional<String> usableAddress(NetworkInterface network) {
        return network.inetAddresses()
                .filter(address -> !address.isLinkLocalAddress())
                .sorted(Comparator.comparing(address -> !(address instanceof Inet4Address)))
                .map(address -> address.getHostAddress().replaceFirst("%.*", ""))
                .findFirst();
    }

    private static Finding speed() {
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), CpuSettings.THREADS_MAX);
        double gflops = measureGflops(threads);
        var detail =
                String.format(
                        Locale.ROOT,
                        "%.1f GFLOP/s in a matrix product, %d threads",
                        gflops,
                        threads);
        return gflops >= GFLOPS_LOW
                ? Finding.ok(detail)
                : Finding.warn(detail, "end other programs, or plug in a machine that saves power");
    }

    /// The fastest of 2000 products, or of as many as fit into 6 s. Most of them warm up: until it
    /// is compiled, vector code runs a thousand times slower.
    private static double measureGflops(int threads) {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(PROBE_SIZE, PROBE_SIZE));
        var program = b.build(List.of(b.matmul(x, x)));
        try (var engine = CpuEngine.open(new CpuSettings(threads));
                var product = engine.prepare(program, List.of())) {
            long bestNs = Long.MAX_VALUE;
            long startNs = System.nanoTime();
            for (int run = 0; run < PROBE_RUNS; run++) {
                if (System.nanoTime() - startNs > PROBE_NS) break;
                long beforeNs = System.nanoTime();
                product.run();
                bestNs = Math.min(bestNs, System.nanoTime() - beforeNs);
            }
            return 2.0 * PROBE_SIZE * PROBE_SIZE * PROBE_SIZE / bestNs;
        }
    }

    private static String size(long bytes) {
        return bytes >= 1L << 30
                ? String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30))
                : String.format(Locale.ROOT, "%d MiB", bytes >> 20);
    }
}
