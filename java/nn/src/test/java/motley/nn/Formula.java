package motley.nn;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import motley.program.reference.Values;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Numbers that Java and Python compute alike, so that golden files need not store them. Every one
/// is exact in f32. The twin of tools/golden/formula.py.
public final class Formula {
    private Formula() {}

    /// Number `index` of `stream`, in [0, 1), with 24 significant bits.
    public static double uniform(int stream, int index) {
        int x = index + 0x9E3779B9 * stream;
        x ^= x >>> 16;
        x *= 0x7FEB352D;
        x ^= x >>> 15;
        x *= 0x846CA68B;
        x ^= x >>> 16;
        return (x >>> 8) * 0x1p-24;
    }

    /// First values of parameter number `stream`.
    public static Values weights(int stream, ParameterSpec spec) {
        double limit = Initializers.HE_UNIFORM.limit(spec.shape());
        if (spec.initializer().equals(Initializers.ZEROS)) return Values.filled(spec.type(), 0);
        return fill(spec.type(), i -> (float) ((2 * uniform(stream, i) - 1) * limit));
    }

    /// Images `[batch, rows, cols, channel]` with a blank edge of two pixels, half of them blank.
    public static Values images(int stream, int batch, Shape image) {
        var shape = image.prepend(batch);
        var strides = shape.strides();
        return fill(
                new TensorType(DType.F32, shape),
                i -> {
                    int row = i / strides[1] % shape.dim(1);
                    int col = i / strides[2] % shape.dim(2);
                    int edge = Math.min(row, col);
                    int farEdge = Math.min(shape.dim(1) - row, shape.dim(2) - col);
                    double value = uniform(stream, i);
                    return edge < 2 || farEdge < 3 || value < 0.5 ? 0 : value;
                });
    }

    public static Values labels(int stream, int batch, int classes) {
        return fill(TensorType.i32(batch), i -> Math.floor(uniform(stream, i) * classes));
    }

    /// The product with a fixed direction, in which every element counts.
    public static double projection(Values x) {
        double sum = 0;
        for (int i = 0; i < x.count(); i++) sum += x.get(i) * (2 * uniform(3000, i) - 1);
        return sum;
    }

    public static Values fill(TensorType type, IntToDoubleFunction at) {
        int count = type.shape().count();
        return Values.of(type, IntStream.range(0, count).mapToDouble(at).toArray());
    }
}
