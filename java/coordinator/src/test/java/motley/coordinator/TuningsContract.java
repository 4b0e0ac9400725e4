package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import motley.compiler.device.DevicePlan;
import motley.coordinator.plans.PlanCompiler;
import motley.program.Program;
import motley.program.ProgramHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What devices found fastest is handed to their class, also by the coordinator after this one.
@Timeout(240)
final class TuningsContract {
    private static final String SMALL = "?engine=webgpu&size=4";

    /// What each plan was compiled of: the class, and what was known of it.
    private final List<String> compiled = Collections.synchronizedList(new ArrayList<>());

    @TempDir private Path folder;

    @Test
    void whatWasFoundOutlivesTheCoordinator() throws Exception {
        try (var coordinator = open("SLOW", "FAST");
                var device = start(coordinator)) {
            var plan = planned(coordinator, device);
            ask(device, plan + SMALL);
            assertThat(tune(device, SMALL, "product 1x2x3x4", "FAST")).isEqualTo(200);
            ask(device, plan + SMALL);
            ask(device, plan + "?engine=webgpu&size=9");
            assertThat(compiled).containsExactly("small {}", known("FAST"), "large {}");
        }
        compiled.clear();
        try (var coordinator = open("SLOW", "FAST");
                var device = start(coordinator)) {
            var plan = planned(coordinator, device);
            ask(device, plan + SMALL);
            assertThat(compiled).containsExactly(known("FAST"));
            assertThat(tune(device, SMALL, "product 1x2x3x4", "SLOW")).isEqualTo(200);
            ask(device, plan + SMALL);
            assertThat(compiled).as("the first speaks for all").containsExactly(known("FAST"));
        }
    }

    @Test
    void variantsThatAreGoneAfterAnUpgradeAreNotUsed() throws Exception {
        try (var coordinator = open("SLOW", "FAST");
                var device = start(coordinator)) {
            assertThat(tune(device, SMALL, "product 1x2x3x4", "FAST")).isEqualTo(200);
        }
        try (var coordinator = open("SLOW", "FASTER");
                var device = start(coordinator)) {
            var plan = planned(coordinator, device);
            ask(device, plan + SMALL);
            assertThat(tune(device, SMALL, "product 1x2x3x4", "FASTER")).isEqualTo(200);
            ask(device, plan + SMALL);
            assertThat(compiled).containsExactly("small {}", known("FASTER"));
        }
    }

    @Test
    void whatIsNoVariantIsRefused() throws Exception {
        try (var coordinator = open("SLOW", "FAST");
                var device = start(coordinator)) {
            assertThat(tune(device, SMALL, "product 1x2x3x4", "FASTER")).isEqualTo(400);
            assertThat(tune(device, SMALL, "product; drop", "FAST")).isEqualTo(400);
            ask(device, planned(coordinator, device) + SMALL);
            assertThat(compiled).containsExactly("small {}");
        }
    }

    private static String known(String variant) {
        return "small {product 1x2x3x4=" + variant + "}";
    }

    private Coordinator open(String... variants) throws IOException {
        var settings = new TestHome(folder.resolve("home")).settings(0, false);
        return Coordinator.open(settings, List.of(new Compiler(compiled, List.of(variants))));
    }

    private TestDevice start(Coordinator coordinator) {
        var settings = TestDevice.Settings.honest("b").asBrowser("f32");
        return TestDevice.start(coordinator.uri(), settings, folder);
    }

    /// Where plans are of a program that devices were given.
    private static String planned(Coordinator coordinator, TestDevice device) throws Exception {
        var run = coordinator.startRun(TestHome.request(coordinator, 1));
        while (device.gradientProgram().isEmpty()) LockSupport.parkNanos(1_000_000);
        run.stop("enough");
        run.whenOver().get(200, TimeUnit.SECONDS);
        return "/v1/programs/%s/plan".formatted(device.gradientProgram());
    }

    private static void ask(TestDevice device, String path) throws Exception {
        var response = device.get(path);
        var text = new String(response.body(), StandardCharsets.UTF_8);
        assertThat(response.statusCode()).as(text).isEqualTo(200);
    }

    private static int tune(TestDevice device, String query, String kernel, String variant)
            throws Exception {
        var found = "{\"kernels\": [\"%s\"], \"variants\": [\"%s\"]}".formatted(kernel, variant);
        return device.post("/v1/tunings" + query, found).statusCode();
    }

    /// Makes plans of nothing for two classes of devices: sizes below 5, and others.
    private record Compiler(List<String> compiled, List<String> variants) implements PlanCompiler {
        @Override
        public String engine() {
            return "webgpu";
        }

        @Override
        public Target target(Map<String, String> abilities) {
            int size = Integer.parseInt(abilities.getOrDefault("size", "0"));
            var name = size < 5 ? "small" : "large";
            return new Target(name, (program, tuned) -> plan(program, name, tuned));
        }

        private DevicePlan plan(Program program, String name, Map<String, String> tuned) {
            compiled.add(name + " " + new TreeMap<>(tuned));
            var code = new DevicePlan.Code.Shaders(List.of(), List.of(), List.of());
            return new DevicePlan(
                    ProgramHash.of(program), List.of(256L), List.of(), List.of(), List.of(), code);
        }
    }
}
