package motley.coordinator.plans;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What devices of a class found best.
final class TuningsTest {
    private final Tunings tunings = new Tunings();

    @Test
    void theFirstOfAClassSpeaksForAll() {
        assertThat(tunings.learn("a", Map.of("product 1", "SHARED"))).isTrue();
        assertThat(tunings.learn("a", Map.of("product 1", "DIRECT"))).isFalse();
        assertThat(tunings.of("a")).isEqualTo(Map.of("product 1", "SHARED"));
        assertThat(tunings.of("b")).isEmpty();
    }

    @Test
    void kernelsOfAClassAreBounded() {
        var found = new HashMap<String, String>();
        for (int i = 0; i <= Tunings.KERNELS_MAX; i++) found.put("product " + i, "DIRECT");
        tunings.learn("a", found);
        assertThat(tunings.of("a")).hasSize(Tunings.KERNELS_MAX);
    }

    @Test
    void classesLongestNotAskedForGoFirst() {
        for (int i = 0; i < Tunings.CLASSES_MAX; i++) {
            tunings.learn("class " + i, Map.of("product 1", "DIRECT"));
        }
        assertThat(tunings.of("class 0")).hasSize(1);
        tunings.learn("another", Map.of("product 1", "DIRECT"));
        assertThat(tunings.of("class 0")).hasSize(1);
        assertThat(tunings.of("class 1")).isEmpty();
    }
}
