package motley.interchange.keras;

import java.io.Serial;

/// A model that Motley does not understand, or that is none; the message says what and where.
final class KerasRefusedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    KerasRefusedException(String message) {
        super(message);
    }

    KerasRefusedException(String message, Throwable cause) {
        super(message, cause);
    }

    /// `where: value (expected: …)`.
    static KerasRefusedException of(String where, Object value, String expected) {
        var shown = String.valueOf(value);
        if (shown.length() > 80) shown = shown.substring(0, 80) + "…";
        return new KerasRefusedException("%s: %s (expected: %s)".formatted(where, shown, expected));
    }
}
