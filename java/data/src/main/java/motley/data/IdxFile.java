package motley.data;

import static motley.tensor.Require.require;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import motley.tensor.Shape;

/// A tensor of unsigned bytes in the IDX form of the MNIST files, plain or gzip-compressed.
///
/// Layout: two zero bytes, the element type (8: unsigned byte), the rank, one big-endian 32-bit
/// size per axis, then the elements in row-major order.
/// Source: LeCun, Cortes & Burges, "The MNIST database", section on file formats.
///
/// @param elements read-only, one byte each, from position 0
public record IdxFile(Shape shape, ByteBuffer elements) {
    /// Bytes of elements a file may have; more is refused before anything is allocated.
    public static final int ELEMENTS_MAX = 1 << 30;

    private static final int UNSIGNED_BYTE = 8;
    private static final int RANK_MAX = 4;

    public IdxFile {
        elements = elements.asReadOnlyBuffer();
    }

    /// Reads the whole file.
    ///
    /// @throws DatasetException if the file is missing, or is not a complete IDX file of bytes
    public static IdxFile read(Path file) {
        if (!Files.isRegularFile(file)) throw new DatasetException(file, "missing");
        try (var in = open(file)) {
            return read(file, in);
        } catch (IOException e) {
            throw new DatasetException(file, "unreadable: " + e.getMessage(), e);
        }
    }

    private static InputStream open(Path file) throws IOException {
        var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        if (!file.toString().endsWith(".gz")) return in;
        try {
            return new GZIPInputStream(in, 1 << 16);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static IdxFile read(Path file, InputStream in) throws IOException {
        var shape = readShape(file, in);
        int count = shape.count();
        var elements = in.readNBytes(count);
        if (elements.length < count) {
            throw new DatasetException(
                    file,
                    "truncated: %d of %d bytes of elements".formatted(elements.length, count));
        }
        if (in.read() >= 0) {
            throw new DatasetException(file, "longer than its header says: " + shape);
        }
        return new IdxFile(shape, ByteBuffer.wrap(elements));
    }

    private static Shape readShape(Path file, InputStream in) throws IOException {
        var magic = in.readNBytes(4);
        boolean isIdx = magic.length == 4 && magic[0] == 0 && magic[1] == 0;
        if (!isIdx) throw new DatasetException(file, "not an IDX file");
        if (magic[2] != UNSIGNED_BYTE) {
            throw new DatasetException(
                    file,
                    "element type %d (expected: %d, unsigned byte)"
                            .formatted(magic[2], UNSIGNED_BYTE));
        }
        int rank = magic[3];
        if (rank < 1 || rank > RANK_MAX) {
            throw new DatasetException(
                    file, "rank %d (expected: 1 to %d)".formatted(rank, RANK_MAX));
        }
        var sizes = in.readNBytes(4 * rank);
        if (sizes.length < 4 * rank) throw new DatasetException(file, "truncated in its header");
        return shape(file, ByteBuffer.wrap(sizes), rank);
    }

    private static Shape shape(Path file, ByteBuffer sizes, int rank) {
        var dims = new Integer[rank];
        long count = 1;
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = sizes.getInt(4 * axis);
            if (dims[axis] < 1) {
                throw new DatasetException(file, "axis %d of size %d".formatted(axis, dims[axis]));
            }
            count *= dims[axis];
            if (count > ELEMENTS_MAX) {
                throw new DatasetException(
                        file, "over %d elements (expected: fewer)".formatted(ELEMENTS_MAX));
            }
        }
        return new Shape(List.of(dims));
    }

    /// Number of samples: the outermost axis.
    public int count() {
        return shape.dim(0);
    }

    void requireRank(Path file, int rank) {
        if (shape.rank() != rank) {
            throw new DatasetException(file, "shape %s (expected: rank %d)".formatted(shape, rank));
        }
    }

    int unsigned(int index) {
        require(index >= 0, "index: %d (expected: not negative)", index);
        return Byte.toUnsignedInt(elements.get(index));
    }
}
