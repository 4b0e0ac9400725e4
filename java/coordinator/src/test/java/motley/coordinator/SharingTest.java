package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SharingTest {
    private static final Contributors.Candidate LAPTOP =
            new Contributors.Candidate("d1", "laptop", "ann");

    @Test
    void contributorsAreWhoTheyAreSaidToBe() {
        assertThat(Contributors.parse("everybody").admits(LAPTOP, "bob")).isTrue();
        assertThat(Contributors.parse("mine").admits(LAPTOP, "bob")).isFalse();
        assertThat(Contributors.parse("mine").admits(LAPTOP, "ann")).isTrue();
        var named = Contributors.parse("device:desktop, person:ann");
        assertThat(named.admits(LAPTOP, "bob")).isTrue();
        assertThat(Contributors.parse("device:d1").admits(LAPTOP, "bob")).isTrue();
        assertThat(Contributors.parse("device:laptop").admits(LAPTOP, "bob")).isTrue();
        assertThat(Contributors.parse("person:bob").admits(LAPTOP, "bob")).isFalse();
        assertThat(Contributors.parse(named.text())).isEqualTo(named);
    }

    @Test
    void contributorsThatNameNobodyAreRefused() {
        for (var wrong : new String[] {"", "all", "device:", "laptop", "device:a,", "host:a"}) {
            assertThatThrownBy(() -> Contributors.parse(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: everybody, mine, or names");
        }
    }
}
