package motley.webgpu.wgsl;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.program.Op;

/// Operations that every renderer has by name, but for convolutions and pooling.
final class CallShaders {
    private CallShaders() {}

    /// Each output element is copied from the table, or zero where the index is outside of it.
    static Launch gather(Kernel.Call call, GpuMemory memory) {
        var bindings = Bindings.of(call, memory);
        var table = call.in().get(0);
        int rows = table.type().shape().dim(0);
        int width = table.buffer().elements() / rows;
        var body = new Wgsl();
        body.line("let row = %s;", bindings.element(call.in().get(1).buffer(), "at / " + width));
        body.line("var value = 0f;");
        body.line("if (row >= 0 && row < %d) {", rows);
        var from = "row * %d + at %% %d".formatted(width, width);
        body.line("value = %s;", bindings.element(table.buffer(), from)).end();
        body.line("%s", bindings.store(call.out().buffer(), "at", "value"));
        return Launch.each(elements(call), bindings, "", body, memory.limits());
    }

    /// Each invocation owns an element of the table and adds what is for its row, in order of the
    /// updates: WGSL has no atomic additions of floats, and these would come in any order.
    static Launch scatterAdd(int rows, Kernel.Call call, GpuMemory memory) {
        var bindings = Bindings.of(call, memory);
        int width = call.out().buffer().elements() / rows;
        var body = new Wgsl();
        body.line("let row = at / %d;", width);
        body.line("var sum = 0f;");
        body.loop("k", call.in().get(0).buffer().elements());
        body.line("if (%s == row) {", bindings.element(call.in().get(0).buffer(), "k"));
        var from = "k * %d + at %% %d".formatted(width, width);
        body.line("sum += %s;", bindings.element(call.in().get(1).buffer(), from)).end().end();
        body.line("%s", bindings.store(call.out().buffer(), "at", "sum"));
        return Launch.each(elements(call), bindings, "", body, memory.limits());
    }

    /// The first largest element along an axis; NaN counts as largest.
    static Launch argMax(int axis, Kernel.Call call, GpuMemory memory) {
        var bindings = Bindings.of(call, memory);
        var shape = call.in().getFirst().type().shape();
        int step = shape.strides()[axis];
        int length = shape.dim(axis);
        var x = call.in().getFirst().buffer();
        var body = new Wgsl();
        body.line("let first = at / %d * %d + at %% %d;", step, step * length, step);
        body.line("var winner = 0;");
        body.line("var best = %s;", bindings.element(x, "first"));
        body.line("for (var k = 1; k < %d; k++) {", length);
        body.line("let next = %s;", bindings.element(x, "first + k * " + step));
        body.line("if (beats(next, best)) {");
        body.line("winner = k;").line("best = next;").end().end();
        body.line("%s", bindings.store(call.out().buffer(), "at", "winner"));
        return Launch.each(elements(call), bindings, "", body, memory.limits());
    }

    /// One counter of Philox4x32-10 in each invocation, up to four words of a row.
    static Launch uniform(Op.RandomUniform op, Kernel.Call call, GpuMemory memory) {
        var bindings = Bindings.of(call, memory);
        var key = call.in().get(0).buffer();
        var rows = call.in().get(1).buffer();
        int width = call.out().buffer().elements() / rows.elements();
        int counters = Math.ceilDiv(width, 4);
        var body = new Wgsl();
        body.line("let counter = at %% %d;", counters);
        body.line("let row = at / %d;", counters);
        body.line(
                "var c = vec4u(u32(counter), bitcast<u32>(%s), %du, 0u);",
                bindings.element(rows, "row"), Integer.toUnsignedLong(op.stream()));
        body.line(
                "var key = vec2u(bitcast<u32>(%s), bitcast<u32>(%s));",
                bindings.element(key, "0"), bindings.element(key, "1"));
        body.loop("round", 10);
        body.line("let high0 = high_product(0xd2511f53u, c.x);");
        body.line("let high1 = high_product(0xcd9e8d57u, c.z);");
        body.line(
                "c = vec4u(high1 ^ c.y ^ key.x, 0xcd9e8d57u * c.z,"
                        + " high0 ^ c.w ^ key.y, 0xd2511f53u * c.x);");
        body.line("key += vec2u(0x9e3779b9u, 0xbb67ae85u);").end();
        body.line("let first = row * %d + counter * 4;", width);
        for (int word = 0; word < Math.min(4, width); word++) {
            var at = "first + " + word;
            boolean rest = word > 0 && width % 4 != 0;
            if (rest) body.line("if (counter * 4 + %d < %d) {", word, width);
            var value = "f32(c[%d] >> 8) * 0x1p-24f".formatted(word);
            body.line("%s", bindings.store(call.out().buffer(), at, value));
            if (rest) body.end();
        }
        long count = (long) rows.elements() * counters;
        return Launch.each(count, bindings, "", body, memory.limits());
    }

    static long elements(Kernel.Call call) {
        return StageShaders.count(List.of(call.out().buffer().elements()));
    }
}
