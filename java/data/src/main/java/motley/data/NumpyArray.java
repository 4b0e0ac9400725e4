package motley.data;

import java.io.IOException;
import motley.tensor.DType;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A whole array in memory. Floats become f32; integers, bytes and bools become i32.
///
/// Rows are read one by one, so that a short file that claims to be long is found out before more
/// than [#ELEMENTS_MAX] elements are allocated.
final class NumpyArray {
    /// Elements an array may have.
    static final int ELEMENTS_MAX = 1 << 28;

    /// Elements that are allocated before any has been seen.
    private static final int FIRST_ELEMENTS = 1 << 20;

    private NumpyArray() {}

    /// Reads an array to its end.
    ///
    /// @param name for messages
    /// @throws DatasetException if it is no array, is of another type, or is not complete
    static Tensor read(String name, ArrayRows.Source source) throws IOException {
        requireComplete(name, source);
        try (var rows = ArrayRows.open(name, source)) {
            var header = rows.header();
            boolean isFloat = header.element().isFloat();
            var column = (isFloat ? ArrayForm.NUMBER : ArrayForm.CLASS).column(header, true);
            var type = new TensorType(isFloat ? DType.F32 : DType.I32, header.row());
            var tensor = Tensor.onHeap(type.with(header.row().prepend(header.count())));
            for (int row = 0; row < header.count(); row++) {
                var to = tensor.data().asSlice((long) row * column.rowBytes(), column.rowBytes());
                var form = isFloat ? ArrayForm.NUMBER : ArrayForm.CLASS;
                form.encode(header, row, rows.next(), column, to);
            }
            return tensor;
        }
    }

    /// A large array is read twice: nothing is allocated for rows that are not there.
    private static void requireComplete(String name, ArrayRows.Source source) throws IOException {
        try (var rows = ArrayRows.open(name, source, ELEMENTS_MAX)) {
            var header = rows.header();
            if ((long) header.count() * header.row().count() <= FIRST_ELEMENTS) return;
            for (int row = 0; row < header.count(); row++) rows.next();
        }
    }
}
