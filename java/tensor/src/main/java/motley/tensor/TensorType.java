package motley.tensor;

/// What is known of a tensor before it exists: element type and shape.
public record TensorType(DType dtype, Shape shape) {
    public static TensorType f32(Integer... dims) {
        return new TensorType(DType.F32, Shape.of(dims));
    }

    public static TensorType i32(Integer... dims) {
        return new TensorType(DType.I32, Shape.of(dims));
    }

    public static TensorType bool(Integer... dims) {
        return new TensorType(DType.BOOL, Shape.of(dims));
    }

    public TensorType with(Shape other) {
        return new TensorType(dtype, other);
    }

    public TensorType with(DType other) {
        return new TensorType(other, shape);
    }

    public long sizeBytes() {
        return (long) shape.count() * dtype.sizeBytes();
    }

    /// `f32[2, 3]`.
    @Override
    public String toString() {
        return dtype.label() + shape;
    }
}
