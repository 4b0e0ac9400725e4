package motley.program;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Takes tokens from one line of a printed program: words and numbers, and single other characters.
/// Every refusal is an [InvalidProgramException] that names line, column, what is found there and
/// what was expected.
final class TextLine implements OpForm.Source {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.+-]+|\\S");
    private static final Pattern VALUE = Pattern.compile("v\\d{1,9}");
    private static final Pattern INTEGER = Pattern.compile("-?\\d{1,10}");
    private static final Pattern REAL =
            Pattern.compile("NaN|-?Infinity|-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final String END = "the end of the line";

    private final int number;
    private final List<Token> tokens;
    private final int endColumn;
    private int next;

    private record Token(String text, int column) {}

    /// @param number counted from 1
    TextLine(int number, String text) {
        this.number = number;
        int comment = text.indexOf('#');
        var code = comment < 0 ? text : text.substring(0, comment);
        this.tokens =
                TOKEN.matcher(code)
                        .results()
                        .map(match -> new Token(match.group(), match.start() + 1))
                        .toList();
        this.endColumn = text.length() + 1;
    }

    boolean isEmpty() {
        return tokens.isEmpty();
    }

    InvalidProgramException refused(String expected) {
        var found = next < tokens.size() ? "'" + peek() + "'" : END;
        return refusedAt(found + " (expected: " + expected + ")");
    }

    /// The line is well-spelled up to here, but means nothing.
    InvalidProgramException refusedAt(String problem) {
        int column = next < tokens.size() ? tokens.get(next).column() : endColumn;
        return new InvalidProgramException(
                "line %d, column %d: %s".formatted(number, column, problem));
    }

    /// The next token, which stays; empty at the end.
    String peek() {
        return next < tokens.size() ? tokens.get(next).text() : "";
    }

    /// Whether the next token was `token`, which is then taken.
    boolean accept(String token) {
        if (!peek().equals(token)) return false;
        next++;
        return true;
    }

    void expect(String token) {
        if (!accept(token)) throw refused("'" + token + "'");
    }

    void expectEnd() {
        if (next < tokens.size()) throw refused(END);
    }

    boolean isValue() {
        return VALUE.matcher(peek()).matches();
    }

    /// Whether `, v3` comes next.
    boolean isFollowedByValue() {
        return peek().equals(",")
                && next + 1 < tokens.size()
                && VALUE.matcher(tokens.get(next + 1).text()).matches();
    }

    /// The one of `assigned` that the next token names: number 3 is `v3`.
    Var value(List<Var> assigned) {
        int start = next;
        int id = Integer.parseInt(take(VALUE, "a value").substring(1));
        if (id < assigned.size()) return assigned.get(id);
        next = start;
        throw refused("a value assigned above");
    }

    private String take(Pattern pattern, String expected) {
        var token = peek();
        if (!pattern.matcher(token).matches()) throw refused(expected);
        next++;
        return token;
    }

    /// `f32[2, 3]`.
    TensorType type() {
        var dtype = word(OpCode.DTYPES);
        return new TensorType(dtype, new Shape(integers()));
    }

    private <E extends Enum<E>> E word(List<E> words) {
        for (var word : words) {
            if (accept(OpCode.word(word))) return word;
        }
        throw refused("one of " + words.stream().map(OpCode::word).toList());
    }

    private int integer() {
        int start = next;
        long value = Long.parseLong(take(INTEGER, "an integer"));
        if (value == (int) value) return (int) value;
        next = start;
        throw refused("an integer of 32 bits");
    }

    private List<Integer> integers() {
        var values = new ArrayList<Integer>();
        expect("[");
        while (!accept("]")) {
            if (values.size() == Shape.RANK_MAX) throw refused("']'");
            if (!values.isEmpty()) expect(",");
            values.add(integer());
        }
        return values;
    }

    /// `, name=` or, right after the parenthesis, `name=`.
    private void argument(String name) {
        if (!tokens.get(next - 1).text().equals("(")) expect(",");
        expect(name);
        expect("=");
    }

    @Override
    public <E extends Enum<E>> E word(String name, List<E> words) {
        argument(name);
        return word(words);
    }

    @Override
    public int integer(String name) {
        argument(name);
        return integer();
    }

    @Override
    public List<Integer> integers(String name) {
        argument(name);
        return integers();
    }

    @Override
    public double real(String name) {
        argument(name);
        return Double.parseDouble(take(REAL, "a number"));
    }

    @Override
    public TensorType type(String name) {
        argument(name);
        return type();
    }
}
