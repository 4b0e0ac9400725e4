package motley.program.reference;

import java.util.Arrays;
import java.util.List;
import motley.program.Op;
import motley.program.Window;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Meaning of [Op.Windowed]. Forward and backward operations walk the same pairs of an element of
/// the image and a window that covers it, so that they are adjoint by construction.
final class WindowedReference {
    private WindowedReference() {}

    static Values evaluate(Op.Windowed op, List<Values> in, TensorType out) {
        var x = in.getFirst();
        var result = new double[out.shape().count()];
        switch (op) {
            case Op.MaxPool(var window) -> {
                var largest = largest(window, x, out.shape());
                Arrays.setAll(result, o -> x.get(largest[o]));
            }
            case Op.MaxPoolGradient(var window) -> {
                var dy = in.get(1);
                var largest = largest(window, x, dy.type().shape());
                for (int o = 0; o < largest.length; o++) result[largest[o]] += dy.get(o);
            }
            case Op.MaxPoolPick(var window) -> {
                var largest = largest(window, x, out.shape());
                Arrays.setAll(result, o -> in.get(1).get(largest[o]));
            }
            case Op.AveragePool(var window) -> {
                var shape = x.type().shape();
                forEachCovered(window, shape, out.shape(), (i, o) -> result[o] += x.get(i));
                Arrays.setAll(result, o -> result[o] / size(window));
            }
            case Op.AveragePoolGradient(var window, var shape) -> {
                var windows = x.type().shape();
                forEachCovered(window, shape, windows, (i, o) -> result[i] += x.get(o));
                Arrays.setAll(result, i -> result[i] / size(window));
            }
        }
        return Values.owning(out, result);
    }

    /// The position in `x` of the first largest element of each window.
    static int[] largest(Window window, Values x, Shape windows) {
        var largest = new int[windows.count()];
        Arrays.fill(largest, -1);
        forEachCovered(
                window,
                x.type().shape(),
                windows,
                (i, o) -> {
                    int best = largest[o];
                    boolean wins = best < 0 || ReductionReference.beats(x.get(i), x.get(best));
                    if (wins) largest[o] = i;
                });
        return largest;
    }

    /// Visits every element of `images` with every window of `windows` that covers it, window by
    /// window; padding is not visited.
    static void forEachCovered(Window w, Shape images, Shape windows, Grid.Pairing visitor) {
        Grid.forEach(
                windows,
                (o, at) -> {
                    int top = at[1] * w.strideRows() - w.padding().top();
                    int left = at[2] * w.strideCols() - w.padding().left();
                    for (int row = top; row < top + w.rows(); row++) {
                        for (int col = left; col < left + w.cols(); col++) {
                            if (!inside(images, row, col)) continue;
                            visitor.visit(Grid.position(images, at[0], row, col, at[3]), o);
                        }
                    }
                });
    }

    static boolean inside(Shape images, int row, int col) {
        return row >= 0 && row < images.dim(1) && col >= 0 && col < images.dim(2);
    }

    private static double size(Window window) {
        return (double) window.rows() * window.cols();
    }
}
