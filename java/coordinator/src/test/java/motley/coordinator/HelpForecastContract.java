package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import motley.rounds.Reputation;
import motley.rounds.RunSettings;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whether a device will help, and what one's devices earned.
@Timeout(60)
final class HelpForecastContract {
    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void forecastIsOfRunsUnderWayAndForWhoseDeviceItIs() throws Exception {
        var home = new TestHome(folder.resolve("home"));
        try (var coordinator = home.openWithToken()) {
            var people = new TestPeople(coordinator, http);
            var settings =
                    TestDevice.Settings.honest("a").withToken(coordinator.token().orElseThrow());
            try (var _ = TestDevice.start(coordinator.uri(), settings, folder)) {
                var done = coordinator.startRun(TestHome.request(coordinator, 1));
                done.whenOver().get(50, TimeUnit.SECONDS);
                var device = coordinator.devices().getFirst().id();
                var path = "/v1/devices/" + device + "/forecast";
                assertThat(people.get(people.owner(), path).json(200).get("runs")).isEmpty();
                var run = coordinator.startRun(TestHome.request(coordinator, 10_000));
                var only = people.get(people.owner(), path).json(200).get("runs").get(0);
                assertThat(only.get("run").textValue()).isEqualTo(run.id());
                assertThat(only.get("model").textValue()).isEqualTo("mnist-mlp");
                assertThat(only.get("verdict").textValue()).isIn("alone", "unknown");
                assertThat(only.has("samplesPerSecondWithout")).isFalse();
                var other = people.person("other", "requestor,provider");
                assertThat(people.get(other.proof(), path).status()).isEqualTo(404);
                requireEarned(people.get(people.owner(), "/v1/devices/work").json(200), device);
                assertThat(people.get(other.proof(), "/v1/devices/work").json(200).get("devices"))
                        .isEmpty();
                run.stop("asked for");
                run.whenOver().get(20, TimeUnit.SECONDS);
            }
        }
    }

    private static void requireEarned(JsonNode work, String device) {
        assertThat(work.get("devices")).hasSize(1);
        var only = work.get("devices").get(0);
        assertThat(only.get("device").textValue()).isEqualTo(device);
        assertThat(only.get("name").textValue()).isEqualTo("the device a");
        assertThat(only.get("samples").longValue()).isGreaterThanOrEqualTo(TestHome.TRAIN);
        assertThat(only.get("micros").longValue()).isPositive();
    }

    @Test
    void idealFleetIsAsFastAsItsDevicesTogether() throws Exception {
        var home = new TestHome(folder.resolve("other"));
        try (var coordinator = home.open()) {
            var settings = RunPlan.of(TestHome.request(coordinator, 1)).settings();
            var times = Stream.of(2, 3, 6).map(Duration::ofMillis).toList();
            double samples =
                    (double) settings.schedule().trainSamples() / settings.schedule().roundsInRun();
            assertThat(HelpForecast.ideal(times, settings).toNanos() / 1e6)
                    .isCloseTo(samples, within(1e-3));
        }
    }

    /// The fleet that is asked about has the device's time last, and is asked about once without.
    @Test
    void whoSlowsAFleetDownHinders() throws Exception {
        var home = new TestHome(folder.resolve("slow"));
        var asked = new ArrayList<List<Duration>>();
        try (var coordinator = home.open()) {
            var run = coordinator.startRun(TestHome.request(coordinator, 1));
            var fast = device("fast", 100, run.id(), 1_000);
            var slow = device("slow", 1, "", 0);
            var waitsForAll =
                    new HelpForecast((times, settings) -> slowest(asked, times, settings));
            var help = waitsForAll.of(run, slow, List.of(fast, slow));
            assertThat(help.verdict()).isEqualTo(HelpForecast.Verdict.HINDERS);
            assertThat(help.isMeasured()).isTrue();
            assertThat(asked).hasSize(2);
            assertThat(asked.getFirst()).hasSize(2);
            // A hundredth of the speed at the same share of it, so a hundred times the time.
            assertThat(asked.getFirst().getLast().toNanos() / 1e6).isCloseTo(100, within(0.1));
            assertThat(asked.getLast()).containsExactly(Duration.ofMillis(1));
            var ideal = new HelpForecast(HelpForecast::ideal);
            assertThat(ideal.of(run, slow, List.of(fast, slow)).verdict())
                    .isEqualTo(HelpForecast.Verdict.HELPS);
            var mute = device("mute", 0, "", 0);
            assertThat(ideal.of(run, mute, List.of(fast, mute)).verdict())
                    .isEqualTo(HelpForecast.Verdict.UNKNOWN);
            assertThat(ideal.of(run, fast, List.of(fast, slow)).verdict())
                    .isEqualTo(HelpForecast.Verdict.ALONE);
        }
    }

    /// @param gflops 0: not measured
    /// @param run that it works for; empty: none
    private static DeviceView device(String name, double gflops, String run, double perSecond) {
        var speed = gflops == 0 ? OptionalDouble.empty() : OptionalDouble.of(gflops);
        var profile =
                new DeviceProfile("", "", 1, 1, 0, 0, speed, List.of(), "", "", Optional.empty());
        var traffic = new Traffic.View(0, 0, 0, 0);
        return new DeviceView(
                name,
                name,
                "owner",
                profile,
                DeviceHealth.unknown(),
                DeviceView.State.WORKING,
                Optional.empty(),
                Optional.of(run).filter(id -> !id.isEmpty()),
                new DeviceView.Work(0, 0, perSecond, 0, traffic),
                Reputation.NEW,
                0);
    }

    private static Duration slowest(
            List<List<Duration>> asked, List<Duration> times, RunSettings settings) {
        asked.add(List.copyOf(times));
        int each = settings.schedule().batchSize() / times.size();
        return times.stream().max(Duration::compareTo).orElseThrow().multipliedBy(each);
    }
}
