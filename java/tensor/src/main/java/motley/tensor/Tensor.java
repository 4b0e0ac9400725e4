package motley.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static motley.tensor.Require.require;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A typed view of memory, dense and row-major, little-endian.
///
/// A tensor owns nothing: whoever made the segment (an [Arena], a mapped file, an array) decides
/// how long it lives and which threads may touch it. Using a tensor whose arena is closed throws
/// [IllegalStateException]. It does no arithmetic.
public final class Tensor {
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /// Vector loads like whole cache lines.
    private static final long ALIGNMENT_BYTES = 64;

    private final TensorType type;
    private final MemorySegment data;

    private Tensor(TensorType type, MemorySegment data) {
        this.type = type;
        this.data = data;
    }

    /// A view of `data` as a tensor of `type`.
    ///
    /// @throws IllegalArgumentException if `data` is not exactly as long as `type` needs
    public static Tensor of(TensorType type, MemorySegment data) {
        require(
                data.byteSize() == type.sizeBytes(),
                "data: %d bytes (expected: %d for %s)",
                data.byteSize(),
                type.sizeBytes(),
                type);
        return new Tensor(type, data);
    }

    /// A zeroed tensor that lives as long as `arena`.
    public static Tensor allocate(TensorType type, Arena arena) {
        return new Tensor(type, arena.allocate(type.sizeBytes(), ALIGNMENT_BYTES));
    }

    /// A tensor on the Java heap holding a copy of `values`.
    ///
    /// @throws IllegalArgumentException if the count differs from the shape's
    public static Tensor ofFloats(Shape shape, float... values) {
        requireCount(shape, values.length);
        var tensor = onHeap(new TensorType(DType.F32, shape));
        MemorySegment.copy(values, 0, tensor.data, F32, 0, values.length);
        return tensor;
    }

    /// A tensor on the Java heap holding a copy of `values`.
    ///
    /// @throws IllegalArgumentException if the count differs from the shape's
    public static Tensor ofInts(Shape shape, int... values) {
        requireCount(shape, values.length);
        var tensor = onHeap(new TensorType(DType.I32, shape));
        MemorySegment.copy(values, 0, tensor.data, I32, 0, values.length);
        return tensor;
    }

    /// A zeroed tensor on the Java heap, which the garbage collector reclaims.
    public static Tensor onHeap(TensorType type) {
        return new Tensor(type, MemorySegment.ofArray(new byte[Math.toIntExact(type.sizeBytes())]));
    }

    public TensorType type() {
        return type;
    }

    public Shape shape() {
        return type.shape();
    }

    public MemorySegment data() {
        return data;
    }

    /// @throws IllegalArgumentException if this is not an f32 tensor
    public float getFloat(int index) {
        requireDType(DType.F32);
        return data.get(F32, 4L * index);
    }

    /// @throws IllegalArgumentException if this is not an f32 tensor
    public void setFloat(int index, float value) {
        requireDType(DType.F32);
        data.set(F32, 4L * index, value);
    }

    /// @throws IllegalArgumentException if this is not an i32 tensor
    public int getInt(int index) {
        requireDType(DType.I32);
        return data.get(I32, 4L * index);
    }

    /// @throws IllegalArgumentException if this is not an i32 tensor
    public void setInt(int index, int value) {
        requireDType(DType.I32);
        data.set(I32, 4L * index, value);
    }

    /// @throws IllegalArgumentException if this is not a bool tensor
    public boolean getBoolean(int index) {
        requireDType(DType.BOOL);
        return data.get(JAVA_BYTE, index) != 0;
    }

    /// @throws IllegalArgumentException if this is not a bool tensor
    public void setBoolean(int index, boolean value) {
        requireDType(DType.BOOL);
        data.set(JAVA_BYTE, index, (byte) (value ? 1 : 0));
    }

    /// A copy of the elements in row-major order.
    ///
    /// @throws IllegalArgumentException if this is not an f32 tensor
    public float[] toFloats() {
        requireDType(DType.F32);
        var values = new float[shape().count()];
        MemorySegment.copy(data, F32, 0, values, 0, values.length);
        return values;
    }

    /// A copy of the elements in row-major order.
    ///
    /// @throws IllegalArgumentException if this is not an i32 tensor
    public int[] toInts() {
        requireDType(DType.I32);
        var values = new int[shape().count()];
        MemorySegment.copy(data, I32, 0, values, 0, values.length);
        return values;
    }

    /// Copies all elements of `source` into this tensor.
    ///
    /// @throws IllegalArgumentException if the types differ
    public void copyFrom(Tensor source) {
        require(source.type.equals(type), "source: %s (expected: %s)", source.type, type);
        data.copyFrom(source.data);
    }

    /// The type alone; printing never touches the elements.
    @Override
    public String toString() {
        return type.toString();
    }

    private void requireDType(DType dtype) {
        require(type.dtype() == dtype, "tensor: %s (expected: %s)", type, dtype.label());
    }

    private static void requireCount(Shape shape, int count) {
        require(
                shape.count() == count,
                "values: %d (expected: %d for shape %s)",
                count,
                shape.count(),
                shape);
    }
}
