package motley.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import motley.coordinator.RunRequestFuzz;
import motley.wire.SessionFuzz;
import motley.wire.discovery.DatagramFuzz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What Jazzer began with and what it found, and some inputs more that follow from a seed: without
/// Jazzer, so that every build tries them. `bench/fuzz` looks for new ones.
@Timeout(120)
final class FuzzProperties {
    private static final Map<String, Predicate<byte[]>> TARGETS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("CsvFuzz", CsvFuzz::takes),
                            Map.entry("DatagramFuzz", DatagramFuzz::takes),
                            Map.entry("EncodingFuzz", EncodingFuzz::takes),
                            Map.entry("Hdf5Fuzz", Hdf5Fuzz::takes),
                            Map.entry("IdxFuzz", IdxFuzz::takes),
                            Map.entry("KerasArchiveFuzz", KerasArchiveFuzz::takes),
                            Map.entry("KerasConfigFuzz", KerasConfigFuzz::takes),
                            Map.entry("ModelJsonFuzz", ModelJsonFuzz::takes),
                            Map.entry("NpyFuzz", NpyFuzz::takes),
                            Map.entry("NpzFuzz", NpzFuzz::takes),
                            Map.entry("ParameterFrameFuzz", ParameterFrameFuzz::takes),
                            Map.entry("PictureFuzz", PictureFuzz::takes),
                            Map.entry("ProgramFuzz", ProgramFuzz::takes),
                            Map.entry("RunRequestFuzz", RunRequestFuzz::takes),
                            Map.entry("SafetensorsFuzz", SafetensorsFuzz::takes),
                            Map.entry("SessionFuzz", SessionFuzz::takes),
                            Map.entry("ShardIndexFuzz", ShardIndexFuzz::takes)));

    private static final int SEEDS = 20;

    @Test
    void honestInputsAreTaken() throws IOException {
        for (var target : TARGETS.entrySet()) {
            var honest =
                    Corpus.names(target.getKey()).stream()
                            .filter(name -> name.startsWith("honest-"))
                            .toList();
            assertThat(honest).as(target.getKey()).isNotEmpty();
            for (var name : honest) {
                assertThat(target.getValue().test(Corpus.bytes(target.getKey(), name)))
                        .as("%s takes %s", target.getKey(), name)
                        .isTrue();
            }
        }
    }

    @Test
    void othersAreTakenOrRefused() throws IOException {
        for (var target : TARGETS.entrySet()) {
            for (var name : Corpus.names(target.getKey())) {
                var _ = target.getValue().test(Corpus.bytes(target.getKey(), name));
            }
        }
    }

    @Test
    void changedInputsAreTakenOrRefused() throws IOException {
        long first = Long.getLong("motley.seed", 0);
        long end = System.getProperty("motley.seed") == null ? SEEDS : first + 1;
        for (var target : TARGETS.entrySet()) {
            for (long seed = first; seed < end; seed++) {
                tryChanged(target.getKey(), target.getValue(), seed);
            }
        }
    }

    private static void tryChanged(String name, Predicate<byte[]> target, long seed)
            throws IOException {
        var random = new SplittableRandom(seed);
        for (var input : Corpus.names(name)) {
            var bytes = changed(Corpus.bytes(name, input), random);
            try {
                var _ = target.test(bytes);
            } catch (Throwable e) {
                throw new AssertionError(
                        "%s, %s; replay with: mvn -pl java/fuzz -am test -Dtest=FuzzProperties"
                                        .formatted(name, input)
                                + " -Dmotley.seed="
                                + seed,
                        e);
            }
        }
    }

    /// Some bytes are others, some are there twice or not any more.
    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        var changed = bytes.clone();
        if (changed.length == 0) return new byte[] {(byte) random.nextInt()};
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int at = random.nextInt(Math.min(changed.length, 1 << random.nextInt(1, 20)));
            changed[at] =
                    switch (random.nextInt(4)) {
                        case 0 -> (byte) random.nextInt();
                        case 1 -> (byte) (changed[at] ^ 1 << random.nextInt(8));
                        case 2 -> (byte) -1;
                        default -> changed[random.nextInt(changed.length)];
                    };
        }
        if (random.nextInt(4) > 0) return changed;
        int from = random.nextInt(changed.length);
        int to = random.nextInt(changed.length);
        var cut = Arrays.copyOf(changed, changed.length + to - from);
        int moved = Math.min(changed.length - from, cut.length - to);
        System.arraycopy(changed, from, cut, to, moved);
        return cut;
    }

    // ---- The trial itself ---------------------------------------------------------------------

    @Test
    void whatIsNoRefusalIsFound() {
        for (var planted :
                List.<Trial.Reading>of(
                        () -> Integer.parseInt("x"),
                        () -> List.of().getFirst(),
                        () -> {
                            throw new IOException("ours, and no refusal either");
                        },
                        () -> {
                            throw new IllegalStateException("ours, but no refusal");
                        })) {
            assertThatThrownBy(() -> Trial.of(planted)).isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void memoryIsCounted() {
        assertThatThrownBy(() -> Trial.of(() -> assertThat(new byte[1 << 20]).isNotEmpty(), 1000))
                .hasMessageContaining("bytes allocated: ");
        assertThat(Trial.of(() -> {}, 100_000)).isTrue();
    }
}
