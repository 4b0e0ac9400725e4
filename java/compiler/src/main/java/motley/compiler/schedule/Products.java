package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Store;
import motley.program.Equation;
import motley.program.Op;

/// Batched matrix products out of general contractions: row, contracted and column axes become one
/// axis each, read in place where the operand's index map allows it.
final class Products {
    private final Lowering lowering;
    private final Triangles triangles;

    Products(Lowering lowering, Triangles triangles) {
        this.lowering = lowering;
        this.triangles = triangles;
    }

    /// Axes of a value that are the indices of a matrix, and those that tell matrices apart.
    private record Groups(List<Integer> batch, List<Integer> first, List<Integer> second) {
        Groups transposed() {
            return new Groups(batch, second, first);
        }

        List<Integer> all() {
            var axes = new ArrayList<>(batch);
            axes.addAll(first);
            axes.addAll(second);
            return axes;
        }
    }

    /// A matrix for each index of a batch.
    private record Matrices(View view, Groups groups) {
        int batch() {
            return count(groups.batch);
        }

        int rows() {
            return count(groups.first);
        }

        int columns() {
            return count(groups.second);
        }

        Matrices transposed() {
            return new Matrices(view, groups.transposed());
        }

        private int count(List<Integer> axes) {
            int count = 1;
            for (int axis : axes) count *= view.shape().dim(axis);
            return count;
        }
    }

    void emit(Equation e, Op.DotGeneral dot) {
        var left = lowering.view(e.in().get(0));
        var right = lowering.view(e.in().get(1));
        var rows = BlockShape.free(left.shape(), dot.leftBatch(), dot.leftContracted());
        var columns = BlockShape.free(right.shape(), dot.rightBatch(), dot.rightContracted());
        var a = new Matrices(left, new Groups(dot.leftBatch(), rows, dot.leftContracted()));
        var b = new Matrices(right, new Groups(dot.rightBatch(), dot.rightContracted(), columns));
        var blocks = BlockShape.of(dot, left.shape(), right.shape());
        if (blocks.isEmpty()) {
            emitDense(e, a, b);
            return;
        }
        var shape = blocks.get();
        var axes = new Groups(shape.outBatch(), shape.outRows(), shape.outColumns());
        var out = new Matrices(lowering.view(e.out()), axes);
        var part = triangles.part(e, dot);
        if (hasRows(out)) emitBlocks(a, b, out, part);
        else emitBlocks(b.transposed(), a.transposed(), out.transposed(), part.transposed());
    }

    private void emitDense(Equation e, Matrices a, Matrices b) {
        var extents = List.of(1, a.batch(), a.rows(), a.columns(), b.columns());
        var out = lowering.access(lowering.view(e.out()));
        var to = out.with(0, rowMajor(a.rows(), b.columns()));
        var part = Kernel.Part.ALL;
        lowering.emit(new Kernel.Product(extents, dense(a), dense(b), to, part));
    }

    private void emitBlocks(Matrices a, Matrices b, Matrices out, Kernel.Part part) {
        var batch = out.groups.batch.stream().map(out.view.shape()::dim).toList();
        var extents = new ArrayList<>(batch.size() == 1 ? List.of(1) : List.<Integer>of());
        extents.addAll(batch);
        extents.addAll(List.of(a.rows(), a.columns(), b.columns()));
        var to = inPlace(out).orElseThrow();
        lowering.emit(new Kernel.Product(extents, blocks(a), blocks(b), to, part));
    }

    /// Strides for `[1, batch, rows, columns]`.
    private static List<Integer> rowMajor(int rows, int columns) {
        return List.of(0, rows * columns, columns, 1);
    }

    // ---- Small matrices, which need not be dense -------------------------------------------

    private static boolean hasRows(Matrices out) {
        boolean narrow = out.columns() == 1;
        return narrow || out.view.mergedStride(out.groups.second).equals(Optional.of(1));
    }

    private Access blocks(Matrices x) {
        return inPlace(x).orElseGet(() -> copiedBlocks(x));
    }

    /// Strides for `[outer, batch, rows, columns]`.
    private Optional<Access> inPlace(Matrices x) {
        if (!lowering.hasMemory(x.view.base())) return Optional.empty();
        var first = x.view.mergedStride(x.groups.first);
        var second = x.view.mergedStride(x.groups.second);
        if (first.isEmpty() || second.isEmpty()) return Optional.empty();
        int row = x.rows() == 1 ? 1 : first.get();
        int column = x.columns() == 1 ? 1 : second.get();
        if (row != 1 && column != 1) return Optional.empty();
        var strides = new ArrayList<>(x.groups.batch.stream().map(x.view.strides()::get).toList());
        if (strides.size() == 1) strides.addFirst(0);
        strides.add(row);
        strides.add(column);
        return Optional.of(lowering.access(x.view).with(x.view.offset(), strides));
    }

    private Access copiedBlocks(Matrices x) {
        var copy = copied(x);
        int matrix = x.rows() * x.columns();
        int inner = x.view.shape().dim(x.groups.batch.getLast());
        int outer = x.groups.batch.size() == 1 ? 0 : inner * matrix;
        return copy.with(0, List.of(outer, matrix, x.columns(), 1));
    }

    // ---- Dense matrices --------------------------------------------------------------------

    /// The matrices one after another, copied unless they lie like that.
    private Access dense(Matrices x) {
        return denseInPlace(x).orElseGet(() -> copied(x).with(0, rowMajor(x.rows(), x.columns())));
    }

    private Optional<Access> denseInPlace(Matrices x) {
        if (!lowering.hasMemory(x.view.base())) return Optional.empty();
        var batch = x.view.mergedStride(x.groups.batch);
        var first = x.view.mergedStride(x.groups.first);
        var second = x.view.mergedStride(x.groups.second);
        if (batch.isEmpty() || first.isEmpty() || second.isEmpty()) return Optional.empty();
        int rows = x.rows();
        int columns = x.columns();
        boolean stacked = is(batch.get(), rows * columns, x.batch());
        boolean byRows = is(first.get(), columns, rows) && is(second.get(), 1, columns);
        boolean byColumns = is(first.get(), 1, rows) && is(second.get(), rows, columns);
        if (!stacked || (!byRows && !byColumns)) return Optional.empty();
        var strides = byRows ? rowMajor(rows, columns) : List.of(0, rows * columns, 1, rows);
        return Optional.of(lowering.access(x.view).with(x.view.offset(), strides));
    }

    /// The stride of an axis of size 1 does not matter.
    private static boolean is(int stride, int expected, int size) {
        return size == 1 || stride == expected;
    }

    /// A dense copy, row-major; its strides are left to the caller.
    private Access copied(Matrices x) {
        var moved = x.view.transpose(x.groups.all());
        var to = lowering.newBuffer(x.view.base().type().dtype(), x.view.shape().count());
        var nodes = new NodeList();
        int value = lowering.read(nodes, moved);
        var dense = new Access(to, 0, View.dense(moved.shape()));
        lowering.emit(Lowering.loop(moved.shape(), nodes, List.of(new Store(dense, value))));
        return dense;
    }
}
