package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import motley.compiler.device.DevicePlan;
import motley.coordinator.plans.PlanCompiler;
import motley.program.Program;
import motley.program.ProgramHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the coordinator does for devices that have no compiler and hold no samples.
@Timeout(240)
final class ThinDeviceContract {
    private static final long PATIENCE_S = 160;

    @TempDir private Path folder;

    /// The weights would differ in some bit if one sample, weight, number or key did.
    @Test
    void inputsAreThoseThatOtherDevicesMake() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            for (var request :
                    List.of(
                            TestHome.request(coordinator, 2),
                            TestHome.textRequest(coordinator, 1))) {
                var usual = weights(coordinator, request, TestDevice.Settings.honest("a"));
                var thin = TestDevice.Settings.honest("b").asBrowser("f32");
                assertThat(weights(coordinator, request, thin)).isEqualTo(usual);
                assertThat(weights(coordinator, request, thin, TestDevice.Settings.honest("c")))
                        .isEqualTo(usual);
            }
        }
    }

    @Test
    void runOfSeveralNumericClassesSaysSo() throws Exception {
        var home = new TestHome(folder.resolve("home"));
        String id;
        try (var coordinator = home.open()) {
            var run = coordinator.startRun(TestHome.request(coordinator, 20));
            id = run.id();
            try (var first = start(coordinator, TestDevice.Settings.honest("b").asBrowser("f32"))) {
                while (first.accepted() == 0) LockSupport.parkNanos(1_000_000);
            }
            assertThat(run.view().numericClasses()).containsExactly("browser");
            assertThat(run.view().isMixed()).isFalse();
            try (var second = start(coordinator, TestDevice.Settings.honest("a"))) {
                while (second.accepted() == 0) LockSupport.parkNanos(1_000_000);
            }
            assertThat(run.view().numericClasses()).containsExactly("browser", "jvm-cpu");
            assertThat(run.view().isMixed()).isTrue();
        }
        try (var coordinator = home.open()) {
            var again = coordinator.run(id).orElseThrow().view();
            assertThat(again.numericClasses()).containsExactly("browser", "jvm-cpu");
        }
    }

    private TestDevice start(Coordinator coordinator, TestDevice.Settings settings) {
        return TestDevice.start(coordinator.uri(), settings, folder);
    }

    private String weights(
            Coordinator coordinator, RunRequest request, TestDevice.Settings... settings)
            throws Exception {
        var devices = new ArrayList<TestDevice>();
        try {
            for (var one : settings) {
                devices.add(TestDevice.start(coordinator.uri(), one, folder));
            }
            var run = coordinator.startRun(request);
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            return view.weightsSha256().orElseThrow();
        } finally {
            devices.forEach(TestDevice::close);
        }
    }

    @Test
    void inputsOfOtherLeasesAreGone() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var run = coordinator.startRun(TestHome.request(coordinator, 1));
            var path = "/v1/runs/%s/inputs/".formatted(run.id());
            try (var device =
                    TestDevice.start(
                            coordinator.uri(),
                            TestDevice.Settings.honest("b")
                                    .asBrowser("f32")
                                    .withConduct(
                                            (one, assign, outcome, tasks) -> {
                                                long lease = assign.task().lease();
                                                int other =
                                                        one.get(path + (lease + 1000)).statusCode();
                                                if (other != 410) return;
                                                TestDevice.submitHonestly(
                                                        one, assign, outcome, tasks);
                                            }),
                            folder)) {
                run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
                assertThat(device.accepted()).isPositive();
                assertThat(device.get(path + 1).statusCode()).isEqualTo(404);
            }
        }
    }

    @Test
    void runThatABrowserCannotServeGetsNone() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var int8 = Transfer.parse("int8", "f32");
            var encoded = coordinator.startRun(TestHome.request(coordinator, 1).withTransfer(int8));
            var local = coordinator.startRun(TestHome.localRequest(coordinator, 1));
            try (var device =
                    TestDevice.start(
                            coordinator.uri(),
                            TestDevice.Settings.honest("b").asBrowser("f32", "bf16"),
                            folder)) {
                assertThat(device.idle())
                        .startsWith(
                                "run %s has encoding int8, which this device cannot do; lend "
                                        .formatted(encoded.id()));
                encoded.stop("enough");
                encoded.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            }
            try (var device =
                    TestDevice.start(
                            coordinator.uri(),
                            TestDevice.Settings.honest("c").asBrowser("f32", "int8"),
                            folder)) {
                assertThat(device.idle())
                        .startsWith("run %s has local steps".formatted(local.id()));
            }
        }
    }

    /// Alone it waits for another device to confirm it, of whatever class, or for people's trust.
    @Test
    void auditsTakeBrowsers() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var _ = start(coordinator, TestDevice.Settings.honest("b").asBrowser("f32"));
                var http = HttpClient.newHttpClient()) {
            var run = coordinator.startRun(TestHome.auditedRequest(coordinator, 1));
            while (!run.view().waiting().contains("second device")) {
                LockSupport.parkNanos(1_000_000);
            }
            var trust =
                    HttpRequest.newBuilder(coordinator.uri().resolve("/v1/devices/b/trust"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build();
            assertThat(http.send(trust, HttpResponse.BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
            var view = run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(view.weightsSha256()).isPresent();
        }
    }

    @Test
    void plansAreCompiledOncePerClassOfDevices() throws Exception {
        var compiled = Collections.synchronizedList(new ArrayList<String>());
        var compilers = List.<PlanCompiler>of(new Compiler(compiled));
        var settings = new TestHome(folder.resolve("home")).settings(0, false);
        try (var coordinator = Coordinator.open(settings, compilers);
                var device =
                        TestDevice.start(
                                coordinator.uri(),
                                TestDevice.Settings.honest("b").asBrowser("f32"),
                                folder)) {
            var run = coordinator.startRun(TestHome.request(coordinator, 1));
            run.whenOver().get(PATIENCE_S, TimeUnit.SECONDS);
            var path = "/v1/programs/%s/plan".formatted(device.gradientProgram());
            for (var size : List.of("4", "5", "9", "4")) {
                var response = device.get(path + "?engine=wasm&size=" + size);
                var text = new String(response.body(), StandardCharsets.UTF_8);
                assertThat(response.statusCode()).as(text).isEqualTo(200);
                assertThat(text).startsWith("{\"format\":1,\"engine\":\"wasm\"");
            }
            assertThat(compiled).containsExactly("small", "large");
            assertThat(refusal(device, path)).startsWith("engine: missing (expected: one of");
            assertThat(refusal(device, path + "?engine=abacus")).startsWith("engine: abacus");
            assertThat(refusal(device, path + "?engine=wasm&size=x")).startsWith("size: x");
            assertThat(refusal(device, path + "?engine=wasm&size=1&memoryBytes=70000"))
                    .contains("70000");
            assertThat(refusal(device, path + "?engine=wasm&memoryBytes=0"))
                    .startsWith("memoryBytes: 0");
            var unknown = "/v1/programs/%s/plan?engine=wasm&size=1".formatted("0".repeat(64));
            assertThat(device.get(unknown).statusCode()).isEqualTo(404);
        }
    }

    private static String refusal(TestDevice device, String path) throws Exception {
        var response = device.get(path);
        var text = new String(response.body(), StandardCharsets.UTF_8);
        assertThat(response.statusCode()).as(text).isEqualTo(400);
        return text.substring(text.indexOf("detail") + "detail\":\"".length());
    }

    /// Makes plans of nothing for two classes of devices: sizes below 5, and others.
    private record Compiler(List<String> compiled) implements PlanCompiler {
        @Override
        public String engine() {
            return "wasm";
        }

        @Override
        public Target target(Map<String, String> abilities) {
            var size = abilities.getOrDefault("size", "");
            if (!size.matches("[0-9]+")) {
                throw new IllegalArgumentException("size: " + size + " (expected: a number)");
            }
            var name = Integer.parseInt(size) < 5 ? "small" : "large";
            return Target.untuned(name, program -> plan(program, name));
        }

        private DevicePlan plan(Program program, String name) {
            compiled.add(name);
            var code = new DevicePlan.Code.Module(2, 1, "");
            return new DevicePlan(
                    ProgramHash.of(program),
                    List.of(2L << 16),
                    List.of(),
                    List.of(),
                    List.of(),
                    code);
        }
    }
}
