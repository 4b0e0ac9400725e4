package motley.rounds.likeness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LikenessTest {
    private static final double AT_MOST = 1e-3;

    @Test
    void toleranceBeginsAtTheMostAndFollowsWhatIsUsual() {
        var likeness = with(Likeness.NONE, 7, 3e-5);
        assertThat(likeness.tolerance("a", "b", AT_MOST)).isEqualTo(AT_MOST);
        likeness = likeness.with("b", "a", 3e-5);
        assertThat(likeness.tolerance("b", "a", AT_MOST)).isEqualTo(10 * 3e-5);
        assertThat(likeness.tolerance("a", "c", AT_MOST)).isEqualTo(AT_MOST);
        assertThat(with(Likeness.NONE, 20, 1e-7).tolerance("a", "b", AT_MOST)).isEqualTo(1e-4);
    }

    /// Forgers who are less than half of what is seen move nothing, and all together widen nothing.
    @Test
    void forgersDoNotWidenTheTolerance() {
        var likeness = with(with(Likeness.NONE, 33, 3e-5), 30, 9e-4);
        assertThat(likeness.tolerance("a", "b", AT_MOST)).isEqualTo(10 * 3e-5);
        likeness = with(likeness, 63, 9e-4);
        assertThat(likeness.tolerance("a", "b", AT_MOST)).isEqualTo(AT_MOST);
    }

    @Test
    void classesThatDoNotAgreeAreNotCompared() {
        var likeness = with(Likeness.NONE, 15, 0.02);
        assertThat(likeness.isEstranged("a", "b", AT_MOST)).isFalse();
        assertThat(likeness.isKnown("a", "b", AT_MOST)).isFalse();
        assertThat(likeness.with("a", "b", 0.02).isEstranged("a", "b", AT_MOST)).isTrue();
    }

    @Test
    void pairsAndDistancesAreBounded() {
        var likeness = Likeness.NONE;
        for (int i = 0; i < Likeness.PAIRS_MAX; i++) likeness = with(likeness, "class-" + i);
        assertThat(with(likeness, "one too many")).isEqualTo(likeness);
        assertThat(with(likeness, "class-0").pairs().values())
                .allMatch(distances -> distances.latest().size() == Likeness.DISTANCES_MAX);
    }

    private static Likeness with(Likeness likeness, String other) {
        var more = likeness;
        for (int i = 0; i < 100; i++) more = more.with("a", other, 1e-6);
        return more;
    }

    private static Likeness with(Likeness likeness, int times, double distance) {
        var more = likeness;
        for (int i = 0; i < times; i++) more = more.with("a", "b", distance);
        return more;
    }
}
