package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import motley.coordinator.storage.MetricRow;
import org.junit.jupiter.api.Test;

final class TrendTest {
    @Test
    void lowestLossIsTheBestAndOfEqualOnesTheFirst() {
        assertThat(trend(0.5, 0.3, 0.3, 0.4)).isEqualTo(new Trend(4, 2));
        assertThat(trend(0.5, 0.3).isBest()).isTrue();
        assertThat(trend(0.3, 0.3).isBest()).isFalse();
        assertThat(trend().isBest()).isFalse();
    }

    @Test
    void lossThatIsNotANumberIsNeverTheBest() {
        assertThat(trend(Double.NaN).isBest()).isFalse();
        assertThat(trend(Double.NaN, 7).isBest()).isTrue();
        assertThat(trend(7, Double.NaN, Double.POSITIVE_INFINITY)).isEqualTo(new Trend(3, 2));
    }

    @Test
    void patienceEndsAfterAsManyEvaluationsWithoutABetterOne() {
        assertThat(trend(0.3, 0.4).isOver(2)).isFalse();
        assertThat(trend(0.3, 0.4, 0.5).isOver(2)).isTrue();
        assertThat(trend(0.3, 0.4, 0.5).isOver(0)).isFalse();
        assertThat(trend().isOver(1)).isFalse();
        assertThat(trend(Double.NaN, Double.NaN).isOver(2)).isTrue();
    }

    private static Trend trend(double... losses) {
        var kind = MetricRow.Kind.EVALUATION;
        return Trend.of(
                DoubleStream.of(losses)
                        .mapToObj(loss -> new MetricRow(kind, 0, 0, 10, loss, 0.5, 0, 0))
                        .toList());
    }
}
