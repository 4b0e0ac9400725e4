package motley.coordinator.plans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import motley.coordinator.storage.Database;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What devices of a class found best.
final class TuningsTest {
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir private Path folder;
    private Database database;
    private Tunings tunings;

    @BeforeEach
    void open() {
        database = Database.open(folder.resolve("motley.db"));
        tunings = new Tunings(database.jdbi(), now::get);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void theFirstOfAClassSpeaksForAll() {
        assertThat(tunings.learn("a", Map.of("product 1", "SHARED"))).isTrue();
        assertThat(tunings.learn("a", Map.of("product 1", "DIRECT"))).isFalse();
        assertThat(tunings.of("a")).isEqualTo(Map.of("product 1", "SHARED"));
        assertThat(tunings.of("b")).isEmpty();
    }

    @Test
    void theyAreThereWhenTheDatabaseIsOpenedAgain() {
        tunings.learn("a", Map.of("product 1", "SHARED", "product 2", "DIRECT"));
        close();
        open();
        assertThat(tunings.of("a")).isEqualTo(Map.of("product 1", "SHARED", "product 2", "DIRECT"));
    }

    @Test
    void kernelsOfAClassThatWereFoundFirstGoFirst() {
        tunings.learn("a", Map.of("product first", "DIRECT"));
        tunings.learn("b", Map.of("product first", "DIRECT"));
        now.set(now.get().plusMillis(1));
        var found = new HashMap<String, String>();
        for (int i = 1; i < Tunings.KERNELS_MAX; i++) found.put("product " + i, "DIRECT");
        tunings.learn("a", found);
        assertThat(tunings.of("a")).hasSize(Tunings.KERNELS_MAX).containsKey("product first");
        now.set(now.get().plusMillis(1));
        tunings.learn("a", Map.of("product last", "SHARED"));
        assertThat(tunings.of("a"))
                .hasSize(Tunings.KERNELS_MAX)
                .containsKeys("product 1", "product last")
                .doesNotContainKey("product first");
        assertThat(tunings.of("b")).hasSize(1);
    }

    @Test
    void classesLongestNotUsedGoFirst() {
        for (int i = 0; i < Tunings.CLASSES_MAX; i++) {
            tunings.learn("class " + i, Map.of("product 1", "DIRECT"));
        }
        assertThat(tunings.of("class 0")).hasSize(1);
        tunings.learn("another", Map.of("product 1", "DIRECT"));
        assertThat(tunings.of("class 0")).hasSize(1);
        assertThat(tunings.of("class 1")).isEmpty();
        assertThat(tunings.of("class 2")).hasSize(1);
        assertThat(count("tuning_class")).isEqualTo(Tunings.CLASSES_MAX);
        assertThat(count("tuning")).isEqualTo(Tunings.CLASSES_MAX);
    }

    @Test
    void whatIsOldIsTimedAgain() {
        tunings.learn("a", Map.of("product 1", "SHARED"));
        now.set(now.get().plus(Tunings.AGE_MAX).minusMillis(1));
        assertThat(tunings.of("a")).hasSize(1);
        now.set(now.get().plusMillis(1));
        assertThat(tunings.of("a")).isEmpty();
        assertThat(tunings.learn("b", Map.of("product 1", "DIRECT"))).isTrue();
        assertThat(count("tuning")).isEqualTo(1);
        assertThat(count("tuning_class")).isEqualTo(1);
        assertThat(tunings.learn("a", Map.of("product 1", "DIRECT"))).isTrue();
        assertThat(tunings.of("a")).isEqualTo(Map.of("product 1", "DIRECT"));
    }

    @Test
    void longTextsAreRefused() {
        var longest = "k".repeat(Tunings.KERNEL_CHARS_MAX);
        assertThat(tunings.learn("c".repeat(Tunings.NAME_CHARS_MAX), Map.of(longest, "DIRECT")))
                .isTrue();
        refused("class: 1001", "c".repeat(Tunings.NAME_CHARS_MAX + 1), "product 1", "DIRECT");
        refused("kernel: 101", "a", longest + "k", "DIRECT");
        refused("variant: 41", "a", "product 1", "V".repeat(Tunings.VARIANT_CHARS_MAX + 1));
    }

    private void refused(String why, String name, String kernel, String variant) {
        assertThatThrownBy(() -> tunings.learn(name, Map.of(kernel, variant)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private int count(String table) {
        return database.jdbi()
                .withHandle(
                        handle ->
                                handle.createQuery("select count(*) from " + table)
                                        .mapTo(Integer.class)
                                        .one());
    }
}
