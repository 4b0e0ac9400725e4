package motley.compiler;

import java.util.HashSet;
import motley.program.Equation;
import motley.program.Program;
import motley.program.TypeRules;
import motley.program.Var;

/// Checks that every value is assigned once, before its uses, with the type its op gives it.
final class WellTyped {
    private WellTyped() {}

    /// @throws IllegalArgumentException if `program` is ill-typed; the message begins with `stage`
    static void require(Program program, String stage) {
        var known = new HashSet<Var>();
        var ids = new HashSet<Integer>();
        for (var param : program.params()) {
            check(known.add(param) && ids.add(param.id()), stage, "param " + param + " twice");
        }
        for (var e : program.equations()) {
            check(known.containsAll(e.in()), stage, e + " (expected: operands assigned before)");
            check(typeFits(e), stage, e + " (expected: the type its op gives)");
            check(known.add(e.out()) && ids.add(e.out().id()), stage, e + " assigns again");
        }
        check(known.containsAll(program.results()), stage, "results (expected: assigned)");
    }

    private static boolean typeFits(Equation e) {
        var in = e.in().stream().map(Var::type).toList();
        return TypeRules.infer(e.op(), in).equals(e.out().type());
    }

    private static void check(boolean holds, String stage, String what) {
        if (!holds) throw new IllegalArgumentException(stage + ": " + what);
    }
}
