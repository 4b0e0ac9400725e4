package motley.tensor;

/// Texts that show what strangers wrote, as one line of printable characters: so that a name with a
/// line feed or an escape makes no second line of a log, and moves no cursor of a terminal.
public final class OneLine {
    /// Characters of a text that are shown.
    public static final int CHARS_MAX = 1_000;

    private OneLine() {}

    /// `text` with `?` for control characters and separators of lines, and cut where it is longer
    /// than [#CHARS_MAX].
    public static String of(String text) {
        boolean isLong = text.length() > CHARS_MAX;
        var shown = new StringBuilder(isLong ? text.substring(0, CHARS_MAX) : text);
        for (int i = 0; i < shown.length(); i++) {
            if (isUnprintable(shown.charAt(i))) shown.setCharAt(i, '?');
        }
        return isLong ? shown.append('…').toString() : shown.toString();
    }

    private static boolean isUnprintable(char c) {
        return Character.isISOControl(c)
                || c == '\u2028'
                || c == '\u2029'
                || Character.getType(c) == Character.FORMAT;
    }
}
