package motley.cpu.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Copies that put elements in the order in which tiles read them.
final class Packing {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;

    private Packing() {}

    /// Copies a stretch of two vectors or so, for which a call of `arraycopy` takes longer.
    static void stretch(float[] from, int at, float[] to, int toAt, int length) {
        int i = 0;
        for (; i <= length - LANES.length(); i += LANES.length()) {
            FloatVector.fromArray(LANES, from, at + i).intoArray(to, toAt + i);
        }
        for (; i < length; i++) to[toAt + i] = from[at + i];
    }

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
                stretch(b, from, panel, panelOffset + k * columns, width);
            }
        } else {
            Transposition.copy(b, bOffset, jStride, panel, panelOffset, columns, width, length);
        }
    }
}
