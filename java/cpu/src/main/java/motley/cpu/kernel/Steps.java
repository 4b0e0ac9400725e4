package motley.cpu.kernel;

import java.util.ArrayList;
import java.util.List;

/// The order in which a contraction walks through its two operands: one [Tile] call after another,
/// each a double loop over stretches that are contiguous in `a`.
///
/// Few long steps are best, but a step's part of a panel of `b` should stay in the first-level
/// cache while all rows pass by, so long walks are cut into parts of about equal length.
final class Steps {
    /// Elements of a panel of `b` that one step may touch: 48 KiB.
    private static final int PANEL_ELEMENTS_MAX = 12 << 10;

    /// Stretches `o` in `[0, outer)` of `length` elements, at `aShift + o·aOuter` in `a`, and at
    /// row `bRow + o·length` of the panel.
    private record Step(int aShift, int aOuter, int bRow, int outer, int length) {}

    private final List<Step> steps = new ArrayList<>();
    private final int lengthMax;
    private int rows;

    /// @param columns width of the panels
    Steps(int columns) {
        this(columns, PANEL_ELEMENTS_MAX);
    }

    /// @param panelElementsMax elements of a panel that one step may touch
    Steps(int columns, int panelElementsMax) {
        lengthMax = Math.max(1, panelElementsMax / columns);
    }

    /// Appends `outer` stretches of `length`, from `aShift` on, `aOuter` apart.
    void add(int aShift, int aOuter, int outer, int length) {
        int together = Math.max(1, lengthMax / length);
        int part = Math.ceilDiv(outer, Math.ceilDiv(outer, together));
        for (int o = 0; o < outer; o += part) {
            int count = Math.min(part, outer - o);
            if (count * length <= lengthMax) {
                steps.add(new Step(aShift + o * aOuter, aOuter, rows, count, length));
            } else {
                addCut(aShift + o * aOuter, length);
            }
            rows += count * length;
        }
    }

    private void addCut(int aShift, int length) {
        int part = Math.ceilDiv(length, Math.ceilDiv(length, lengthMax));
        for (int k = 0; k < length; k += part) {
            steps.add(new Step(aShift + k, 0, rows + k, 1, Math.min(part, length - k)));
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

    /// Terms of the longest step without stretches.
    int lengthMax() {
        return steps.stream().mapToInt(Step::length).max().orElse(0);
    }

    int outer(int step) {
        return steps.get(step).outer;
    }

    int length(int step) {
        return steps.get(step).length;
    }
}
