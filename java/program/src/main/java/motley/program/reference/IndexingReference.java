package motley.program.reference;

import java.util.List;
import motley.program.Op;
import motley.tensor.TensorType;

/// Meaning of [Op.Indexing].
final class IndexingReference {
    private IndexingReference() {}

    static Values evaluate(Op.Indexing op, List<Values> in, TensorType out) {
        var x = in.getFirst();
        return switch (op) {
            case Op.Gather _ -> gather(x, in.get(1), out);
            case Op.ScatterAdd(int rows) -> scatterAdd(rows, x, in.get(1), out);
            case Op.OneHot(int depth) -> {
                var result = new double[out.shape().count()];
                for (int i = 0; i < x.count(); i++) {
                    int index = x.getInt(i);
                    if (within(index, depth)) result[i * depth + index] = 1;
                }
                yield Values.owning(out, result);
            }
        };
    }

    private static Values gather(Values table, Values indices, TensorType out) {
        int rows = table.type().shape().dim(0);
        int row = table.count() / rows;
        var result = new double[out.shape().count()];
        for (int i = 0; i < result.length; i++) {
            int index = indices.getInt(i / row);
            if (within(index, rows)) result[i] = table.get(index * row + i % row);
        }
        return Values.owning(out, result);
    }

    private static Values scatterAdd(int rows, Values indices, Values updates, TensorType out) {
        int row = out.shape().count() / rows;
        var result = new double[out.shape().count()];
        for (int i = 0; i < updates.count(); i++) {
            int index = indices.getInt(i / row);
            if (within(index, rows)) result[index * row + i % row] += updates.get(i);
        }
        return Values.owning(out, result);
    }

    private static boolean within(int index, int rows) {
        return index >= 0 && index < rows;
    }
}
