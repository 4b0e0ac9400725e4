package motley.cpu.kernel;

import java.util.Arrays;

/// Filters in Winograd's transformed form, as packed panels: `U = G·g·Gᵀ` for each pair of
/// channels.
///
/// Element `e = i·n + j` of `U` is a matrix `[summed, resulting]` of channels at
/// `place + e·elements()`, cut into panels of `columns` resulting channels.
final class WinogradFilters {
    private final Machine machine;
    private final WinogradForm form;
    private final Transform transform;
    private final int summed;
    private final int resulting;
    private final int columns;
    private final int place;
    private final int scratch;
    private final Threads.Body transformChannel = this::transformChannel;

    // The operands of the run in progress.
    private float[] w = new float[0];
    private int wOffset;

    /// @param scratch a place for `n²` vectors of every worker
    WinogradFilters(
            Machine machine,
            WinogradForm form,
            int summed,
            int resulting,
            int columns,
            int place,
            int scratch) {
        this.machine = machine;
        this.form = form;
        transform = machine.tiles().transform(form.filter(), false);
        this.summed = summed;
        this.resulting = resulting;
        this.columns = columns;
        this.place = place;
        this.scratch = scratch;
    }

    /// Elements of one matrix.
    int elements() {
        return Math.ceilDiv(resulting, columns) * panelElements();
    }

    int panelElements() {
        return summed * columns;
    }

    /// Elements of all matrices.
    static int elements(WinogradForm form, int summed, int resulting, int columns) {
        return form.products() * Math.ceilDiv(resulting, columns) * columns * summed;
    }

    /// Transforms filters stored as `[3, 3, summed, resulting]`.
    void run(float[] w, int wOffset) {
        this.w = w;
        this.wOffset = wOffset;
        var work = machine.workspace().array();
        if (resulting % columns != 0) {
            Arrays.fill(work, place, place + form.products() * elements(), 0);
        }
        machine.threads().forEach(summed, transformChannel);
    }

    private void transformChannel(int channel, int worker) {
        var work = machine.workspace().array();
        int lanes = machine.tiles().lanes();
        for (int o = 0; o < resulting; o += lanes) {
            transform.run(
                    w,
                    wOffset + channel * resulting + o,
                    3 * summed * resulting,
                    summed * resulting,
                    work,
                    place + o / columns * panelElements() + channel * columns + o % columns,
                    form.pixels() * elements(),
                    elements(),
                    work,
                    scratch + worker * form.products() * lanes);
        }
    }
}
