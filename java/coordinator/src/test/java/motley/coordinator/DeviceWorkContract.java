package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import motley.coordinator.access.Person;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What devices did, for whom, with what effect.
@Timeout(240)
final class DeviceWorkContract {
    @TempDir private Path folder;
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void workIsToldToWhoseDeviceItIsAlsoAfterARestart() throws Exception {
        var home = new TestHome(folder.resolve("home"));
        String device;
        String run;
        try (var coordinator = home.openWithToken()) {
            var token = coordinator.token().orElseThrow();
            var settings = TestDevice.Settings.honest("a").withToken(token);
            try (var _ = TestDevice.start(coordinator.uri(), settings, folder)) {
                var started = coordinator.startRun(TestHome.request(coordinator, 1));
                started.whenOver().get(200, TimeUnit.SECONDS);
                run = started.id();
            }
            device = coordinator.devices().getFirst().id();
            requireWork(new TestPeople(coordinator, http), device, run);
        }
        try (var coordinator = home.openWithToken()) {
            var people = new TestPeople(coordinator, http);
            requireWork(people, device, run);
            var other = people.person("other", "requestor,provider");
            var path = "/v1/devices/" + device + "/work";
            assertThat(people.get(other.proof(), path).status()).isEqualTo(404);
            assertThat(people.get(people.owner(), "/v1/devices/none/work").status()).isEqualTo(404);
        }
    }

    /// 100 samples of training in 13 tasks, and the evaluation of 20.
    private static void requireWork(TestPeople people, String device, String run) throws Exception {
        var work = people.get(people.owner(), "/v1/devices/" + device + "/work").json(200);
        assertThat(work.get("samples").longValue()).isEqualTo(TestHome.TRAIN);
        assertThat(work.get("tasks").longValue()).isGreaterThan(13);
        assertThat(work.get("micros").longValue()).isPositive();
        assertThat(work.get("runs")).hasSize(1);
        var only = work.get("runs").get(0);
        assertThat(only.get("run").textValue()).isEqualTo(run);
        assertThat(only.get("for").textValue()).isEqualTo(Person.OWNER.id());
        assertThat(only.get("model").textValue()).isEqualTo("mnist-mlp");
        assertThat(only.get("share").doubleValue()).isEqualTo(1);
        assertThat(only.get("status").textValue()).isEqualTo("finished");
        assertThat(only.at("/effect/accuracy").doubleValue()).isBetween(0.0, 1.0);
    }
}
