package motley.program;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads what [Printer] prints: for golden files, bug reports and programs written by hand. A `#`
/// starts a comment; empty lines do not count. Nothing in the language nests but one level of
/// lists, so no text makes the parser recurse.
public final class Parser {
    /// Longest line: `return` of as many values as [Limits#DEFAULT] allows fits.
    static final int LINE_CHARS_MAX = 1 << 16;

    private final Limits limits;
    private final List<Var> values = new ArrayList<>();
    private final List<Var> params = new ArrayList<>();
    private final List<Equation> equations = new ArrayList<>();

    private Parser(Limits limits) {
        this.limits = limits;
    }

    /// The program that `text` spells, verified within [Limits#DEFAULT].
    ///
    /// @throws InvalidProgramException if it is misspelled, with line, column, what is found there
    ///     and what was expected; or if [Verifier] refuses it
    public static Program parse(String text) {
        return parse(text, Limits.DEFAULT);
    }

    /// The program that `text` spells, verified within `limits`.
    ///
    /// @throws InvalidProgramException if it is misspelled, with line, column, what is found there
    ///     and what was expected; or if [Verifier] refuses it
    public static Program parse(String text, Limits limits) {
        var program = new Parser(limits).program(text.lines().iterator());
        Verifier.verify(program, limits);
        return program;
    }

    private Program program(Iterator<String> lines) {
        var results = Optional.<List<Var>>empty();
        int number = 0;
        while (lines.hasNext()) {
            var line = line(++number, lines.next());
            if (line.isEmpty()) continue;
            if (results.isPresent()) throw line.refused("nothing after return");
            try {
                results = statement(line);
                line.expectEnd();
            } catch (InvalidProgramException refused) {
                throw refused;
            } catch (IllegalArgumentException refused) { // By a record's constructor.
                throw line.refusedAt(String.valueOf(refused.getMessage()));
            }
        }
        var end = new TextLine(number + 1, "");
        return new Program(params, equations, results.orElseThrow(() -> end.refused("return")));
    }

    private static TextLine line(int number, String text) {
        if (text.length() > LINE_CHARS_MAX) {
            throw new InvalidProgramException(
                    "line %d: %d characters (expected: at most %d)"
                            .formatted(number, text.length(), LINE_CHARS_MAX));
        }
        return new TextLine(number, text);
    }

    /// Takes one line in.
    ///
    /// @return the program's results, once the line says them
    private Optional<List<Var>> statement(TextLine line) {
        if (line.accept("return")) return Optional.of(results(line));
        if (equations.isEmpty() && line.accept("param")) {
            requireRoom(params.size(), limits.paramCountMax(), "params", line);
            params.add(definition(line));
            values.add(params.getLast());
        } else if (line.isValue()) {
            requireRoom(equations.size(), limits.equationCountMax(), "equations", line);
            equation(line);
        } else {
            throw line.refused(
                    equations.isEmpty() ? "param, a value or return" : "a value or return");
        }
        return Optional.empty();
    }

    private static void requireRoom(int count, int max, String what, TextLine line) {
        if (count >= max) throw line.refused("at most %d %s".formatted(max, what));
    }

    private void equation(TextLine line) {
        var out = definition(line);
        line.expect("=");
        var name = line.peek();
        var function = function(name);
        var code = code(name);
        if (function.isEmpty() && code.isEmpty()) throw line.refused("an op");
        line.expect(name);
        line.expect("(");
        var in = operands(line);
        var op = function.orElseGet(() -> OpForm.read(code.orElseThrow(), line));
        line.expect(")");
        equations.add(new Equation(out, op, in));
        values.add(out);
    }

    private List<Var> operands(TextLine line) {
        var in = new ArrayList<Var>();
        while (line.isValue()) {
            requireRoom(in.size(), limits.operandCountMax(), "operands", line);
            in.add(line.value(values));
            if (!line.isFollowedByValue()) break;
            line.expect(",");
        }
        return in;
    }

    private List<Var> results(TextLine line) {
        var results = new ArrayList<Var>();
        if (!line.isValue()) return results;
        do {
            requireRoom(results.size(), limits.resultCountMax(), "results", line);
            results.add(line.value(values));
        } while (line.accept(","));
        return results;
    }

    /// `v3: f32[2]`, numbered in order.
    private Var definition(TextLine line) {
        line.expect("v" + values.size());
        line.expect(":");
        return new Var(values.size(), line.type());
    }

    private static Optional<Op> function(String name) {
        Stream<Op> unary = OpCode.UNARY_KINDS.stream().map(Op.Unary::new);
        Stream<Op> binary = OpCode.BINARY_KINDS.stream().map(Op.Binary::new);
        return Stream.concat(unary, binary).filter(op -> Printer.name(op).equals(name)).findFirst();
    }

    private static Optional<OpCode> code(String name) {
        return OpCode.ALL.stream()
                .filter(code -> code != OpCode.UNARY && code != OpCode.BINARY)
                .filter(code -> code.label().equals(name))
                .findFirst();
    }
}
