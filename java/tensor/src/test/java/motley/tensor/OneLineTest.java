package motley.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OneLineTest {
    @Test
    void whatCannotBePrintedIsNotShown() {
        assertThat(OneLine.of("a\r\nb\tc\u001b[2Jd\u0000e\u2028f\u202eg"))
                .isEqualTo("a??b?c?[2Jd?e?f?g");
        assertThat(OneLine.of("epochs: 0 (expected: at least 1, ≤ 10⁶)"))
                .isEqualTo("epochs: 0 (expected: at least 1, ≤ 10⁶)");
    }

    @Test
    void longTextsAreCut() {
        assertThat(OneLine.of("x".repeat(OneLine.CHARS_MAX))).hasSize(OneLine.CHARS_MAX);
        assertThat(OneLine.of("x".repeat(OneLine.CHARS_MAX + 1)))
                .hasSize(OneLine.CHARS_MAX + 1)
                .endsWith("x…");
    }
}
