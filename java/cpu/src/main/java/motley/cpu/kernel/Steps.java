package motley.cpu.kernel;

import java.util.ArrayList;
import java.util.List;

/// The order in which a contraction walks through its two operands: one [Tile] call after another,
/// each a double loop over stretches that are contiguous in `a`.
///
/// Few long steps are best, but a step's part of a panel of `b` should stay in the second-level
/// cache while all rows pass by, so long walks are cut.
final class Steps {
    /// Elements of a panel of `b` that one step may touch: 64 Ki, 256 KiB.
    private static final int PANEL_ELEMENTS_MAX = 1 << 16;

    /// Stretches `o` in `[0, outer)` of `length` elements, at `aShift + o·aOuter` in `a`, and at
    /// row `bRow + o·length` of the panel.
    private record Step(int aShift, int aOuter, int bRow, int outer, int length) {}

    private final List<Step> steps = new ArrayList<>();
    private final int lengthMax;
    private int rows;

    /// @param columns width of the panels
    Steps(int columns) {
        lengthMax = Math.max(1, PANEL_ELEMENTS_MAX / columns);
    }

    /// Appends `outer` stretches of `length`, from `aShift` on, `aOuter` apart.
    void add(int aShift, int aOuter, int outer, int length) {
        if ((long) outer * length <= lengthMax) {
            steps.add(new Step(aShift, aOuter, rows, outer, length));
        } else {
            for (int o = 0; o < outer; o++) addCut(aShift + o * aOuter, rows + o * length, length);
        }
        rows += outer * length;
    }

    private void addCut(int aShift, int bRow, int length) {
        for (int k = 0; k < length; k += lengthMax) {
            steps.add(new Step(aShift + k, 0, bRow + k, 1, Math.min(lengthMax, length - k)));
        }
    }

    int count() {
        return steps.size();
    }

    /// Rows of a panel: the number of terms of each sum.
    int rows() {
        return rows;
    }

    int aShift(int step) {
        return steps.get(step).aShift;
    }

    int aOuter(int step) {
        return steps.get(step).aOuter;
    }

    int bRow(int step) {
        return steps.get(step).bRow;
    }

    int outer(int step) {
        return steps.get(step).outer;
    }

    int length(int step) {
        return steps.get(step).length;
    }
}
