package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

final class SteadyClockTest {
    @Test
    void wallSetBackOrForwardsChangesNothing() {
        var wall = new AtomicReference<>(Instant.ofEpochSecond(1_000));
        var nanoTime = new AtomicLong(5);
        var clock = new SteadyClock(wall::get, nanoTime::get);
        nanoTime.addAndGet(2_000_000_000L);
        for (long shift : new long[] {-3_600, 3_600}) {
            wall.set(Instant.ofEpochSecond(1_000 + shift));
            assertThat(clock.instant()).isEqualTo(Instant.ofEpochSecond(1_002));
        }
    }
}
