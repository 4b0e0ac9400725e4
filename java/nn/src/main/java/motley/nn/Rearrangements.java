package motley.nn;

import static motley.nn.Forward.shape;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Layers that put elements elsewhere, repeat them or leave some out, and one that measures them
/// by given numbers. Nothing is learnt.
record Rearrangements(ProgramBuilder b) {
    Var apply(Layer.Shaping layer, Var x) {
        return switch (layer) {
            case Layer.Part(int first, int count) -> part(x, first, count);
            case Layer.Backwards _ -> b.apply(new Op.Reverse(List.of(1)), x);
            case Layer.Frame(var edges) -> framed(x, edges);
            case Layer.Enlarge(int rowTimes, int colTimes) -> enlarged(x, rowTimes, colTimes);
            case Layer.Standardise(var mean, var deviation) -> standardised(x, mean, deviation);
        };
    }

    /// `y[…, k] = x[…, first + k]`.
    Var part(Var x, int first, int count) {
        int innermost = shape(x).rank() - 1;
        if (first == 0 && count == shape(x).dim(innermost)) return x;
        return range(x, innermost, first, first + count);
    }

    /// Zeros around images `[batch, rows, cols, channel]`, after what is to go has gone.
    private Var framed(Var x, Edges e) {
        int rows = shape(x).dim(1);
        int cols = shape(x).dim(2);
        var cut = range(x, 1, Math.max(0, -e.top()), rows - Math.max(0, -e.bottom()));
        cut = range(cut, 2, Math.max(0, -e.left()), cols - Math.max(0, -e.right()));
        var low = List.of(0, Math.max(0, e.top()), Math.max(0, e.left()), 0);
        var high = List.of(0, Math.max(0, e.bottom()), Math.max(0, e.right()), 0);
        return b.apply(new Op.Pad(low, high, List.of(0, 0, 0, 0)), cut);
    }

    /// `y[n, i, j, k] = x[n, i / rowTimes, j / colTimes, k]`.
    private Var enlarged(Var x, int rowTimes, int colTimes) {
        var s = shape(x);
        var spread = Shape.of(s.dim(0), s.dim(1), rowTimes, s.dim(2), colTimes, s.dim(3));
        var repeated = b.broadcast(x, spread, 0, 1, 3, 5);
        int rows = s.dim(1) * rowTimes;
        return b.reshape(repeated, Shape.of(s.dim(0), rows, s.dim(2) * colTimes, s.dim(3)));
    }

    /// `y[…, k] = (x[…, k] - mean[k]) / deviation[k]`.
    private Var standardised(Var x, List<Double> mean, List<Double> deviation) {
        var centred = b.sub(x, b.alongInnermost(vector(mean), shape(x)));
        return b.div(centred, b.alongInnermost(vector(deviation), shape(x)));
    }

    /// Given numbers: neighbours that are equal come from one equation.
    private Var vector(List<Double> values) {
        var runs = new ArrayList<Var>();
        int from = 0;
        for (int i = 1; i <= values.size(); i++) {
            if (i < values.size() && values.get(i).equals(values.get(from))) continue;
            runs.add(b.fill(TensorType.f32(i - from), values.get(from)));
            from = i;
        }
        if (runs.size() == 1) return runs.getFirst();
        return b.apply(new Op.Concatenate(0), runs.toArray(Var[]::new));
    }

    /// Elements `start` to `limit` along `axis`.
    private Var range(Var x, int axis, int start, int limit) {
        var dims = shape(x).dims();
        if (start == 0 && limit == dims.get(axis)) return x;
        var starts = new ArrayList<>(Collections.nCopies(dims.size(), 0));
        var limits = new ArrayList<>(dims);
        starts.set(axis, start);
        limits.set(axis, limit);
        var strides = IntStream.range(0, dims.size()).mapToObj(_ -> 1).toList();
        return b.apply(new Op.Slice(starts, limits, strides), x);
    }
}
