package motley.nn;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.program.BinaryKind;
import motley.program.Equation;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.Var;

/// Takes the gradient of a table apart into those of the uses of its rows.
///
/// A lookup's derivative adds to each row the gradients of all its uses; what is added is still
/// there in the program being built.
final class TableUses {
    private final ProgramBuilder b;
    private final Map<Var, Equation> sources = new HashMap<>();

    TableUses(ProgramBuilder b) {
        this.b = b;
        for (var equation : b.equations()) sources.put(equation.out(), equation);
    }

    /// For every element the sum of the squares of what its row's uses add to it; the square of
    /// `gradient` where anything else than lookups adds to it.
    Var squares(Var gradient) {
        return ofUses(gradient).orElseGet(() -> b.mul(gradient, gradient));
    }

    private Optional<Var> ofUses(Var gradient) {
        var source = sources.get(gradient);
        if (source == null) return Optional.empty();
        return switch (source.op()) {
            case Op.ScatterAdd scatter -> {
                var uses = source.in().get(1);
                yield Optional.of(b.apply(scatter, source.in().get(0), b.mul(uses, uses)));
            }
            case Op.Binary(var kind) when kind == BinaryKind.ADD -> sum(source.in());
            default -> Optional.empty();
        };
    }

    private Optional<Var> sum(List<Var> terms) {
        var first = ofUses(terms.get(0));
        if (first.isEmpty()) return first;
        return ofUses(terms.get(1)).map(second -> b.add(first.get(), second));
    }
}
