package motley.wire;

import java.util.regex.Pattern;

/// Bounds of the fields that peers send.
///
/// Every check returns the value it was given or throws [MalformedMessageException] in the form
/// `field: value (expected: …)`.
final class Check {
    /// Identifiers: runs, devices. Safe as a part of a file name or a path.
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

    /// Files within the shared directory.
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");
    private static final int SHOWN_MAX = 80;

    private Check() {}

    static String identifier(String field, String value) {
        return matching(field, value, IDENTIFIER, "1 to 64 letters, digits, - or _");
    }

    static String fileName(String field, String value) {
        return matching(field, value, FILE_NAME, "a plain file name");
    }

    static String sha256(String field, String value) {
        return matching(field, value, SHA_256, "64 lower-case hexadecimal digits");
    }

    static String text(String field, String value, int lengthMax) {
        if (value.length() > lengthMax) {
            throw malformed(field, value.length() + " characters", "at most " + lengthMax);
        }
        return value;
    }

    /// Protobuf's `uint32` arrives as a negative `int` from 2^31 on.
    static int count(String field, int value) {
        if (value < 0) throw malformed(field, Integer.toUnsignedString(value), "under 2^31");
        return value;
    }

    /// Protobuf's `uint64` arrives as a negative `long` from 2^63 on.
    static long count(String field, long value) {
        if (value < 0) throw malformed(field, Long.toUnsignedString(value), "under 2^63");
        return value;
    }

    static int positive(String field, int value) {
        if (value < 1) throw malformed(field, Integer.toUnsignedString(value), "1 to 2^31 - 1");
        return value;
    }

    static double share(String field, double value) {
        if (!(value >= 0 && value <= 1)) throw malformed(field, value, "0 to 1");
        return value;
    }

    static double finite(String field, double value) {
        if (!Double.isFinite(value)) throw malformed(field, value, "a finite number");
        return value;
    }

    static MalformedMessageException malformed(String field, Object value, String expected) {
        return new MalformedMessageException(
                "%s: %s (expected: %s)".formatted(field, value, expected));
    }

    private static String matching(String field, String value, Pattern pattern, String expected) {
        if (pattern.matcher(value).matches()) return value;
        var shown = value.length() <= SHOWN_MAX ? value : value.substring(0, SHOWN_MAX) + "…";
        throw malformed(field, '"' + shown + '"', expected);
    }
}
