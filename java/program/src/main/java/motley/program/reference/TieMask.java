package motley.program.reference;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import motley.program.CompareKind;
import motley.program.Equation;
import motley.program.Op;
import motley.program.ReduceKind;
import motley.program.Var;
import motley.tensor.DType;

/// `x == broadcast(max(x))`, by which a maximum's gradient finds its elements. The errors of both
/// sides are the same, which bounds for one operation at a time cannot see: they would leave the
/// relation open at the very element that is the maximum.
final class TieMask {
    private TieMask() {}

    /// The maximum or minimum of its own left operand that a comparison is with, if it is one.
    static Optional<Op.Reduce> reduction(Equation e, Map<Var, Equation> definitions) {
        if (!e.op().equals(new Op.Compare(CompareKind.EQ))) return Optional.empty();
        var repeated = definitions.get(e.in().get(1));
        if (repeated == null || !(repeated.op() instanceof Op.Broadcast(_, var axes))) {
            return Optional.empty();
        }
        var folded = definitions.get(repeated.in().getFirst());
        if (folded == null || !(folded.op() instanceof Op.Reduce reduce)) return Optional.empty();
        boolean ofLeft = folded.in().getFirst().equals(e.in().getFirst());
        boolean sameAxes = axes.stream().noneMatch(reduce.axes()::contains);
        boolean extreme = reduce.kind() != ReduceKind.SUM;
        return ofLeft && sameAxes && extreme ? Optional.of(reduce) : Optional.empty();
    }

    /// Open only where errors leave several candidates for the extreme.
    static Enclosure enclose(Op.Reduce reduce, Enclosure x, Enclosure repeated) {
        var shape = x.center().type().shape();
        Consumer<Grid.Pairing> groups = v -> Grid.forEachFolded(shape, reduce.axes(), v);
        int count = shape.without(reduce.axes()).count();
        double sign = reduce.kind() == ReduceKind.MAX ? 1 : -1;
        var signed = new Enclosure(x.center().map(v -> sign * v), x.radius());
        var choice = new ChoiceBound(signed, count, groups);
        var radius = new double[x.center().count()];
        groups.accept((i, o) -> radius[i] = choice.open(o) && choice.mayWin(i, o) ? 1 : 0);
        var equation = new Op.Compare(CompareKind.EQ);
        var type = x.center().type().with(DType.BOOL);
        var mask = Reference.evaluate(equation, List.of(x.center(), repeated.center()), type);
        return new Enclosure(mask, Values.owning(x.radius().type(), radius));
    }
}
