package motley.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    @Test
    void waitsDoubleUpToTheLongestAndStartAnewAfterASuccess() {
        var backoff = new Backoff(Duration.ofMillis(250), Duration.ofMillis(900));
        assertThat(backoff.next()).hasMillis(250);
        assertThat(backoff.next()).hasMillis(500);
        assertThat(backoff.next()).hasMillis(900);
        assertThat(backoff.next()).hasMillis(900);
        backoff.reset();
        assertThat(backoff.next()).hasMillis(250);
    }
}
