package motley.wasm;

import static motley.wasm.binary.Instruction.F32X4_ADD;
import static motley.wasm.binary.Instruction.F32X4_LE;
import static motley.wasm.binary.Instruction.V128_ANDNOT;
import static motley.wasm.binary.Instruction.V128_LOAD;

import java.util.Optional;
import motley.compiler.kernel.Kernel;
import motley.wasm.binary.Code;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;

/// Writes a [Correlation] whose groups have one channel on both sides: four channels at a time,
/// every tap written out. The same chains as [CorrelationCode].
final class DepthwiseCode {
    private static final int BYTES = 4;
    private static final int VECTOR = 16;

    private final Rendering rendering;
    private final Code c;
    private final Correlation form;
    private final Canvas canvas;

    /// Tells these functions from those of [CorrelationCode].
    private record Form(Correlation correlation) {}

    private DepthwiseCode(Rendering rendering, Code c, Correlation form) {
        this.rendering = rendering;
        this.c = c;
        this.form = form;
        long bytes = Canvas.bytes(form.rows(), form.cols(), form.groups());
        var scratch = rendering.scratch(bytes);
        canvas = new Canvas(form.rows(), form.cols(), form.groups(), scratch, 0);
    }

    static void call(Rendering rendering, Code c, Correlation form, Kernel.Call call) {
        boolean biased = form.end() != TileForm.End.PLAIN;
        var function =
                rendering.form(
                        new Form(form),
                        FunctionType.ofInts(biased ? 4 : 3),
                        body -> new DepthwiseCode(rendering, body, form).write());
        c.i32(rendering.address(call.in().get(0).buffer()));
        c.i32(rendering.address(call.in().get(1).buffer()));
        c.i32(rendering.address(call.out().buffer()));
        if (biased) c.i32(rendering.address(call.in().get(2).buffer()));
        c.call(function);
    }

    private void write() {
        canvas.clear(c);
        var image = copyOf(c.param(0));
        var to = copyOf(c.param(2));
        var place = c.i32Local();
        var row = c.i32Local();
        int pixel = canvas.pixelBytes();
        c.repeat(
                form.batch(),
                () -> {
                    canvas.open(c, image, place);
                    c.repeat(
                            form.rows().outputs(),
                            () -> {
                                c.get(place).set(row);
                                c.repeat(
                                        form.cols().outputs(),
                                        () -> {
                                            pixel(row, to);
                                            c.increase(row, form.cols().stride() * pixel);
                                            c.increase(to, pixel);
                                        });
                                c.increase(place, form.rows().stride() * canvas.rowBytes());
                            });
                    c.increase(image, canvas.imageBytes());
                });
    }

    private Local copyOf(Local place) {
        var copy = c.i32Local();
        c.get(place).set(copy);
        return copy;
    }

    private void pixel(Local place, Local to) {
        var a = copyOf(place);
        var b = copyOf(c.param(1));
        var y = copyOf(to);
        boolean biased = form.end() != TileForm.End.PLAIN;
        var bias = biased ? Optional.of(copyOf(c.param(3))) : Optional.<Local>empty();
        int whole = form.groups() / Lanes.ALL;
        int rest = form.groups() % Lanes.ALL;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        channels(a, b, y, bias, Lanes.ALL);
                        c.increase(a, VECTOR);
                        c.increase(b, VECTOR);
                        c.increase(y, VECTOR);
                        bias.ifPresent(p -> c.increase(p, VECTOR));
                    });
        }
        if (rest > 0) channels(a, b, y, bias, rest);
    }

    private void channels(Local a, Local b, Local to, Optional<Local> bias, int lanes) {
        var sum = c.vector();
        var weights = c.vector();
        c.splat(0).set(sum);
        for (int tap = 0; tap < form.taps(); tap++) {
            int stored = form.reversed() ? form.taps() - 1 - tap : tap;
            int at =
                    tap / form.cols().taps() * form.rows().dilation() * canvas.rowBytes()
                            + tap
                                    % form.cols().taps()
                                    * form.cols().dilation()
                                    * canvas.pixelBytes();
            c.get(b).memory(V128_LOAD, stored * form.groups() * BYTES).set(weights);
            rendering.accumulate(c, sum, () -> c.get(a).memory(V128_LOAD, at), weights);
        }
        bias.ifPresent(p -> c.get(sum).get(p).memory(V128_LOAD, 0).op(F32X4_ADD).set(sum));
        if (form.end() == TileForm.End.BIAS_AND_RELU) {
            c.get(sum).get(sum).splat(0).op(F32X4_LE).op(V128_ANDNOT).set(sum);
        }
        Lanes.store(c, sum, to, 0, 1, lanes);
    }
}
