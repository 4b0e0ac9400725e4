package motley.data;

import static motley.tensor.Require.require;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// An array in the NPY form, versions 1 to 3, in C order and little-endian.
///
/// Floats become f32; integers, bytes and bools become i32. Nothing is allocated beyond
/// [#ELEMENTS_MAX], and elements are read piece by piece, so that a short file that claims to be
/// long takes no memory.
/// Source: NumPy documentation, "numpy.lib.format".
final class NumpyArray {
    /// Elements an array may have.
    static final int ELEMENTS_MAX = 1 << 28;

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int HEADER_BYTES_MAX = 1 << 16;
    private static final int PIECE_BYTES = 1 << 20;
    private static final Pattern ELEMENT = Pattern.compile("'descr': *'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([0-9, ]*)\\)");

    private final Path file;
    private final String name;

    private NumpyArray(Path file, String name) {
        this.file = file;
        this.name = name;
    }

    /// Reads an array to the end of `in`.
    ///
    /// @param file and `name`, for messages
    /// @throws DatasetException if it is no such array, is of another type, or is not complete
    static Tensor read(Path file, String name, InputStream in) throws IOException {
        return new NumpyArray(file, name).read(in);
    }

    private Tensor read(InputStream in) throws IOException {
        try {
            var header = header(in);
            var element = element(field(ELEMENT, "descr", header));
            if (field(ORDER, "fortran_order", header).equals("True")) {
                throw refused("in Fortran order (expected: C order, numpy.ascontiguousarray)");
            }
            var shape = shape(field(SHAPE, "shape", header));
            var tensor = elements(in, element, shape);
            if (in.read() >= 0) throw refused("longer than its header says: " + shape);
            return tensor;
        } catch (EOFException e) {
            throw new DatasetException(file, name + ": truncated", e);
        }
    }

    private String header(InputStream in) throws IOException {
        var start = in.readNBytes(MAGIC.length + 2);
        var magic = ByteBuffer.wrap(start, 0, Math.min(start.length, MAGIC.length));
        if (!magic.equals(ByteBuffer.wrap(MAGIC))) throw refused("not in NPY form");
        if (start.length < MAGIC.length + 2) throw new EOFException();
        int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw refused("version %d (expected: 1 to 3)".formatted(version));
        }
        int width = version == 1 ? Short.BYTES : Integer.BYTES;
        var size = exactly(in, width);
        int length = version == 1 ? Short.toUnsignedInt(size.getShort()) : size.getInt();
        if (length < 0 || length > HEADER_BYTES_MAX) {
            throw refused(
                    "header of %d bytes (expected: at most %d)"
                            .formatted(Integer.toUnsignedLong(length), HEADER_BYTES_MAX));
        }
        return StandardCharsets.UTF_8.decode(exactly(in, length)).toString();
    }

    private String field(Pattern pattern, String field, String header) {
        Matcher found = pattern.matcher(header);
        if (!found.find()) throw refused("header without " + field);
        return found.group(1);
    }

    /// An element type of a file.
    private enum Element {
        F32("<f4", 4),
        F64("<f8", 8),
        I8("|i1", 1),
        U8("|u1", 1),
        BOOL("|b1", 1),
        I16("<i2", 2),
        U16("<u2", 2),
        I32("<i4", 4),
        I64("<i8", 8);

        private final String label;
        private final int bytes;

        Element(String label, int bytes) {
            this.label = label;
            this.bytes = bytes;
        }

        DType dtype() {
            return this == F32 || this == F64 ? DType.F32 : DType.I32;
        }
    }

    private Element element(String label) {
        var labels = new ArrayList<String>();
        for (var element : Element.values()) {
            if (element.label.equals(label)) return element;
            labels.add(element.label);
        }
        throw refused("element type %s (expected: one of %s)".formatted(label, labels));
    }

    private Shape shape(String text) {
        var dims = new ArrayList<Integer>();
        long count = 1;
        for (var part : text.split(",", -1)) {
            if (part.isBlank()) continue;
            long dim = part.strip().length() > 10 ? Long.MAX_VALUE : number(part.strip());
            if (dim < 1 || dim > ELEMENTS_MAX / count) {
                throw refused(
                        "shape (%s) (expected: 1 to %d elements)".formatted(text, ELEMENTS_MAX));
            }
            count *= dim;
            dims.add((int) dim);
        }
        if (dims.isEmpty() || dims.size() >= Shape.RANK_MAX) {
            throw refused(
                    "%d axes (expected: 1 to %d, the samples first)"
                            .formatted(dims.size(), Shape.RANK_MAX - 1));
        }
        return new Shape(List.copyOf(dims));
    }

    private long number(String digits) {
        if (digits.contains(" ")) throw refused("shape (%s)".formatted(digits));
        return Long.parseLong(digits);
    }

    private Tensor elements(InputStream in, Element element, Shape shape) throws IOException {
        var pieces = new ArrayList<ByteBuffer>();
        long left = (long) shape.count() * element.bytes;
        while (left > 0) {
            var piece = exactly(in, (int) Math.min(left, PIECE_BYTES));
            pieces.add(piece);
            left -= piece.limit();
        }
        var tensor = Tensor.onHeap(new TensorType(element.dtype(), shape));
        int index = 0;
        for (var piece : pieces) {
            for (; piece.hasRemaining(); index++) set(tensor, index, element, piece);
        }
        return tensor;
    }

    private void set(Tensor tensor, int index, Element element, ByteBuffer from) {
        switch (element) {
            case F32 -> tensor.setFloat(index, finite(from.getFloat(), index));
            case F64 -> tensor.setFloat(index, finite((float) from.getDouble(), index));
            case I8 -> tensor.setInt(index, from.get());
            case U8 -> tensor.setInt(index, Byte.toUnsignedInt(from.get()));
            case BOOL -> tensor.setInt(index, from.get() != 0 ? 1 : 0);
            case I16 -> tensor.setInt(index, from.getShort());
            case U16 -> tensor.setInt(index, Short.toUnsignedInt(from.getShort()));
            case I32 -> tensor.setInt(index, from.getInt());
            case I64 -> tensor.setInt(index, narrow(from.getLong(), index));
        }
    }

    private float finite(float value, int index) {
        if (Float.isFinite(value)) return value;
        throw refused("element %d: %s (expected: a finite f32)".formatted(index, value));
    }

    private int narrow(long value, int index) {
        if (value == (int) value) return (int) value;
        throw refused("element %d: %d (expected: an i32)".formatted(index, value));
    }

    private static ByteBuffer exactly(InputStream in, int count) throws IOException {
        require(count >= 0, "count: %d (expected: not negative)", count);
        var bytes = in.readNBytes(count);
        if (bytes.length < count) throw new EOFException();
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private DatasetException refused(String reason) {
        return new DatasetException(file, name + ": " + reason);
    }
}
