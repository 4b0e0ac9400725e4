package motley.compiler.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.program.BinaryKind;
import motley.program.CompareKind;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;

/// Finds what a convolution's kernel does on its way out: a bias for each channel is added, and
/// what is at most 0 becomes 0, `select(compare(LE, a, 0), 0, a)`.
///
/// Only where nothing else uses the values in between, so that they need no memory.
final class Epilogues {
    private final Map<Var, Equation> definitions = new HashMap<>();
    private final Map<Var, Integer> uses = new HashMap<>();
    private final Map<Var, Var> roots = new HashMap<>();
    private final Map<Var, Var> biases = new HashMap<>();

    private Epilogues() {}

    static Epilogues of(Program program) {
        var found = new Epilogues();
        for (var e : program.equations()) {
            found.definitions.put(e.out(), e);
            for (var v : e.in()) found.uses.merge(v, 1, Integer::sum);
        }
        for (var v : program.results()) found.uses.merge(v, 1, Integer::sum);
        program.equations().forEach(found::findBias);
        program.equations().forEach(found::findRectifier);
        return found;
    }

    /// The convolution that takes `v` along; empty if `v` is none's.
    Optional<Var> root(Var v) {
        return Optional.ofNullable(roots.get(v));
    }

    /// The bias, `[channel]`, that the sum `v` adds.
    Optional<Var> bias(Var v) {
        return Optional.ofNullable(biases.get(v));
    }

    private void findBias(Equation e) {
        if (!(e.op() instanceof Op.Binary(var kind)) || kind != BinaryKind.ADD) return;
        var convolution = e.in().getFirst();
        var spread = definition(e.in().get(1));
        boolean alone =
                definition(convolution).filter(d -> d.op() instanceof Op.Convolution).isPresent()
                        && uses(convolution) == 1;
        if (!alone || spread.isEmpty()) return;
        if (!(spread.get().op() instanceof Op.Broadcast(_, var axes))) return;
        int innermost = e.out().type().shape().rank() - 1;
        if (!axes.equals(List.of(innermost))) return;
        roots.put(e.out(), convolution);
        biases.put(e.out(), spread.get().in().getFirst());
    }

    private void findRectifier(Equation e) {
        if (!(e.op() instanceof Op.Select)) return;
        var sum = e.in().get(2);
        var root = roots.get(sum);
        if (root == null || !biases.containsKey(sum) || !isZero(e.in().get(1))) return;
        var mask = e.in().getFirst();
        boolean fits =
                definition(mask).filter(m -> isMask(m, sum)).isPresent()
                        && uses(mask) == 1
                        && uses(sum) == 2;
        if (!fits) return;
        roots.put(mask, root);
        roots.put(e.out(), root);
    }

    private boolean isMask(Equation e, Var of) {
        return e.op() instanceof Op.Compare(var kind)
                && kind == CompareKind.LE
                && e.in().getFirst().equals(of)
                && isZero(e.in().get(1));
    }

    private boolean isZero(Var v) {
        return definition(v)
                .filter(d -> d.op() instanceof Op.Fill(_, double value) && value == 0)
                .isPresent();
    }

    private Optional<Equation> definition(Var v) {
        return Optional.ofNullable(definitions.get(v));
    }

    private int uses(Var v) {
        return uses.getOrDefault(v, 0);
    }
}
