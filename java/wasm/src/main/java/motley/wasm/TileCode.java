package motley.wasm;

import static motley.wasm.binary.Instruction.F32X4_ADD;
import static motley.wasm.binary.Instruction.F32X4_LE;
import static motley.wasm.binary.Instruction.V128_ANDNOT;
import static motley.wasm.binary.Instruction.V128_LOAD;
import static motley.wasm.binary.Instruction.V128_LOAD32_SPLAT;

import motley.wasm.binary.Code;
import motley.wasm.binary.Function;
import motley.wasm.binary.Local;

/// Writes register tiles. Each result is one chain of terms in the order of the walk.
///
/// Eight sums, two vectors of the second operand, a factor and a product take 12 of the 16
/// registers of the commonest processors.
final class TileCode {
    /// Terms that are written one after another.
    private static final int UNROLL = 4;

    /// Innermost loops of at most as many terms are written out.
    private static final int UNROLL_MAX = 9;

    private static final int BYTES = 16;

    private final Rendering rendering;
    private final Code c;
    private final TileForm form;
    private final Local a;
    private final Local b;
    private final Local to;
    private final Local[][] sums;
    private final Local[] right;

    private TileCode(Rendering rendering, Code c, TileForm form) {
        this.rendering = rendering;
        this.c = c;
        this.form = form;
        a = c.param(0);
        b = c.param(1);
        to = c.param(2);
        sums = new Local[form.rows()][form.vectors()];
        right = new Local[form.vectors()];
        for (int v = 0; v < right.length; v++) right[v] = c.vector();
        for (var row : sums) {
            for (int v = 0; v < row.length; v++) row[v] = c.vector();
        }
    }

    static Function function(Rendering rendering, TileForm form) {
        return rendering.form(form, form.type(), c -> new TileCode(rendering, c, form).write());
    }

    private void write() {
        if (form.start() == TileForm.Start.CONTINUE) {
            for (int r = 0; r < sums.length; r++) {
                for (int v = 0; v < right.length; v++) {
                    c.get(to).memory(V128_LOAD, r * form.cRow() + v * BYTES).set(sums[r][v]);
                }
            }
        }
        walk(0);
        for (int r = 0; r < sums.length; r++) {
            for (int v = 0; v < right.length; v++) {
                end(sums[r][v], v);
                int lanes = Math.min(Lanes.ALL, form.columns() - v * Lanes.ALL);
                Lanes.store(c, sums[r][v], to, (r * form.cRow() + v * BYTES) / 4, 1, lanes);
            }
        }
    }

    private void end(Local sum, int v) {
        if (form.end() == TileForm.End.PLAIN) return;
        var bias = c.param(form.isOpen() ? 4 : 3);
        c.get(sum).get(bias).memory(V128_LOAD, v * BYTES).op(F32X4_ADD).set(sum);
        if (form.end() == TileForm.End.BIAS) return;
        c.get(sum).get(sum).splat(0).op(F32X4_LE).op(V128_ANDNOT).set(sum);
    }

    private void walk(int level) {
        var own = form.walk().get(level);
        if (level == form.walk().size() - 1) {
            terms(own);
            return;
        }
        var outer = c.i32Local();
        c.get(a).set(outer);
        c.repeat(
                own.count(),
                () -> {
                    walk(level + 1);
                    c.increase(outer, own.step());
                    c.get(outer).set(a);
                });
    }

    private void terms(TileForm.Level level) {
        if (form.isOpen()) {
            var left = c.param(3);
            c.get(left).when(() -> c.countDown(left, () -> several(1, level.step())));
            return;
        }
        int count = level.count();
        if (count <= UNROLL_MAX) {
            several(count, level.step());
            return;
        }
        c.repeat(count / UNROLL, () -> several(UNROLL, level.step()));
        if (count % UNROLL > 0) several(count % UNROLL, level.step());
    }

    private void several(int count, int step) {
        for (int k = 0; k < count; k++) term(k, step);
        c.increase(a, count * step);
        c.increase(b, count * form.bStep());
    }

    private void term(int k, int step) {
        for (int v = 0; v < right.length; v++) {
            c.get(b).memory(V128_LOAD, k * form.bStep() + v * BYTES).set(right[v]);
        }
        var factor = c.vector();
        for (int r = 0; r < sums.length; r++) {
            c.get(a).memory(V128_LOAD32_SPLAT, r * form.aRow() + k * step).set(factor);
            for (int v = 0; v < right.length; v++) {
                rendering.accumulate(c, sums[r][v], () -> c.get(factor), right[v]);
            }
        }
    }
}
