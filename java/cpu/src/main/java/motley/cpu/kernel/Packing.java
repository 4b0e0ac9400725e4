package motley.cpu.kernel;

import java.util.Arrays;

/// Copies that put elements in the order in which tiles read them.
final class Packing {
    /// Side of the squares in which a transposition proceeds: 16 floats fill a cache line.
    private static final int BLOCK = 16;

    private Packing() {}

    /// `panel[k, j] = b[k·kStride + j·jStride]` for `j` below `width`, 0 beyond; one of the strides
    /// is 1.
    static void panel(
            float[] b,
            int bOffset,
            int kStride,
            int jStride,
            int length,
            int width,
            float[] panel,
            int panelOffset,
            int columns) {
        if (width < columns) {
            Arrays.fill(panel, panelOffset, panelOffset + length * columns, 0);
        }
        if (jStride == 1) {
            for (int k = 0; k < length; k++) {
                int from = bOffset + k * kStride;
                System.arraycopy(b, from, panel, panelOffset + k * columns, width);
            }
        } else {
            transpose(b, bOffset, jStride, kStride, panel, panelOffset, columns, width, length);
        }
    }

    /// `to[j, i] = from[i, j]` for `i` in `[0, rows)`, `j` in `[0, columns)`.
    ///
    /// @param fromRow elements from one `i` to the next in `from`
    /// @param fromColumn elements from one `j` to the next in `from`
    /// @param toRow elements from one `j` to the next in `to`
    static void transpose(
            float[] from,
            int fromOffset,
            int fromRow,
            int fromColumn,
            float[] to,
            int toOffset,
            int toRow,
            int rows,
            int columns) {
        for (int i0 = 0; i0 < rows; i0 += BLOCK) {
            int iEnd = Math.min(rows, i0 + BLOCK);
            for (int j = 0; j < columns; j++) {
                int source = fromOffset + j * fromColumn;
                int target = toOffset + j * toRow;
                for (int i = i0; i < iEnd; i++) to[target + i] = from[source + i * fromRow];
            }
        }
    }
}
