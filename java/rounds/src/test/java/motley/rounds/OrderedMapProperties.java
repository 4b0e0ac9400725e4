package motley.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The map agrees with the one of the JDK, and its copies do not disturb their originals.
final class OrderedMapProperties {
    @Test
    void agreesWithTreeMapAfterEveryChange() {
        for (long seed = 0; seed < 50; seed++) {
            var random = new SplittableRandom(seed);
            var expected = new TreeMap<Integer, Integer>();
            OrderedMap<Integer, Integer> map = OrderedMap.empty();
            for (int i = 0; i < 300; i++) {
                int key = random.nextInt(100);
                var before = Map.copyOf(expected);
                var original = map;
                if (random.nextInt(3) > 0) {
                    map = map.with(key, i);
                    expected.put(key, i);
                } else {
                    map = map.without(key);
                    expected.remove(key);
                }
                assertThat(map.entries().toList())
                        .as("reproduce with: seed %d, change %d", seed, i)
                        .isEqualTo(expected.entrySet().stream().toList());
                assertThat(map.size()).isEqualTo(expected.size());
                assertThat(map.first().map(Map.Entry::getKey).orElse(-1))
                        .isEqualTo(expected.isEmpty() ? -1 : expected.firstKey());
                assertThat(map.last().map(Map.Entry::getKey).orElse(-1))
                        .isEqualTo(expected.isEmpty() ? -1 : expected.lastKey());
                assertThat(original.size()).isEqualTo(before.size());
                if (map.isEmpty()) continue;
                int at = random.nextInt(map.size());
                assertThat(map.at(at).getKey())
                        .isEqualTo(expected.keySet().stream().skip(at).findFirst().orElseThrow());
            }
        }
    }

    @Test
    void equalEntriesMakeEqualMapsWhateverTheOrderOfInsertion() {
        OrderedMap<Integer, String> up = OrderedMap.empty();
        OrderedMap<Integer, String> down = OrderedMap.empty();
        for (int i = 0; i < 100; i++) {
            up = up.with(i, "v" + i);
            down = down.with(99 - i, "v" + (99 - i));
        }
        assertThat(up).isEqualTo(down).hasSameHashCodeAs(down);
        assertThat(up.without(5)).isNotEqualTo(down);
    }

    /// Inserting in order is what an unbalanced tree fails at: its recursion is as deep as it is
    /// large.
    @Test
    void aHundredThousandOrderedInsertionsStayShallow() {
        OrderedMap<Integer, Integer> map = OrderedMap.empty();
        for (int i = 0; i < 100_000; i++) map = map.with(i, i);
        for (int i = 0; i < 100_000; i += 2) map = map.without(i);
        assertThat(map.size()).isEqualTo(50_000);
        assertThat(map.get(77_777)).contains(77_777);
        assertThat(map.has(77_776)).isFalse();
    }
}
