package motley.cpu.kernel;

import java.util.Arrays;

/// Copies that put elements in the order in which tiles read them.
final class Packing {
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
            Transposition.copy(b, bOffset, jStride, panel, panelOffset, columns, width, length);
        }
    }
}
