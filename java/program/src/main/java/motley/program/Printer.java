package motley.program;

import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import motley.tensor.TensorType;

/// Programs as text for people: one line a param, one an equation, then the results.
///
/// ```
/// param v0: f32[2, 3]
/// v1: f32[2] = reduce(v0, kind=sum, axes=[1])
/// v2: f32[2] = exp(v1)
/// return v2
/// ```
///
/// Operands come first, then static parameters by name. [UnaryKind]s and [BinaryKind]s are printed
/// as functions of their own. It is exact: [Parser] reads the same program back.
public final class Printer {
    private Printer() {}

    /// `program` as text; every line ends with a newline. It need not be valid.
    public static String print(Program program) {
        var text = new StringBuilder();
        for (var param : program.params()) text.append("param ").append(param).append('\n');
        for (var equation : program.equations()) text.append(labelled(equation)).append('\n');
        return text.append(returned(program)).append('\n').toString();
    }

    private static String labelled(Equation equation) {
        var label = equation.label();
        return label.isEmpty() ? line(equation) : line(equation) + "  # " + label;
    }

    /// `v2: f32[2] = exp(v1)`.
    static String line(Equation equation) {
        var op = equation.op();
        var arguments = new StringJoiner(", ", name(op) + "(", ")");
        for (var operand : equation.in()) arguments.add(name(operand));
        OpForm.write(op, new Arguments(arguments, isFunction(op)));
        return equation.out() + " = " + arguments;
    }

    private static String returned(Program program) {
        if (program.results().isEmpty()) return "return";
        return program.results().stream()
                .map(Printer::name)
                .collect(Collectors.joining(", ", "return ", ""));
    }

    private static String name(Var value) {
        return "v" + value.id();
    }

    static String name(Op op) {
        if (op instanceof Op.Unary(var kind)) return OpCode.word(kind);
        if (op instanceof Op.Binary(var kind)) return OpCode.word(kind);
        return OpCode.of(op).label();
    }

    /// Whether the op's name says its only static parameter.
    private static boolean isFunction(Op op) {
        return op instanceof Op.Unary || op instanceof Op.Binary;
    }

    /// Appends static parameters as `name=value`, but for `kind` where the name says it.
    private record Arguments(StringJoiner to, boolean kindIsName) implements OpForm.Sink {
        @Override
        public <E extends Enum<E>> void word(String name, List<E> words, E value) {
            if (kindIsName) return;
            to.add(name + "=" + OpCode.word(value));
        }

        @Override
        public void integer(String name, int value) {
            to.add(name + "=" + value);
        }

        @Override
        public void integers(String name, List<Integer> values) {
            to.add(name + "=" + values);
        }

        @Override
        public void real(String name, double value) {
            to.add(name + "=" + value);
        }

        @Override
        public void type(String name, TensorType type) {
            to.add(name + "=" + type);
        }
    }
}
