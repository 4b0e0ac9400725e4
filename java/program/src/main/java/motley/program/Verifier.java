package motley.program;

import java.util.ArrayList;
import java.util.List;
import motley.tensor.TensorType;

/// Decides whether a program that comes from elsewhere may run.
///
/// It takes time and memory in proportion to the program's own length, never to the sizes the
/// program claims: nothing a program names is allocated before it is accepted.
public final class Verifier {
    /// Lines printed before and after the equation to blame.
    private static final int LINES_AROUND = 3;
    /// Longer lines of the excerpt are cut.
    private static final int LINE_CHARS_MAX = 160;

    private final Program program;
    private final Limits limits;
    private final List<Var> assigned = new ArrayList<>();
    private long totalBytes;
    private long flops;

    private Verifier(Program program, Limits limits) {
        this.program = program;
        this.limits = limits;
    }

    /// Checks that `program` is well-formed, well-typed and within `limits`:
    /// - values are numbered from 0 in the order params, equations;
    /// - operands and results were assigned before, with the type they are used with;
    /// - each equation's type is the one its op's type rule gives;
    /// - counts, sizes and work are at most what `limits` allows.
    ///
    /// @return what one run takes
    /// @throws InvalidProgramException if not; the message shows the equations around the bad one
    public static Cost verify(Program program, Limits limits) {
        return new Verifier(program, limits).verify();
    }

    private Cost verify() {
        requireCount("params", program.params().size(), limits.paramCountMax());
        requireCount("equations", program.equations().size(), limits.equationCountMax());
        requireCount("results", program.results().size(), limits.resultCountMax());
        for (var param : program.params()) {
            var problem = assign(param);
            if (!problem.isEmpty()) throw new InvalidProgramException("param " + problem);
        }
        for (int i = 0; i < program.equations().size(); i++) {
            var problem = check(program.equations().get(i));
            if (!problem.isEmpty()) throw blame(i, problem);
        }
        for (var result : program.results()) {
            var problem = use(result);
            if (!problem.isEmpty()) throw new InvalidProgramException("result " + problem);
        }
        var cost = Cost.of(program);
        if (cost.peakLiveBytes() > limits.peakLiveBytesMax()) {
            throw new InvalidProgramException(
                    over("live bytes", cost.peakLiveBytes(), limits.peakLiveBytesMax()));
        }
        return cost;
    }

    private static void requireCount(String what, int count, int max) {
        if (count > max) throw new InvalidProgramException(over(what, count, max));
    }

    /// The problem with `e`, empty if there is none.
    private String check(Equation e) {
        int operands = e.in().size();
        if (operands > limits.operandCountMax()) {
            return over("operands", operands, limits.operandCountMax());
        }
        for (var operand : e.in()) {
            var problem = use(operand);
            if (!problem.isEmpty()) return "operand " + problem;
        }
        TensorType type;
        try {
            type = TypeRules.infer(e.op(), e.in().stream().map(Var::type).toList());
        } catch (IllegalArgumentException refused) {
            return String.valueOf(refused.getMessage());
        }
        if (!e.out().type().equals(type)) return e.out() + " (expected: " + type + ")";
        var problem = assign(e.out());
        if (!problem.isEmpty()) return problem;
        flops = OpCost.sum(flops, Cost.flops(e));
        return flops <= limits.flopsMax() ? "" : over("FLOPs so far", flops, limits.flopsMax());
    }

    private String assign(Var value) {
        if (value.id() != assigned.size()) return value + " (expected: v" + assigned.size() + ")";
        assigned.add(value);
        long elements = value.type().shape().count();
        if (elements > limits.valueElementsMax()) {
            return over(value + ": elements", elements, limits.valueElementsMax());
        }
        totalBytes = OpCost.sum(totalBytes, value.type().sizeBytes());
        if (totalBytes > limits.totalBytesMax()) {
            return over(value + ": bytes so far", totalBytes, limits.totalBytesMax());
        }
        return "";
    }

    private String use(Var value) {
        int id = value.id();
        if (id < 0 || id >= assigned.size()) return value + " (expected: a value assigned before)";
        var known = assigned.get(id);
        return known.equals(value) ? "" : value + " (expected: " + known + ")";
    }

    private static String over(String what, long value, long max) {
        return what + ": " + value + " (expected: at most " + max + ")";
    }

    private InvalidProgramException blame(int bad, String problem) {
        var equations = program.equations();
        var message = new StringBuilder("equation %d: %s".formatted(bad, problem));
        int end = Math.min(equations.size(), bad + LINES_AROUND + 1);
        for (int i = Math.max(0, bad - LINES_AROUND); i < end; i++) {
            var line = Printer.line(equations.get(i));
            if (line.length() > LINE_CHARS_MAX) line = line.substring(0, LINE_CHARS_MAX) + "…";
            message.append(i == bad ? "\n  > " : "\n    ").append(line);
        }
        return new InvalidProgramException(message.toString());
    }
}
