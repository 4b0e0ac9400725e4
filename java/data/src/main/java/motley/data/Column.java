package motley.data;

import static motley.tensor.Require.require;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Locale;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// How the inputs, or the targets, of samples are kept in shards: row after row, little-endian.
///
/// @param shape of one, without the axis that counts the samples
public record Column(Form form, Shape shape) {
    /// Bytes one row may have.
    public static final int ROW_BYTES_MAX = 16 << 20;

    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /// What an element is kept as.
    public enum Form {
        /// A float.
        F32(4, DType.F32),
        /// An integer of 32 bits.
        I32(4, DType.I32),
        /// An integer from 0 to 255, in a byte.
        U8(1, DType.I32),
        /// A float in [0, 1], as 255ths in a byte.
        UNIT(1, DType.F32);

        private final int sizeBytes;
        private final DType dtype;

        Form(int sizeBytes, DType dtype) {
            this.sizeBytes = sizeBytes;
            this.dtype = dtype;
        }

        /// As indexes name it.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Column {
        long bytes = form.sizeBytes;
        for (int dim : shape.dims()) {
            bytes *= dim;
            require(
                    bytes <= ROW_BYTES_MAX,
                    "row: %s of %s (expected: at most %d bytes)",
                    form.text(),
                    shape,
                    ROW_BYTES_MAX);
        }
        require(
                shape.rank() < Shape.RANK_MAX,
                "row: %s (expected: at most %d axes)",
                shape,
                Shape.RANK_MAX - 1);
    }

    /// Of one row as programs take it.
    public TensorType type() {
        return new TensorType(form.dtype, shape);
    }

    /// Elements of a row.
    public int count() {
        return shape.count();
    }

    /// Bytes of a row.
    public int rowBytes() {
        return count() * form.sizeBytes;
    }

    /// Whether rows of `wanted` are the same but for axes of size 1.
    public boolean fits(TensorType wanted) {
        return wanted.dtype() == form.dtype && narrow(wanted.shape()).equals(narrow(shape));
    }

    private static Shape narrow(Shape shape) {
        var dims = new ArrayList<Integer>();
        for (int dim : shape.dims()) {
            if (dim != 1) dims.add(dim);
        }
        return new Shape(dims);
    }

    /// Copies the row at `at` of `rows` to row `row` of `to`.
    void copy(MemorySegment rows, long at, Tensor to, int row) {
        int count = count();
        int first = row * count;
        switch (form) {
            case F32, I32 ->
                    MemorySegment.copy(
                            rows, at, to.data(), 4L * first, (long) count * form.sizeBytes);
            case U8 -> {
                for (int i = 0; i < count; i++) to.setInt(first + i, unsigned(rows, at + i));
            }
            case UNIT -> {
                for (int i = 0; i < count; i++) {
                    to.data().set(F32, 4L * (first + i), unsigned(rows, at + i) / 255f);
                }
            }
        }
    }

    /// Element `index` of the row at `at`, as a number.
    double number(MemorySegment rows, long at, int index) {
        return switch (form) {
            case F32 -> rows.get(F32, at + 4L * index);
            case I32 -> rows.get(I32, at + 4L * index);
            case U8 -> unsigned(rows, at + index);
            case UNIT -> unsigned(rows, at + index) / 255f;
        };
    }

    /// Writes element `index` of the row at `at`. Bytes take their number of 255ths.
    void set(MemorySegment rows, long at, int index, double number) {
        switch (form) {
            case F32 -> rows.set(F32, at + 4L * index, (float) number);
            case I32 -> rows.set(I32, at + 4L * index, (int) number);
            case U8, UNIT -> rows.set(ValueLayout.JAVA_BYTE, at + index, (byte) (int) number);
        }
    }

    private static int unsigned(MemorySegment rows, long at) {
        return Byte.toUnsignedInt(rows.get(ValueLayout.JAVA_BYTE, at));
    }
}
