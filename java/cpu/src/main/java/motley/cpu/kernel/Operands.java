package motley.cpu.kernel;

import java.util.stream.IntStream;

/// The operands of one run of a [PanelProduct]: arrays with offsets, and what each sum starts with.
///
/// Mutable, one per worker, so that a run allocates nothing.
final class Operands {
    private static final float[] NONE = new float[0];

    float[] a = NONE;
    int aOffset;

    /// A packed panel, or columns of a matrix in place.
    float[] b = NONE;

    int bOffset;

    /// Elements from one row of `b` to the next.
    int bStep;

    /// Elements from one panel to the next.
    int bPanel;

    float[] c = NONE;
    int cOffset;

    /// What sums begin with, a row of a panel's width; unused if `accumulate`.
    float[] start = NONE;
    int startOffset;

    /// Elements from one panel's start to the next one's; 0 if all start alike.
    int startPanel;

    /// Whether to continue the sums in `c`.
    boolean accumulate;

    /// Where a panel that is partly empty is computed.
    float[] scratch = NONE;
    int scratchOffset;

    static Operands[] forWorkers(int count) {
        return IntStream.range(0, count)
                .mapToObj(worker -> new Operands())
                .toArray(Operands[]::new);
    }
}
