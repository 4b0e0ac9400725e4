package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import motley.rounds.Reputation;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import org.junit.jupiter.api.Test;

/// A run that lacks devices names those that it could have.
final class BystandersTest {
    private static final String LOW = "battery 34 %, limit 40 %; plug it in";

    @Test
    void eachIsNamedWithItsReason() {
        var devices =
                List.of(device("phone", "ann", "", LOW), device("desk", "ann", "r1", "hot; wait"));
        assertThat(Bystanders.text(devices, "r1", "ann"))
                .isEqualTo(" phone: " + LOW + ". desk: hot; wait.");
    }

    @Test
    void thoseThatWorkOrServeOthersAreNot() {
        var works = device("desk", "ann", "r1", "");
        var elsewhere = device("mini", "ann", "r2", LOW);
        assertThat(Bystanders.text(List.of(works, elsewhere), "r1", "ann")).isEmpty();
    }

    @Test
    void devicesOfOthersAreNamedOnlyByTheRunTheyWorkFor() {
        var devices = List.of(device("phone", "bob", "", LOW), device("mini", "bob", "r1", LOW));
        assertThat(Bystanders.text(devices, "r1", "ann")).isEqualTo(" mini: " + LOW + ".");
    }

    @Test
    void manyAreCounted() {
        var devices = Stream.of("a", "b", "c", "d", "e").map(n -> device(n, "ann", "r1", LOW));
        assertThat(Bystanders.text(devices.toList(), "r1", "ann"))
                .contains(" c: ")
                .doesNotContain(" d: ")
                .endsWith(" And 2 more: see `motley devices`.");
    }

    /// @param run that it works for; empty: none
    /// @param reason why it does not work; empty: it does
    private static DeviceView device(String name, String owner, String run, String reason) {
        var profile =
                new DeviceProfile("", "", 1, 1, 0, 0, OptionalDouble.empty(), List.of(), "", "");
        return new DeviceView(
                name,
                name,
                owner,
                profile,
                DeviceHealth.unknown(),
                DeviceView.State.PAUSED,
                Optional.of(reason).filter(words -> !words.isEmpty()),
                Optional.of(run).filter(id -> !id.isEmpty()),
                new DeviceView.Work(0, 0, 0, 0, new Traffic.View(0, 0, 0, 0)),
                Reputation.NEW,
                0);
    }
}
