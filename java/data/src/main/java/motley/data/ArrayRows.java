package motley.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import motley.tensor.Shape;

/// The rows of an array in a file, in order, whatever order the file has them in.
///
/// An array in Fortran order is copied beside and mapped, as its rows lie scattered over all of it.
final class ArrayRows implements AutoCloseable {
    /// Elements a row may have where they lie scattered.
    private static final int SCATTERED_MAX = 1 << 20;

    private final ArrayHeader header;
    private final InputStream in;
    private final ByteBuffer row;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment scattered;
    private int next;

    private ArrayRows(ArrayHeader header, InputStream in) throws IOException {
        this.header = header;
        this.in = in;
        scattered = header.isFortran() ? spool() : MemorySegment.NULL;
        var bytes = header.isFortran() ? new byte[header.rowBytes()] : firstRow();
        row = ByteBuffer.wrap(bytes).order(header.order());
    }

    /// Gives the bytes of a file from its beginning.
    interface Source {
        InputStream open() throws IOException;
    }

    /// Opens an array and reads its header and first row, so that whoever sets memory aside for
    /// rows as long as the header says does so for rows that are there.
    static ArrayRows open(String name, Source source) throws IOException {
        return open(name, source, Long.MAX_VALUE);
    }

    /// Opens an array of at most `elementsMax` elements.
    static ArrayRows open(String name, Source source, long elementsMax) throws IOException {
        var in = new BufferedInputStream(source.open(), 1 << 16);
        try {
            var header = ArrayHeader.read(name, in);
            if ((long) header.count() * header.row().count() > elementsMax) {
                throw new DatasetException(
                        name,
                        "%d rows of %s (expected: 1 to %d elements)"
                                .formatted(header.count(), header.row(), elementsMax));
            }
            if (header.isFortran() && header.row().count() > SCATTERED_MAX) {
                throw new DatasetException(
                        name,
                        "%d elements a row in Fortran order (expected: at most %d)"
                                .formatted(header.row().count(), SCATTERED_MAX));
            }
            return new ArrayRows(header, in);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    ArrayHeader header() {
        return header;
    }

    /// The next row's bytes, in the element type and byte order of the file.
    ByteBuffer next() throws IOException {
        if (header.isFortran()) gather();
        else if (next > 0) read();
        next++;
        if (next == header.count() && in.read() >= 0) {
            throw new DatasetException(
                    header.name(),
                    "longer than its header says (expected: %d bytes)"
                            .formatted(header.fileBytes()));
        }
        return row;
    }

    /// Takes memory as bytes arrive.
    private byte[] firstRow() throws IOException {
        var bytes = in.readNBytes(header.rowBytes());
        if (bytes.length < header.rowBytes()) throw truncated();
        return bytes;
    }

    private void read() throws IOException {
        if (in.readNBytes(row.array(), 0, row.capacity()) < row.capacity()) throw truncated();
    }

    private DatasetException truncated() {
        return new DatasetException(
                header.name(),
                "truncated in row %d (expected: %d rows)".formatted(next, header.count()));
    }

    private void gather() {
        int size = header.element().sizeBytes();
        var dims = header.row();
        var index = new int[dims.rank()];
        for (int element = 0; element < dims.count(); element++) {
            long at = (next + header.count() * fortran(index, dims)) * size;
            for (int b = 0; b < size; b++) {
                row.put(element * size + b, scattered.get(ValueLayout.JAVA_BYTE, at + b));
            }
            advance(index, dims);
        }
    }

    /// Where element `index` of a row lies, in columns of all rows.
    private static long fortran(int[] index, Shape dims) {
        long at = 0;
        for (int axis = index.length - 1; axis >= 0; axis--) at = at * dims.dim(axis) + index[axis];
        return at;
    }

    private static void advance(int[] index, Shape dims) {
        for (int axis = index.length - 1; axis >= 0; axis--) {
            if (++index[axis] < dims.dim(axis)) return;
            index[axis] = 0;
        }
    }

    /// Copies the elements to a file that has no name any more once this returns.
    private MemorySegment spool() throws IOException {
        long size = header.fileBytes() - header.sizeBytes();
        var file = Files.createTempFile("motley-", ".array");
        try (var channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            copy(channel, size);
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        } catch (EOFException e) {
            throw new DatasetException(
                    header.name(), "truncated (expected: %d bytes)".formatted(header.fileBytes()));
        } finally {
            deleteQuietly(file);
        }
    }

    private void copy(FileChannel to, long size) throws IOException {
        var part = new byte[1 << 16];
        for (long left = size; left > 0; ) {
            int length = in.read(part, 0, (int) Math.min(part.length, left));
            if (length < 0) throw new EOFException();
            to.write(ByteBuffer.wrap(part, 0, length));
            left -= length;
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit(); // Systems that keep mapped files.
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        in.close();
    }
}
