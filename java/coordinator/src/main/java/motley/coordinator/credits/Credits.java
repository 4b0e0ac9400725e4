package motley.coordinator.credits;

import java.math.BigDecimal;
import motley.rounds.credits.Price;

/// Credits in people's words: `12.5` is 12,500,000 micro-credits.
public final class Credits {
    private static final int DIGITS = 6;
    private static final BigDecimal MICROS = BigDecimal.valueOf(Price.MICROS);

    /// Credits anybody may move at once: a quadrillion operations a trillion times over.
    private static final BigDecimal MAX = BigDecimal.valueOf(1_000_000_000_000L);

    private Credits() {}

    public static String text(long micros) {
        var text = BigDecimal.valueOf(micros, DIGITS).stripTrailingZeros().toPlainString();
        return text.equals("0.000000") ? "0" : text;
    }

    /// Micro-credits of `text`, which a setting called `field` has.
    ///
    /// @throws IllegalArgumentException if it is none, or finer than micro-credits
    public static long micros(String field, String text) {
        try {
            var credits = new BigDecimal(text);
            boolean isIn = credits.signum() >= 0 && credits.compareTo(MAX) <= 0;
            if (isIn) return credits.multiply(MICROS).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: credits, such as 12.5)".formatted(field, text), e);
        }
        throw new IllegalArgumentException(
                "%s: %s (expected: 0 to 10¹² credits)".formatted(field, text));
    }
}
