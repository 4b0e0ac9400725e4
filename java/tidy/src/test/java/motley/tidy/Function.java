package motley.tidy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/// A method, constructor or initialiser in a source.
///
/// @param name its name; a constructor's is that of its class
/// @param line where its header begins, counted from 1
/// @param lines from the header to the closing brace
/// @param depth how many blocks of `if`, `for`, `while`, `do` and `switch` lie within each other
record Function(String name, int line, int lines, int depth) {
    private static final Pattern TYPE =
            Pattern.compile("(^|[\\s.@])(class|interface|enum|record)\\s+[A-Z]\\w*");
    private static final Pattern CONTROL =
            Pattern.compile("^(else\\b.*|do|(\\w+\\s*:\\s*)?(if|for|while|switch)\\b.*)$");
    private static final Pattern SWITCH = Pattern.compile("\\bswitch\\s*\\(.*\\)$");
    private static final Pattern ANONYMOUS = Pattern.compile("\\bnew\\s+[\\w.<>,?\\s]+\\(.*\\)$");
    private static final Pattern CONSTANT =
            Pattern.compile("^,?\\s*[A-Z][A-Z0-9_]*\\s*(\\(.*\\))?$");
    private static final Pattern METHOD =
            Pattern.compile("(\\w+)\\s*\\(.*\\)\\s*(throws\\s+[\\w.,\\s]+)?$");
    private static final Pattern COMPACT =
            Pattern.compile("^(?:(?:public|protected|private)\\s+)?([A-Z]\\w*)$");

    private enum Kind {
        TYPE,
        FUNCTION,
        CONTROL,
        OTHER
    }

    /// A block that is open: where its header began, and what to go on with after it.
    private record Block(Kind kind, String name, int start, int parentheses) {}

    static List<Function> in(JavaText text) {
        return new Scan(text).functions();
    }

    private static Kind kind(String header, Kind parent) {
        if (header.endsWith("->") || header.endsWith("=") || header.endsWith("]"))
            return Kind.OTHER;
        if (TYPE.matcher(header).find() || ANONYMOUS.matcher(header).find()) return Kind.TYPE;
        if (CONTROL.matcher(header).matches() || SWITCH.matcher(header).find()) return Kind.CONTROL;
        if (parent != Kind.TYPE) return Kind.OTHER;
        if (CONSTANT.matcher(header).matches()) return Kind.TYPE;
        return name(header).isEmpty() ? Kind.OTHER : Kind.FUNCTION;
    }

    private static String name(String header) {
        if (header.equals("static")) return "static";
        var compact = COMPACT.matcher(header);
        if (compact.matches()) return compact.group(1);
        var method = METHOD.matcher(header);
        return method.find() ? method.group(1) : "";
    }

    /// One pass over the braces of a source.
    private static final class Scan {
        private final JavaText text;
        private final List<Function> functions = new ArrayList<>();
        private final Deque<Block> open = new ArrayDeque<>();
        private final Deque<Integer> deepest = new ArrayDeque<>();
        private int headerStart;
        private int parentheses;

        Scan(JavaText text) {
            this.text = text;
        }

        List<Function> functions() {
            for (int i = 0; i < text.code().length(); i++) {
                switch (text.code().charAt(i)) {
                    case '(' -> parentheses++;
                    case ')' -> parentheses--;
                    case '{' -> open(i);
                    case '}' -> close(i);
                    case ';' -> {
                        if (parentheses == 0) headerStart = i + 1;
                    }
                    default -> {}
                }
            }
            return List.copyOf(functions);
        }

        private void open(int at) {
            var raw = text.code().substring(headerStart, at);
            var header = withoutAnnotations(raw.strip().replaceAll("\\s+", " "));
            var parent = open.isEmpty() ? Kind.OTHER : open.peek().kind();
            var kind = kind(header, parent);
            int start = headerStart + raw.length() - raw.stripLeading().length();
            open.push(new Block(kind, name(header), start, parentheses));
            if (kind == Kind.FUNCTION) deepest.push(0);
            if (!deepest.isEmpty()) deepest.push(Math.max(deepest.pop(), depth()));
            parentheses = 0;
            headerStart = at + 1;
        }

        private void close(int at) {
            if (open.isEmpty()) return;
            var block = open.pop();
            parentheses = block.parentheses();
            headerStart = at + 1;
            if (block.kind() != Kind.FUNCTION) return;
            int line = text.line(block.start());
            int lines = text.line(at) - line + 1;
            functions.add(new Function(block.name(), line, lines, deepest.pop()));
        }

        /// The blocks of control flow up to the innermost function.
        private int depth() {
            int depth = 0;
            for (var block : open) {
                if (block.kind() == Kind.FUNCTION) break;
                if (block.kind() == Kind.CONTROL) depth++;
            }
            return depth;
        }

        private static String withoutAnnotations(String header) {
            return header.replaceAll("@(?!interface)[\\w.]+(\\([^)]*\\))?\\s*", "");
        }
    }
}
