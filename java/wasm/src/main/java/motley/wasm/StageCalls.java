package motley.wasm;

import static motley.wasm.binary.Instruction.I32_ADD;
import static motley.wasm.binary.Instruction.I32_MUL;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Layout;
import motley.compiler.kernel.Node;
import motley.wasm.binary.Code;
import motley.wasm.binary.Function;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Local;

/// Calls of loops and folds: one over all its points, or several over the same rows, a tile of rows
/// at a time while it is in the cache.
final class StageCalls {
    /// Most bytes that a tile of rows touches, about.
    private static final int TILE_BYTES = 1 << 17;

    private static final int BYTES = 4;

    private final Rendering rendering;

    StageCalls(Rendering rendering) {
        this.rendering = rendering;
    }

    /// Writes a call of `stage` over all its points.
    void call(Code c, Kernel.Stage stage) {
        var form = StageForm.of(stage);
        var function = function(form);
        c.i32(stage.extents().getFirst());
        for (var node : stage.nodes()) {
            switch (node) {
                case Node.Load(var access) -> c.i32(rendering.address(access));
                case Node.Index(int offset, _) -> c.i32(offset);
                case Node.Constant _, Node.Apply _ -> {}
            }
        }
        for (var store : stage.stores()) c.i32(rendering.address(store.to()));
        c.call(function);
    }

    private Function function(StageForm form) {
        return rendering.form(form, form.type(), c -> StageCode.write(rendering, c, form));
    }

    /// Writes a call of all stages, tile by tile.
    void call(Code c, Kernel.Rows rows) {
        call(c, rows, 0, rows.rows());
    }

    /// Writes a call of all stages for `count` rows, tile by tile.
    void call(Code c, Kernel.Rows rows, int first, int count) {
        var all =
                rendering.form(
                        new SomeRows(rows, count),
                        FunctionType.ofInts(1),
                        code -> tiles(code, rows, count));
        c.i32(first).call(all);
    }

    /// As many rows of a kernel, from any on.
    private record SomeRows(Kernel.Rows rows, int count) {}

    private static int step(Kernel.Rows rows) {
        long bytes = 0;
        var touched = new LinkedHashSet<>(rows.reads());
        touched.addAll(rows.writes());
        touched.addAll(rows.locals());
        for (var buffer : touched) bytes += buffer.bytes() / rows.rows();
        return Math.clamp(TILE_BYTES / Math.max(1, bytes), 1, rows.rows());
    }

    /// Where locals lie in scratch memory.
    private record Locals(Rendering.Scratch scratch, Map<Buffer, Integer> offsets) {}

    private Locals placeLocals(Kernel.Rows rows, int step) {
        var offsets = new HashMap<Buffer, Integer>();
        int elements = 0;
        for (var local : rows.locals()) {
            offsets.put(local, elements * BYTES);
            int size = local.elements() / rows.rows() * step;
            elements += Math.ceilDiv(size, Layout.ALIGNMENT) * Layout.ALIGNMENT;
        }
        return new Locals(rendering.scratch((long) elements * BYTES), offsets);
    }

    private void tiles(Code c, Kernel.Rows rows, int count) {
        int step = step(rows);
        var locals = placeLocals(rows, step);
        var functions = rows.stages().stream().map(s -> function(StageForm.of(s))).toList();
        var from = c.i32Local();
        c.get(c.param(0)).set(from);
        int whole = count / step;
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        stages(c, rows, from, step, locals, functions);
                        c.increase(from, step);
                    });
        }
        int rest = count % step;
        if (rest > 0) stages(c, rows, from, rest, locals, functions);
    }

    private void stages(
            Code c,
            Kernel.Rows rows,
            Local from,
            int count,
            Locals locals,
            List<Function> functions) {
        for (int s = 0; s < functions.size(); s++) {
            var stage = rows.stages().get(s);
            c.i32(count);
            for (var node : stage.nodes()) {
                switch (node) {
                    case Node.Load(var access) -> push(c, access, from, locals);
                    case Node.Index(int offset, var strides) ->
                            push(c, offset, from, strides.getFirst());
                    case Node.Constant _, Node.Apply _ -> {}
                }
            }
            for (var store : stage.stores()) push(c, store.to(), from, locals);
            c.call(functions.get(s));
        }
    }

    /// Scratch memory begins with the tile's first row.
    private void push(Code c, Access access, Local from, Locals locals) {
        var local = locals.offsets().get(access.buffer());
        if (local != null) locals.scratch().push(c, local + BYTES * access.offset());
        else push(c, rendering.address(access), from, BYTES * access.strides().getFirst());
    }

    private static void push(Code c, int start, Local from, int perRow) {
        c.i32(start).get(from).i32(perRow).op(I32_MUL).op(I32_ADD);
    }
}
