package motley.compiler.simplify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;

/// Computes equal equations once. Ops have no side effects, so equal op and operands suffice.
final class CommonSubexpressions {
    private CommonSubexpressions() {}

    private record Key(Op op, List<Var> in) {}

    static Program rewrite(Program program) {
        Map<Key, Var> known = new HashMap<>();
        return Rewriter.rewrite(
                program,
                (to, op, in) -> known.computeIfAbsent(new Key(op, in), k -> to.append(k.op, k.in)));
    }
}
