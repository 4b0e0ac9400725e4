package motley.cpu;

import motley.compiler.kernel.Kernel;

/// Rows chosen by integers, and the positions of largest elements.
final class Indexing {
    private Indexing() {}

    /// Each output row is copied from the table, or zeroed where the index is outside of it.
    static Task gather(Kernel.Call call, Memory memory) {
        var f = memory.floats();
        var i = memory.ints();
        int table = memory.layout().offset(call.in().get(0).buffer());
        int indices = memory.layout().offset(call.in().get(1).buffer());
        int out = memory.layout().offset(call.out().buffer());
        int rows = call.in().get(0).type().shape().dim(0);
        int width = call.in().get(0).buffer().elements() / rows;
        int count = call.in().get(1).buffer().elements();
        return () -> {
            for (int k = 0; k < count; k++) {
                int row = i[indices + k];
                int to = out + k * width;
                if (row >= 0 && row < rows) System.arraycopy(f, table + row * width, f, to, width);
                else java.util.Arrays.fill(f, to, to + width, 0);
            }
        };
    }

    /// Adds in order of the updates.
    static Task scatterAdd(int rows, Kernel.Call call, Memory memory) {
        var f = memory.floats();
        var i = memory.ints();
        int indices = memory.layout().offset(call.in().get(0).buffer());
        int updates = memory.layout().offset(call.in().get(1).buffer());
        int out = memory.layout().offset(call.out().buffer());
        int count = call.in().get(0).buffer().elements();
        int width = call.out().buffer().elements() / rows;
        return () -> {
            java.util.Arrays.fill(f, out, out + rows * width, 0);
            for (int k = 0; k < count; k++) {
                int row = i[indices + k];
                if (row < 0 || row >= rows) continue;
                int to = out + row * width;
                int from = updates + k * width;
                for (int j = 0; j < width; j++) f[to + j] += f[from + j];
            }
        };
    }

    /// The first largest element along an axis; NaN counts as largest.
    static Task argMax(int axis, Kernel.Call call, Memory memory) {
        var shape = call.in().getFirst().type().shape();
        int length = shape.dim(axis);
        int step = shape.strides()[axis];
        int outer = shape.count() / length / step;
        int in = memory.layout().offset(call.in().getFirst().buffer());
        int out = memory.layout().offset(call.out().buffer());
        var f = memory.floats();
        var i = memory.ints();
        return () -> {
            for (int o = 0; o < outer; o++) {
                for (int j = 0; j < step; j++) {
                    int first = in + o * length * step + j;
                    i[out + o * step + j] = largest(f, first, step, length);
                }
            }
        };
    }

    private static int largest(float[] f, int first, int step, int length) {
        int best = 0;
        float most = f[first];
        for (int k = 1; k < length && !Float.isNaN(most); k++) {
            float x = f[first + k * step];
            if (x > most || Float.isNaN(x)) {
                best = k;
                most = x;
            }
        }
        return best;
    }
}
