package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;
import motley.tensor.Shape;

/// The order in which values lie in memory: row-major, but for results of [BlockShape] products,
/// which lie as their first reader wants them, so that nobody transposes them.
final class Layouts {
    private final Map<Var, Equation> firstReaders = new HashMap<>();

    private Layouts() {}

    static Layouts of(Program program) {
        var layouts = new Layouts();
        for (var e : program.equations()) {
            for (var v : e.in()) layouts.firstReaders.putIfAbsent(v, e);
        }
        return layouts;
    }

    /// The result of `e` where it lies.
    View view(Equation e) {
        if (!(e.op() instanceof Op.DotGeneral dot)) return View.whole(e.out());
        var left = e.in().get(0).type().shape();
        var right = e.in().get(1).type().shape();
        var blocks = BlockShape.of(dot, left, right);
        if (blocks.isEmpty()) return View.whole(e.out());
        return order(e.out())
                .map(order -> laidOut(e.out(), order))
                .filter(view -> isWritable(view, blocks.get()))
                .orElseGet(() -> View.whole(e.out()));
    }

    /// The axes of `v`, outermost first, as its first reader wants them.
    private Optional<List<Integer>> order(Var v) {
        var reader = firstReaders.get(v);
        if (reader == null) return Optional.empty();
        if (reader.op() instanceof Op.Transpose(var permutation)) return Optional.of(permutation);
        if (!(reader.op() instanceof Op.DotGeneral dot)) return Optional.empty();
        var left = reader.in().get(0).type().shape();
        var right = reader.in().get(1).type().shape();
        if (BlockShape.of(dot, left, right).isPresent()) return Optional.empty();
        boolean first = reader.in().getFirst().equals(v);
        var batch = first ? dot.leftBatch() : dot.rightBatch();
        var contracted = first ? dot.leftContracted() : dot.rightContracted();
        var order = new ArrayList<>(batch);
        order.addAll(BlockShape.free(v.type().shape(), batch, contracted));
        order.addAll(contracted);
        return Optional.of(order);
    }

    private static View laidOut(Var v, List<Integer> order) {
        var shape = v.type().shape();
        var moved = View.dense(new Shape(order.stream().map(shape::dim).toList()));
        var strides = new ArrayList<Integer>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            strides.add(moved.get(order.indexOf(axis)));
        }
        return new View(v, 0, strides, shape);
    }

    /// Whether a kernel can write there: rows or columns have neighbouring elements.
    private static boolean isWritable(View view, BlockShape blocks) {
        var rows = view.mergedStride(blocks.outRows());
        var columns = view.mergedStride(blocks.outColumns());
        return rows.isPresent() && columns.isPresent() && (rows.get() == 1 || columns.get() == 1);
    }
}
