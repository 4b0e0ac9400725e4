package motley.rounds.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class AggregationTest {
    @Test
    void everyRuleIsReadAsItIsWritten() {
        for (var text :
                List.of(
                        "mean",
                        "clip",
                        "median",
                        "trimmed-mean:2",
                        "geometric-median",
                        "multi-krum:2",
                        "centered-clip:0.5")) {
            assertThat(Aggregation.named(text).text()).isEqualTo(text);
        }
    }

    @Test
    void whatIsNoRuleIsRefused() {
        assertThatThrownBy(() -> Aggregation.named("krum"))
                .hasMessage("aggregation: krum (expected: %s)", Aggregation.NAMES);
        assertThatThrownBy(() -> Aggregation.named("trimmed-mean"))
                .hasMessage(
                        "aggregation: trimmed-mean (expected: a whole number behind the colon)");
        assertThatThrownBy(() -> Aggregation.named("median:3"))
                .hasMessage("aggregation: median:3 (expected: no setting, median)");
        assertThatThrownBy(() -> Aggregation.named("centered-clip:-1"))
                .hasMessage("aggregation centered-clip: -1.0 (expected: above 0)");
    }

    @Test
    void multiKrumNeedsTwoFAndThree() {
        var krum = Aggregation.named("multi-krum:2");
        krum.requireFit(7, 10);
        assertThatThrownBy(() -> krum.requireFit(6, 10))
                .hasMessageStartingWith(
                        "aggregation: multi-krum:2 over 6 contributions a round (expected: at least"
                                + " 7;");
    }

    @Test
    void contributionsKeptApartHaveALimit() {
        var median = Aggregation.named("median");
        median.requireFit(1 << 8, 1 << 20);
        assertThatThrownBy(() -> median.requireFit(1 << 8, (1 << 20) + 1))
                .hasMessageContaining("256 contributions of 1048577 elements apart, 1.1 GB");
        new Aggregation.Mean().requireFit(1 << 20, 1 << 30);
    }

    /// By hand: the columns are 0 1 2 3 100 and 5 4 3 2 −100.
    @Test
    void rulesByHand() {
        var rows = new float[][] {{0, 5}, {1, 4}, {2, 3}, {3, 2}, {100, -100}};
        assertThat(aggregate(rows, "median")).containsExactly(2, 3);
        assertThat(aggregate(rows, "trimmed-mean:1")).containsExactly(2, 3);
        assertThat(aggregate(rows, "mean")).containsExactly(21.2f, -17.2f);
        // Scores with the 2 nearest: 2+8, 2+2, 2+2, 2+8, far; the four near ones are kept.
        assertThat(aggregate(rows, "multi-krum:1")).containsExactly(1.5f, 3.5f);
    }

    /// From the median (2, 3): the first three steps pull the distant one by the radius only.
    @Test
    void distantContributionPullsByTheRadius() {
        var rows = new float[][] {{0}, {0}, {0}, {1000}};
        // v: 0 → (1 − 3·0)/4 = 0.25 → 0.25 + (1 − 0.75)/4 = 0.3125 → 0.3125 + 0.0625/4.
        assertThat(aggregate(rows, "centered-clip:1")).containsExactly(0.328125f);
    }

    @Test
    void smallLastRoundCountsOnFewerHostileOnes() {
        var rows = new float[][] {{1}, {2}, {900}};
        assertThat(aggregate(rows, "trimmed-mean:2")).containsExactly(2);
        assertThat(aggregate(new float[][] {{1}, {3}}, "multi-krum:2")).containsExactly(2);
    }

    private static float[] aggregate(float[][] rows, String rule) {
        var contributions = new Contributions(rows[0].length);
        for (int k = 0; k < rows.length; k++) contributions.put(k, rows[k].clone(), 1);
        return contributions.aggregate(Aggregation.named(rule));
    }
}
