package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import motley.wire.FromCoordinator.Timing;
import org.junit.jupiter.api.Test;

final class HeartbeatsTest {
    @Test
    void twoHundredAndFiftyDevicesAreNoticedAsFastAsOne() {
        assertThat(Heartbeats.of(1)).isEqualTo(new Timing(500, 2_500));
        assertThat(Heartbeats.of(250)).isEqualTo(new Timing(500, 2_500));
    }

    @Test
    void tenThousandAreAskedForOneInTwentySeconds() {
        assertThat(Heartbeats.of(10_000)).isEqualTo(new Timing(20_000, 100_000));
    }

    @Test
    void devicesAreToldAgainWhenTheirNumberHasDoubledOrHalved() {
        var told = Heartbeats.of(2_000);
        assertThat(Heartbeats.isOutdated(told, Heartbeats.of(3_999))).isFalse();
        assertThat(Heartbeats.isOutdated(told, Heartbeats.of(4_000))).isTrue();
        assertThat(Heartbeats.isOutdated(told, Heartbeats.of(1_001))).isFalse();
        assertThat(Heartbeats.isOutdated(told, Heartbeats.of(1_000))).isTrue();
        assertThat(Heartbeats.isOutdated(Heartbeats.of(1), Heartbeats.of(250))).isFalse();
    }
}
