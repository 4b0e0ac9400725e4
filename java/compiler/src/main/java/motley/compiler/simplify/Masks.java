package motley.compiler.simplify;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;

/// Takes the mask of a rectified convolution from its result: with `p = compare(LE, a, 0)` and
/// `y = select(p, 0, a)`, other uses of `p` become `compare(LE, y, 0)`.
///
/// That is the same for every `a`: where `a ≤ 0`, `y` is 0; elsewhere, and for NaN, `y` is `a`.
/// Then neither `a` nor `p` outlives the convolution, and the gradient reads `y`, which is kept
/// anyway.
final class Masks {
    private final Map<Var, Integer> uses = new HashMap<>();
    private final Map<Var, Var> later = new HashMap<>();

    private Masks(Program program) {
        for (var e : program.equations()) {
            for (var v : e.in()) uses.merge(v, 1, Integer::sum);
        }
    }

    static Program rewrite(Program program) {
        var masks = new Masks(program);
        var equations = program.equations().iterator();
        return Rewriter.rewrite(
                program,
                (to, op, in) -> {
                    var e = equations.next();
                    var operands = in.stream().map(v -> masks.later.getOrDefault(v, v)).toList();
                    var out = to.append(op, operands);
                    boolean shared =
                            e.op() instanceof Op.Select && masks.isShared(e.in().getFirst());
                    if (shared && rectifies(to, operands)) {
                        var zero = to.definition(operands.getFirst()).orElseThrow().in().get(1);
                        var compare = new Op.Compare(CompareKind.LE);
                        var mask = to.append(compare, List.of(out, zero));
                        masks.later.put(operands.getFirst(), mask);
                    }
                    return out;
                });
    }

    private boolean isShared(Var mask) {
        return uses.getOrDefault(mask, 0) > 1;
    }

    /// Whether `select` of these operands is a rectified sum of a convolution and a bias.
    private static boolean rectifies(Rewriter to, List<Var> in) {
        var mask = to.definition(in.getFirst());
        var sum = to.definition(in.get(2));
        if (mask.isEmpty() || sum.isEmpty() || !isZero(to, in.get(1))) return false;
        boolean masks =
                mask.get().op() instanceof Op.Compare(var kind)
                        && kind == CompareKind.LE
                        && mask.get().in().getFirst().equals(in.get(2))
                        && isZero(to, mask.get().in().get(1));
        return masks
                && sum.get().op() instanceof Op.Binary(var kind)
                && kind == BinaryKind.ADD
                && to.madeBy(Op.Convolution.class, sum.get().in().getFirst()).isPresent();
    }

    private static boolean isZero(Rewriter to, Var v) {
        return to.madeBy(Op.Fill.class, v).filter(f -> f.value() == 0).isPresent();
    }
}
