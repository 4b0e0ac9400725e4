package motley.program.reference;

import static motley.tensor.Require.require;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// The elements of a tensor as float64 numbers in row-major order, whatever its element type: an
/// i32 is exact in a double, a bool is 0 or 1. Immutable.
public final class Values {
    private final TensorType type;
    private final double[] elements;

    private Values(TensorType type, double[] elements) {
        this.type = type;
        this.elements = elements;
    }

    /// @throws IllegalArgumentException if the count differs from the type's
    public static Values of(TensorType type, double... elements) {
        require(
                type.shape().count() == elements.length,
                "elements: %d (expected: %d for %s)",
                elements.length,
                type.shape().count(),
                type);
        return new Values(type, elements.clone());
    }

    /// The same numbers as in `tensor`; exact for every element type.
    public static Values of(Tensor tensor) {
        var elements = new double[tensor.shape().count()];
        switch (tensor.type().dtype()) {
            case F32 -> Arrays.setAll(elements, tensor::getFloat);
            case I32 -> Arrays.setAll(elements, tensor::getInt);
            case BOOL -> Arrays.setAll(elements, i -> tensor.getBoolean(i) ? 1 : 0);
        }
        return new Values(tensor.type(), elements);
    }

    /// The same number everywhere.
    public static Values filled(TensorType type, double value) {
        var elements = new double[type.shape().count()];
        Arrays.fill(elements, value);
        return new Values(type, elements);
    }

    /// `at` of every index in row-major order. The index array is reused from one call to the next.
    public static Values tabulate(TensorType type, ToDoubleFunction<int[]> at) {
        var elements = new double[type.shape().count()];
        Grid.forEach(type.shape(), (i, index) -> elements[i] = at.applyAsDouble(index));
        return new Values(type, elements);
    }

    /// What a computation has accumulated; takes over the array.
    static Values owning(TensorType type, double[] elements) {
        return new Values(type, elements);
    }

    public TensorType type() {
        return type;
    }

    public int count() {
        return elements.length;
    }

    /// The element at `position` in row-major order.
    public double get(int position) {
        return elements[position];
    }

    /// The element at `position`, truncated towards zero.
    int getInt(int position) {
        return (int) elements[position];
    }

    /// The element at `index`, one number per axis.
    public double at(int... index) {
        return elements[Grid.position(type.shape(), index)];
    }

    /// `f` of each element, of the same type.
    public Values map(DoubleUnaryOperator f) {
        var mapped = new double[elements.length];
        Arrays.setAll(mapped, i -> f.applyAsDouble(elements[i]));
        return new Values(type, mapped);
    }

    /// `f` of each element and the one at the same place of `other`, of this type.
    ///
    /// @throws IllegalArgumentException if the shapes differ
    public Values zip(Values other, DoubleBinaryOperator f) {
        require(
                other.type.shape().equals(type.shape()),
                "other: %s (expected: shape %s)",
                other.type,
                type.shape());
        var zipped = new double[elements.length];
        Arrays.setAll(zipped, i -> f.applyAsDouble(elements[i], other.elements[i]));
        return new Values(type, zipped);
    }

    /// The same elements read as another type with as many of them.
    ///
    /// @throws IllegalArgumentException if the count differs
    public Values as(TensorType other) {
        require(
                other.shape().count() == elements.length,
                "type: %s (expected: %d elements)",
                other,
                elements.length);
        return new Values(other, elements);
    }

    /// The sum in row-major order.
    public double sum() {
        double sum = 0;
        for (double element : elements) sum += element;
        return sum;
    }

    /// A copy of the elements in row-major order.
    public double[] toArray() {
        return elements.clone();
    }

    /// Rounds each element to the tensor's element type and stores it.
    ///
    /// @throws IllegalArgumentException if the types differ
    public void copyTo(Tensor tensor) {
        require(tensor.type().equals(type), "tensor: %s (expected: %s)", tensor.type(), type);
        for (int i = 0; i < elements.length; i++) {
            switch (type.dtype()) {
                case F32 -> tensor.setFloat(i, (float) elements[i]);
                case I32 -> tensor.setInt(i, (int) elements[i]);
                case BOOL -> tensor.setBoolean(i, elements[i] != 0);
            }
        }
    }

    /// A tensor on the Java heap with each element rounded to its element type.
    public Tensor toTensor() {
        var tensor = Tensor.onHeap(type);
        copyTo(tensor);
        return tensor;
    }

    /// Equal types and elements; NaN equals NaN, 0 and -0 differ.
    @Override
    public boolean equals(Object other) {
        return other instanceof Values that
                && type.equals(that.type)
                && Arrays.equals(elements, that.elements);
    }

    @Override
    public int hashCode() {
        return 31 * type.hashCode() + Arrays.hashCode(elements);
    }

    /// The type and at most the first eight elements.
    @Override
    public String toString() {
        int shown = Math.min(elements.length, 8);
        var text = new StringBuilder(type.toString()).append(" {");
        for (int i = 0; i < shown; i++) text.append(i > 0 ? ", " : "").append(elements[i]);
        return text.append(shown < elements.length ? ", …}" : "}").toString();
    }
}
