package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

class FmaPeakTest {
    /// A clock that moves by 1000 ns at each look: the 12 chains of 10,000 links take 1000 ns.
    @Test
    void theShortestSampleCounts() {
        var time = new AtomicLong();
        double speed = FmaPeak.measure(() -> time.addAndGet(1000));
        int lanes = FloatVector.SPECIES_PREFERRED.length();
        assertThat(speed).isEqualTo(2.0 * 12 * 10_000 * lanes / 1000);
    }

    @Test
    void aClockThatStandsStillIsNoDivisionByZero() {
        assertThat(FmaPeak.measure(() -> 7)).isFinite();
    }
}
