package motley.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class JoinedFleetTest {
    private static final String FLEET =
            """
            {"devices": [
              {"name": "desk", "state": "idle", "profile": {"gflops": 80}},
              {"name": "phone", "state": "paused", "profile": {"gflops": 4}},
              {"name": "gone", "state": "silent", "profile": {"gflops": 500}},
              {"name": "mute", "state": "idle", "profile": {}},
              {"name": "another person's", "state": "working"}
            ]}""";

    @Test
    void speedsAreThoseMeasuredAgainstTheFastestOrThisMachine() throws IOException {
        var fleet = JoinedFleet.of(json(FLEET), Optional.empty());
        assertThat(fleet.devices())
                .containsExactly(
                        new DeviceGroup(1, 1, Optional.of("desk")),
                        new DeviceGroup(1, 0.05, Optional.of("phone")));
        assertThat(fleet.text())
                .isEqualTo(
                        "2 devices have joined; 2 more whose speed is not known; speed 1 is"
                                + " 80.0 GFLOP/s");
        var seenFromHere = JoinedFleet.of(json(FLEET), Optional.of(40.0));
        assertThat(seenFromHere.devices().getFirst().speed()).isEqualTo(2);
        assertThat(seenFromHere.devices().getFirst().one()).isEqualTo("desk, speed 2.00");
    }

    @Test
    void fleetWithoutSpeedsIsRefused() {
        assertThatThrownBy(() -> JoinedFleet.of(json("{\"devices\": []}"), Optional.empty()))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("--devices-of: no device there tells its speed");
    }

    private static JsonNode json(String text) throws IOException {
        return new ObjectMapper().readTree(text);
    }
}
