package motley.tidy;

/// A Java source with its literals and comments blanked, so that what is left is code, at the same
/// lines and columns.
record JavaText(String code) {
    private enum State {
        CODE,
        LINE_COMMENT,
        BLOCK_COMMENT,
        STRING,
        CHARACTER,
        TEXT_BLOCK
    }

    static JavaText of(String source) {
        var code = new StringBuilder(source);
        var state = State.CODE;
        for (int i = 0; i < source.length(); i++) {
            var next = state == State.CODE ? opened(source, i) : state;
            if (next == State.CODE) continue;
            int end = i + (state == State.CODE ? openingLength(next) : endLength(source, i, next));
            boolean closes = state != State.CODE && closes(source, i, state);
            blank(code, i, end);
            i = end - 1;
            state = closes ? State.CODE : next;
        }
        return new JavaText(code.toString());
    }

    /// The line of an index, counted from 1.
    int line(int index) {
        return 1 + (int) code.substring(0, index).chars().filter(c -> c == '\n').count();
    }

    private static State opened(String source, int i) {
        if (source.startsWith("//", i)) return State.LINE_COMMENT;
        if (source.startsWith("/*", i)) return State.BLOCK_COMMENT;
        if (source.startsWith("\"\"\"", i)) return State.TEXT_BLOCK;
        return switch (source.charAt(i)) {
            case '"' -> State.STRING;
            case '\'' -> State.CHARACTER;
            default -> State.CODE;
        };
    }

    private static int openingLength(State state) {
        return switch (state) {
            case CODE -> 0;
            case STRING, CHARACTER -> 1;
            case LINE_COMMENT, BLOCK_COMMENT -> 2;
            case TEXT_BLOCK -> 3;
        };
    }

    private static boolean closes(String source, int i, State state) {
        return source.startsWith(closing(state), i);
    }

    private static String closing(State state) {
        return switch (state) {
            case CODE -> "";
            case STRING -> "\"";
            case CHARACTER -> "'";
            case LINE_COMMENT -> "\n";
            case BLOCK_COMMENT -> "*/";
            case TEXT_BLOCK -> "\"\"\"";
        };
    }

    /// How many characters to pass over inside a literal or comment.
    private static int endLength(String source, int i, State state) {
        if (closes(source, i, state)) return closing(state).length();
        boolean comment = state == State.LINE_COMMENT || state == State.BLOCK_COMMENT;
        boolean escape = source.charAt(i) == '\\' && !comment && i + 1 < source.length();
        return escape ? 2 : 1;
    }

    private static void blank(StringBuilder code, int from, int to) {
        for (int i = from; i < to; i++) {
            if (code.charAt(i) != '\n') code.setCharAt(i, ' ');
        }
    }
}
