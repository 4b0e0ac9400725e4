package motley.wasm;

import static motley.wasm.binary.Instruction.F32X4_ADD;
import static motley.wasm.binary.Instruction.F32X4_DIV;
import static motley.wasm.binary.Instruction.F32X4_EQ;
import static motley.wasm.binary.Instruction.F32X4_LE;
import static motley.wasm.binary.Instruction.I32X4_EQ;
import static motley.wasm.binary.Instruction.I32X4_SPLAT;
import static motley.wasm.binary.Instruction.V128_AND;
import static motley.wasm.binary.Instruction.V128_ANDNOT;
import static motley.wasm.binary.Instruction.V128_BITSELECT;
import static motley.wasm.binary.Instruction.V128_LOAD;

import motley.compiler.kernel.Kernel;
import motley.program.Op;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Instruction;
import motley.wasm.binary.Local;

/// Writes pooling and its gradients, four channels at a time.
///
/// The winner of a window is its first NaN if there is one, else its first largest element, first
/// in row-major order; padding never wins. Averages sum from 0 in row-major order and divide by the
/// window's full size. The bits are those of the JVM engine.
final class PoolingCode {
    private static final int BYTES = 4;
    private static final int VECTOR = 16;

    private final Code c;
    private final Kind kind;
    private final PoolForm form;

    /// The window whose code is being written: its first element in each operand of image shape.
    private PoolTaps taps;

    private enum Kind {
        MAX,
        PICK,
        MAX_GRADIENT,
        AVERAGE,
        AVERAGE_GRADIENT
    }

    private record Form(Kind kind, PoolForm form) {}

    /// Addresses: `x` and `other` of image shape, `small` of the pooled shape. For an average
    /// gradient `x` is the result.
    private record Places(Local x, Local other, Local small) {}

    private PoolingCode(Code c, Form form) {
        this.c = c;
        kind = form.kind;
        this.form = form.form;
        taps = new PoolTaps(c, this.form, 1, 1);
    }

    static void call(Rendering rendering, Code c, Op.Windowed op, Kernel.Call call) {
        var first = call.in().getFirst();
        int x = rendering.address(first.buffer());
        int last = rendering.address(call.in().getLast().buffer());
        int out = rendering.address(call.out().buffer());
        var images = first.type().shape();
        switch (op) {
            case Op.MaxPool(var window) ->
                    call(rendering, c, Kind.MAX, PoolForm.of(window, images), x, x, out);
            case Op.MaxPoolPick(var window) ->
                    call(rendering, c, Kind.PICK, PoolForm.of(window, images), x, last, out);
            case Op.MaxPoolGradient(var window) ->
                    call(
                            rendering,
                            c,
                            Kind.MAX_GRADIENT,
                            PoolForm.of(window, images),
                            x,
                            out,
                            last);
            case Op.AveragePool(var window) ->
                    call(rendering, c, Kind.AVERAGE, PoolForm.of(window, images), x, x, out);
            case Op.AveragePoolGradient(var window, var shape) ->
                    call(
                            rendering,
                            c,
                            Kind.AVERAGE_GRADIENT,
                            PoolForm.of(window, shape),
                            out,
                            out,
                            x);
        }
    }

    private static void call(
            Rendering rendering, Code c, Kind kind, PoolForm pool, int x, int other, int small) {
        var form = new Form(kind, pool);
        var function =
                rendering.form(
                        form, FunctionType.ofInts(3), body -> new PoolingCode(body, form).write());
        c.i32(x).i32(other).i32(small).call(function);
    }

    // ---- Windows ---------------------------------------------------------------------------

    private void write() {
        boolean spreads = kind == Kind.MAX_GRADIENT || kind == Kind.AVERAGE_GRADIENT;
        if (spreads && !(form.isTiling() && kind == Kind.MAX_GRADIENT)) {
            int bytes = form.batch() * form.imageElements() * BYTES;
            c.get(c.param(1)).i32(0).i32(bytes).fillMemory();
        }
        c.repeat(
                form.batch(),
                () -> {
                    images();
                    c.increase(c.param(0), form.imageElements() * BYTES);
                    c.increase(c.param(1), form.imageElements() * BYTES);
                });
    }

    private void images() {
        int pixel = form.channels() * BYTES;
        int row = form.cols() * pixel;
        for (var rows : form.rowRuns()) {
            var x = moved(c.param(0), rows.first() * row);
            var other = moved(c.param(1), rows.first() * row);
            c.repeat(
                    rows.windows(),
                    () -> {
                        for (var cols : form.colRuns()) windows(rows, cols, x, other, pixel);
                        c.increase(x, form.window().strideRows() * row);
                        c.increase(other, form.window().strideRows() * row);
                    });
        }
    }

