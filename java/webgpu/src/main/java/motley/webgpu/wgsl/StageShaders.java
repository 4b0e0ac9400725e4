package motley.webgpu.wgsl;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.program.ReduceKind;
import motley.tensor.DType;

/// Loops and folds as shaders.
final class StageShaders {
    private StageShaders() {}

    /// A point in each invocation.
    static Launch loop(Kernel.Loop loop, GpuMemory memory) {
        var bindings = Bindings.of(loop, memory);
        var body = new Wgsl();
        var indices = body.split("at", loop.extents(), "i");
        new Points(bindings, loop.nodes()).write(body, indices);
        for (var store : loop.stores()) {
            body.line("%s", bindings.store(store.to(), indices, "n" + store.node()));
        }
        return Launch.each(count(loop.extents()), bindings, "", body, memory.limits());
    }

    /// A kept point in each invocation, which folds in the order that the kernel prescribes.
    static Launch fold(Kernel.Fold fold, GpuMemory memory) {
        var bindings = Bindings.of(fold, memory);
        var body = new Wgsl();
        var kept = fold.extents().subList(0, fold.kept());
        var indices = new ArrayList<>(body.split("at", kept, "i"));
        body.line("var sum = %s;", first(fold));
        boolean byLanes = fold.byLanes() && isFloat(fold);
        if (byLanes) {
            body.line("var lanes: array<f32, %d>;", Kernel.Fold.LANES);
            body.loop("l", Kernel.Fold.LANES).line("sum = %s;", first(fold));
        }
        int inner = fold.extents().size() - 1;
        for (int axis = fold.kept(); axis <= inner; axis++) {
            var name = "i" + axis;
            indices.add(name);
            int extent = fold.extents().get(axis);
            if (!byLanes || axis < inner) body.loop(name, extent);
            else body.line("for (var %s = l; %s < %d; %s += 16) {", name, name, extent, name);
        }
        new Points(bindings, fold.nodes()).write(body, indices);
        body.line("sum = %s;", combined(fold, "sum", "n" + fold.to().node()));
        for (int axis = fold.kept(); axis <= inner; axis++) body.end();
        if (byLanes) body.line("lanes[l] = sum;").end().line("%s", tree(fold));
        body.line("%s", bindings.store(fold.to().to(), indices.subList(0, fold.kept()), "sum"));
        return Launch.each(count(kept), bindings, "", body, memory.limits());
    }

    private static String tree(Kernel.Fold fold) {
        var to = new Wgsl();
        to.line("for (var width = %d; width > 0; width /= 2) {", Kernel.Fold.LANES / 2);
        to.line("for (var l = 0; l < width; l++) {");
        to.line("lanes[l] = %s;", combined(fold, "lanes[l]", "lanes[l + width]"));
        to.end().end();
        to.line("sum = lanes[0];");
        return to.toString().stripTrailing();
    }

    static boolean isFloat(Kernel.Fold fold) {
        return fold.to().to().buffer().dtype() == DType.F32;
    }

    /// What a fold starts with.
    static String first(Kernel.Fold fold) {
        boolean isFloat = isFloat(fold);
        int bits =
                switch (fold.kind()) {
                    case SUM -> 0;
                    case MAX ->
                            isFloat
                                    ? Float.floatToRawIntBits(Float.NEGATIVE_INFINITY)
                                    : Integer.MIN_VALUE;
                    case MIN ->
                            isFloat
                                    ? Float.floatToRawIntBits(Float.POSITIVE_INFINITY)
                                    : Integer.MAX_VALUE;
                };
        return Points.constant(isFloat ? DType.F32 : DType.I32, bits);
    }

    static String combined(Kernel.Fold fold, String x, String y) {
        if (fold.kind() == ReduceKind.SUM) return x + " + " + y;
        boolean largest = fold.kind() == ReduceKind.MAX;
        var function = isFloat(fold) ? (largest ? "larger" : "smaller") : (largest ? "max" : "min");
        return "%s(%s, %s)".formatted(function, x, y);
    }

    static long count(List<Integer> extents) {
        long count = 1;
        for (int extent : extents) count *= extent;
        return count;
    }
}
