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
        this.summed = summed;
        this.resulting = resulting;
        this.columns = columns;
        this.place = place;
        this.scratch = scratch;
        int lanes = machine.tiles().lanes();
        int taps = summed * resulting;
        transform =
                machine.tiles()
                        .transform(
                                new TransformForm(form.filter(), lanes, taps, elements(), false));
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

    /// Vectors at the same place of their panels go together.
    private void transformChannel(int channel, int worker) {
        var work = machine.workspace().array();
        int lanes = machine.tiles().lanes();
        for (int o = 0; o < Math.min(columns, resulting); o += lanes) {
            transform.run(
                    w,
                    wOffset + channel * resulting + o,
                    3 * summed * resulting,
                    columns,
                    work,
                    place + channel * columns + o,
                    form.pixels() * elements(),
                    panelElements(),
                    work,
                    scratch + worker * form.products() * lanes,
                    Math.ceilDiv(resulting - o, columns));
        }
    }
}
