package motley.tensor;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;

/// The dimensions of a dense row-major tensor, outermost axis first; `Shape.of()` is a scalar.
///
/// Every dimension is at least 1, there are at most [#RANK_MAX] of them, and their product fits in
/// an `int`, so that an element can be addressed by one.
public record Shape(List<Integer> dims) {
    /// Most axes a tensor may have.
    public static final int RANK_MAX = 8;

    /// @throws IllegalArgumentException if a dimension is below 1, there are more than
    ///     [#RANK_MAX], or the element count exceeds [Integer#MAX_VALUE]
    public Shape {
        dims = List.copyOf(dims);
        require(dims.size() <= RANK_MAX, "dims: %s (expected: at most %d axes)", dims, RANK_MAX);
        long count = 1;
        for (int dim : dims) {
            require(dim >= 1, "dims: %s (expected: every dimension at least 1)", dims);
            count *= dim;
            require(count <= Integer.MAX_VALUE, "dims: %s (expected: under 2^31 elements)", dims);
        }
    }

    public static Shape of(Integer... dims) {
        return new Shape(List.of(dims));
    }

    public int rank() {
        return dims.size();
    }

    public int dim(int axis) {
        return dims.get(axis);
    }

    /// The number of elements; 1 for a scalar.
    public int count() {
        int count = 1;
        for (int dim : dims) count *= dim;
        return count;
    }

    /// Elements between neighbours along each axis in row-major order.
    public int[] strides() {
        var strides = new int[rank()];
        int stride = 1;
        for (int axis = rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= dim(axis);
        }
        return strides;
    }

    /// This shape without the named axes.
    public Shape without(List<Integer> axes) {
        var kept = new ArrayList<Integer>();
        for (int axis = 0; axis < rank(); axis++) {
            if (!axes.contains(axis)) kept.add(dim(axis));
        }
        return new Shape(kept);
    }

    /// This shape with one more, outermost axis.
    public Shape prepend(int dim) {
        var grown = new ArrayList<Integer>(rank() + 1);
        grown.add(dim);
        grown.addAll(dims);
        return new Shape(grown);
    }

    /// `[2, 3]`.
    @Override
    public String toString() {
        return dims.toString();
    }
}
