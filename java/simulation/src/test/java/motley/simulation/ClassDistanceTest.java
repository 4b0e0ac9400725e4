package motley.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.program.reference.ReferenceEngine;
import motley.rounds.likeness.Likeness;
import motley.rounds.likeness.Sketcher;
import org.junit.jupiter.api.Test;

/// How far two engines are apart that add in different orders: a tenth of the least tolerance that
/// audits have between numeric classes.
final class ClassDistanceTest {
    private static final int TASKS = 200;

    @Test
    void honestGradientsOfTwoEnginesAreFarWithinTheTolerance() {
        try (var one = Clusters.pupil(CpuEngine.open(new CpuSettings(1)));
                var other = Clusters.pupil(new ReferenceEngine())) {
            var parameters = one.initial(3);
            one.load(parameters);
            other.load(parameters);
            double largest = 0;
            for (int task = 0; task < TASKS; task++) {
                var random = new SplittableRandom(task);
                var samples = IntStream.generate(() -> random.nextInt(2_000)).limit(8).toArray();
                var sketcher = new Sketcher(random.nextLong());
                var first = sketcher.of(one.gradient(samples, false).gradient().elements);
                var second = sketcher.of(other.gradient(samples, false).gradient().elements);
                largest = Math.max(largest, first.distance(second));
            }
            System.out.printf("two engines: %.2g apart at most%n", largest);
            assertThat(largest).isPositive().isLessThan(Likeness.TOLERANCE_MIN / 10);
        }
    }
}