    private void windows(
            PoolForm.Run rows, PoolForm.Run cols, Local rowX, Local rowOther, int pixel) {
        var x = moved(rowX, cols.first() * pixel);
        var other = moved(rowOther, cols.first() * pixel);
        taps = new PoolTaps(c, form, rows.taps(), cols.taps());
        c.repeat(
                cols.windows(),
                () -> {
                    window(new Places(moved(x, 0), moved(other, 0), c.param(2)));
                    c.increase(x, form.window().strideCols() * pixel);
                    c.increase(other, form.window().strideCols() * pixel);
                });
    }

    private Local moved(Local place, int bytes) {
        var copy = c.i32Local();
        c.get(place).set(copy).increase(copy, bytes);
        return copy;
    }

    /// All channels of one window; the place in the pooled images moves behind them.
    private void window(Places places) {
        int whole = form.channels() / Lanes.ALL;
        int rest = form.channels() % Lanes.ALL;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        channels(places, Lanes.ALL);
                        c.increase(places.x, VECTOR);
                        c.increase(places.other, VECTOR);
                        c.increase(places.small, VECTOR);
                    });
        }
        if (rest > 0) {
            channels(places, rest);
            c.increase(places.small, rest * BYTES);
        }
    }

    private void channels(Places places, int lanes) {
        switch (kind) {
            case MAX -> pick(places, lanes, false);
            case PICK -> pick(places, lanes, true);
            case MAX_GRADIENT -> maxGradient(places, lanes);
            case AVERAGE -> average(places, lanes);
            case AVERAGE_GRADIENT -> averageGradient(places, lanes);
        }
    }

    // ---- Maxima ----------------------------------------------------------------------------

    private void pick(Places places, int lanes, boolean ofOther) {
        var best = c.vector();
        var taken = ofOther ? c.vector() : best;
        c.get(places.x).memory(V128_LOAD, 0).set(best);
        if (ofOther) c.get(places.other).memory(V128_LOAD, 0).set(taken);
        var candidate = c.vector();
        var wins = c.vector();
        taps.afterFirst(
                tap -> {
                    tap.load(places.x);
                    c.set(candidate);
                    beats(candidate, best);
                    c.set(wins);
                    choose(candidate, best, wins);
                    if (ofOther) {
                        tap.load(places.other);
                        c.get(taken).get(wins).op(V128_BITSELECT).set(taken);
                    }
                });
        Lanes.store(c, taken, places.small, 0, 1, lanes);
    }

    /// Where `candidate` is larger than `best`, or the first NaN.
    private void beats(Local candidate, Local best) {
        c.get(best).get(best).op(F32X4_EQ);
        c.get(candidate).get(best).op(F32X4_LE).op(V128_ANDNOT);
    }

    private void choose(Local candidate, Local best, Local wins) {
        c.get(candidate).get(best).get(wins).op(V128_BITSELECT).set(best);
    }

    private void maxGradient(Places places, int lanes) {
        var best = c.vector();
        var winner = c.vector();
        var candidate = c.vector();
        var wins = c.vector();
        c.get(places.x).memory(V128_LOAD, 0).set(best);
        c.splat(0).set(winner);
        taps.afterFirst(
                tap -> {
                    tap.load(places.x);
                    c.set(candidate);
                    beats(candidate, best);
                    c.set(wins);
                    choose(candidate, best, wins);
                    tap.number();
                    c.op(I32X4_SPLAT).get(winner).get(wins).op(V128_BITSELECT).set(winner);
                });
        var dy = c.vector();
        c.get(places.small).memory(V128_LOAD, 0).splat(0).op(F32X4_ADD).set(dy);
        taps.all(
                tap -> {
                    tap.number();
                    c.op(I32X4_SPLAT).get(winner).op(I32X4_EQ).get(dy).op(V128_AND);
                    add(tap, places.other, lanes);
                });
    }

    /// Adds the vector on the stack to what lies at a tap; -0 there has been made +0.
    private void add(PoolTaps.Tap tap, Local to, int lanes) {
        if (!form.isApart()) {
            tap.load(to);
            c.op(F32X4_ADD);
        }
        var sum = c.vector();
        c.set(sum);
        tap.store(to, sum, lanes);
    }

    // ---- Averages --------------------------------------------------------------------------

    private void average(Places places, int lanes) {
        var sum = c.vector();
        c.splat(0).set(sum);
        taps.all(
                tap -> {
                    c.get(sum);
                    tap.load(places.x);
                    c.op(F32X4_ADD).set(sum);
                });
        c.get(sum).splat(size()).op(F32X4_DIV).set(sum);
        Lanes.store(c, sum, places.small, 0, 1, lanes);
    }

    private int size() {
        return Float.floatToRawIntBits((float) form.window().rows() * form.window().cols());
    }

    private void averageGradient(Places places, int lanes) {
        var share = c.vector();
        Instruction divide = F32X4_DIV;
        c.get(places.small).memory(V128_LOAD, 0).splat(size()).op(divide).set(share);
        taps.all(
                tap -> {
                    c.get(share);
                    tap.load(places.other);
                    c.op(F32X4_ADD);
                    var sum = c.vector();
                    c.set(sum);
                    tap.store(places.other, sum, lanes);
                });
    }
}
