package motley.compiler.kernel;

/// How a stage's index maps divide over the rows of its buffers.
public final class RowMap {
    private RowMap() {}

    /// Whether `stage`, cut into `rows` equal parts along its outermost axis, touches in part `r`
    /// only row `r` of `buffer`: elements `[r, r + 1)·elements/rows`.
    public static boolean byRows(Kernel.Stage stage, Buffer buffer, int rows) {
        for (var node : stage.nodes()) {
            if (node instanceof Node.Load(var access) && !byRows(stage, access, buffer, rows)) {
                return false;
            }
        }
        for (var store : stage.stores()) {
            if (!byRows(stage, store.to(), buffer, rows)) return false;
        }
        return true;
    }

    private static boolean byRows(Kernel.Stage stage, Access access, Buffer buffer, int rows) {
        if (!access.buffer().equals(buffer)) return true;
        int outer = stage.extents().getFirst();
        if (outer % rows != 0 || buffer.elements() % rows != 0) return false;
        long width = buffer.elements() / rows;
        long part = outer / rows;
        if (access.strides().getFirst() * part != width) return false;
        long least = access.offset();
        long most = access.offset();
        for (int axis = 0; axis < access.strides().size(); axis++) {
            long extent = axis == 0 ? part : stage.extents().get(axis);
            long reach = (extent - 1) * access.strides().get(axis);
            least += Math.min(0, reach);
            most += Math.max(0, reach);
        }
        return least >= 0 && most < width;
    }
}
