package motley.compiler.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import motley.compiler.kernel.Kernel.Part;
import motley.program.CompareKind;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;

/// Finds products of which half is known beforehand: in causal attention nobody looks at later
/// positions. A mask compares two indices; what it selects against 0 is 0 on one side of the
/// diagonal, and of what is only selected by it nobody sees the other side.
final class Triangles {
    private final Fusion fusion;
    private final Map<Var, Equation> readers = new HashMap<>();
    private final Set<Var> readOften = new HashSet<>();

    private Triangles(Fusion fusion) {
        this.fusion = fusion;
    }

    static Triangles of(Program program, Fusion fusion) {
        var triangles = new Triangles(fusion);
        for (var e : program.equations()) {
            for (var v : e.in()) {
                if (triangles.readers.put(v, e) != null) triangles.readOften.add(v);
            }
        }
        triangles.readOften.addAll(program.results());
        return triangles;
    }

    /// Index `lesser` is at most index `greater`, both axes of one value.
    private record Order(int lesser, int greater) {}

    /// What has to be computed of the product `e`.
    Part part(Equation e, Op.DotGeneral dot) {
        var left = e.in().get(0).type().shape();
        var right = e.in().get(1).type().shape();
        var rows = BlockShape.free(left, dot.leftBatch(), dot.leftContracted());
        var columns = BlockShape.free(right, dot.rightBatch(), dot.rightContracted());
        boolean plain = rows.size() == 1 && columns.size() == 1 && dot.leftContracted().size() == 1;
        if (!plain) return Part.ALL;
        var byLeft = nonZero(e.in().get(0));
        int leftTerm = dot.leftContracted().getFirst();
        int row = rows.getFirst();
        if (is(byLeft, leftTerm, row)) return Part.TERMS_UP_TO_ROW;
        if (is(byLeft, row, leftTerm)) return Part.TERMS_FROM_ROW;
        var byRight = nonZero(e.in().get(1));
        int rightTerm = dot.rightContracted().getFirst();
        int column = columns.getFirst();
        if (is(byRight, rightTerm, column)) return Part.TERMS_UP_TO_COLUMN;
        if (is(byRight, column, rightTerm)) return Part.TERMS_FROM_COLUMN;
        var seen = seen(e.out());
        int axes = dot.leftBatch().size();
        if (is(seen, axes + 1, axes)) return Part.COLUMNS_UP_TO_ROW;
        if (is(seen, axes, axes + 1)) return Part.COLUMNS_FROM_ROW;
        return Part.ALL;
    }

    private static boolean is(Optional<Order> order, int lesser, int greater) {
        return order.filter(o -> o.lesser == lesser && o.greater == greater).isPresent();
    }

    /// Where `v` may be other than 0.
    private Optional<Order> nonZero(Var v) {
        return fusion.definition(v)
                .filter(e -> e.op() instanceof Op.Select && isZero(e.in().get(2)))
                .flatMap(e -> order(e.in().getFirst()));
    }

    /// Where somebody looks at `v`.
    private Optional<Order> seen(Var v) {
        var reader = Optional.ofNullable(readOften.contains(v) ? null : readers.get(v));
        return reader.filter(e -> e.op() instanceof Op.Select && e.in().get(1).equals(v))
                .flatMap(e -> order(e.in().getFirst()));
    }

    private boolean isZero(Var v) {
        return fusion.definition(fusion.view(v).base())
                .filter(e -> e.op() instanceof Op.Fill(_, double value) && value == 0)
                .isPresent();
    }

    /// Where `mask` is true, at most.
    private Optional<Order> order(Var mask) {
        var view = fusion.view(mask);
        var comparison = fusion.definition(view.base());
        if (comparison.isEmpty()) return Optional.empty();
        if (!(comparison.get().op() instanceof Op.Compare(var kind))) return Optional.empty();
        var first = axis(view, comparison.get().in().get(0));
        var second = axis(view, comparison.get().in().get(1));
        if (first.isEmpty() || second.isEmpty()) return Optional.empty();
        return order(kind, first.get(), second.get());
    }

    private static Optional<Order> order(CompareKind kind, int first, int second) {
        return switch (kind) {
            case LT, LE -> Optional.of(new Order(first, second));
            case GT, GE -> Optional.of(new Order(second, first));
            case EQ, NE -> Optional.empty();
        };
    }

    /// The axis of `mask` that `index`, an operand of the comparison that `mask` is a view of,
    /// counts.
    private Optional<Integer> axis(View mask, Var index) {
        var counting = fusion.view(index);
        var definition = fusion.definition(counting.base());
        boolean counts =
                definition.filter(e -> e.op() instanceof Op.Iota).isPresent()
                        && counting.offset() == 0
                        && mask.offset() == 0;
        if (!counts) return Optional.empty();
        var dense = View.dense(counting.shape());
        Optional<Integer> found = Optional.empty();
        for (int axis = 0; axis < counting.shape().rank(); axis++) {
            if (counting.shape().dim(axis) == 1 || counting.strides().get(axis) == 0) continue;
            if (counting.strides().get(axis) != 1 || found.isPresent()) return Optional.empty();
            found = axisWithStride(mask, dense.get(axis), counting.shape().dim(axis));
            if (found.isEmpty()) return found;
        }
        return found;
    }

    private static Optional<Integer> axisWithStride(View view, int stride, int size) {
        for (int axis = 0; axis < view.shape().rank(); axis++) {
            boolean same = view.strides().get(axis) == stride && view.shape().dim(axis) == size;
            if (same) return Optional.of(axis);
        }
        return Optional.empty();
    }
}
