package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class HeadcountTest {
    private final Headcount headcount = new Headcount();

    @Test
    void devicesCountWhereTheyWent() {
        headcount.move(null, "a");
        headcount.move(null, "a");
        headcount.move("a", "b");
        assertThat(headcount.of("a")).isEqualTo(1);
        assertThat(headcount.of("b")).isEqualTo(1);
        headcount.move("a", null);
        assertThat(headcount.of("a")).isZero();
    }

    @Test
    void runNobodyWorksForIsZero() {
        assertThat(headcount.of("none")).isZero();
        headcount.move("none", null);
        assertThat(headcount.of("none")).isZero();
    }

    @Test
    void itAgreesWithLookingAtEveryDevice() {
        var random = new SplittableRandom(3);
        var runs = new String[] {null, "a", "b", "c"};
        var where = new HashMap<Integer, String>();
        for (int i = 0; i < 2_000; i++) {
            int device = random.nextInt(20);
            var to = runs[random.nextInt(runs.length)];
            headcount.move(where.put(device, to), to);
            for (var run : new String[] {"a", "b", "c"}) {
                long there = where.values().stream().filter(run::equals).count();
                assertThat(headcount.of(run)).isEqualTo(there);
            }
        }
    }
}
