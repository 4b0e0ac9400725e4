package motley.compiler.schedule;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import motley.program.Op;
import motley.tensor.Shape;

/// Products of many small matrices, each of which fits in a cache: the heads of an attention, say.
/// Their matrices need not be dense, because kernels copy them into the cache anyway.
///
/// @param outBatch axes of the result that tell matrices apart
/// @param outRows those that are rows, outermost first
/// @param outColumns those that are columns
record BlockShape(List<Integer> outBatch, List<Integer> outRows, List<Integer> outColumns) {
    /// Most elements of a matrix: 256 KiB.
    private static final int ELEMENTS_MAX = 1 << 16;

    /// Kernels tell matrices apart by as many indices.
    private static final int BATCH_AXES_MAX = 2;

    /// The axes of `dot` if it is such a product.
    static Optional<BlockShape> of(Op.DotGeneral dot, Shape left, Shape right) {
        int axes = dot.leftBatch().size();
        if (axes == 0 || axes > BATCH_AXES_MAX) return Optional.empty();
        var rows = free(left, dot.leftBatch(), dot.leftContracted());
        var columns = free(right, dot.rightBatch(), dot.rightContracted());
        long batch = count(left, dot.leftBatch());
        long terms = count(left, dot.leftContracted());
        boolean small =
                terms * count(left, rows) <= ELEMENTS_MAX
                        && terms * count(right, columns) <= ELEMENTS_MAX;
        if (batch < 2 || !small) return Optional.empty();
        int rowsEnd = axes + rows.size();
        return Optional.of(
                new BlockShape(
                        range(0, axes),
                        range(axes, rowsEnd),
                        range(rowsEnd, rowsEnd + columns.size())));
    }

    private static List<Integer> range(int start, int end) {
        return IntStream.range(start, end).boxed().toList();
    }

    /// The axes of `shape` that are neither batch nor contracted.
    static List<Integer> free(Shape shape, List<Integer> batch, List<Integer> contracted) {
        return IntStream.range(0, shape.rank())
                .filter(axis -> !batch.contains(axis) && !contracted.contains(axis))
                .boxed()
                .toList();
    }

    private static long count(Shape shape, List<Integer> axes) {
        return axes.stream().mapToLong(shape::dim).reduce(1, (x, y) -> x * y);
    }
}
