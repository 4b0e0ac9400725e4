package motley.wire.encoding;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/// Matrices as products of two narrow ones, as [PowerIteration] writes them.
///
/// ```
/// bytes 0 … 3   pieces of the vector, u32
/// bytes 4 …     rows and columns of each, u32; 0 columns: a vector of so many elements
/// then          of each, as bf16: R columns of `left`, one after another, then R of `right`; or
///               the elements
/// ```
///
/// Element `(i, j)` of a matrix is `left[i][0] · right[j][0] + … + left[i][R-1] · right[j][R-1]`,
/// added up in this order and rounded after each operation, so that it is the same everywhere.
final class Factors implements EncodedVector {
    private static final int HEAD_BYTES = 4;
    private static final int PIECE_BYTES = 8;

    private final Encoding.LowRank encoding;
    private final int elements;
    private final MemorySegment bytes;
    private final short[] words = new short[TILE];

    /// The piece that was read last: where its elements and its words begin.
    private int piece;

    private int first;
    private long wordsAt;

    private Factors(Encoding.LowRank encoding, int elements, MemorySegment bytes) {
        this.encoding = encoding;
        this.elements = elements;
        this.bytes = bytes;
        rewind();
    }

    static Opened open(Encoding.LowRank encoding, int elements, MemorySegment bytes) {
        return flaw(encoding, elements, bytes)
                .<Opened>map(Opened.Flawed::new)
                .orElseGet(() -> new Opened.Whole(new Factors(encoding, elements, bytes)));
    }

    private static Optional<String> flaw(
            Encoding.LowRank encoding, int elements, MemorySegment bytes) {
        long size = bytes.byteSize();
        long sizeMax = encoding.sizeBytesMax(elements);
        if (size < HEAD_BYTES + PIECE_BYTES || size > sizeMax) {
            return flawed("contribution: %d bytes (expected: 12 to %d)", size, sizeMax);
        }
        long pieces = bytes.get(Layout.I32, 0) & 0xffffffffL;
        long piecesMax = (size - HEAD_BYTES) / PIECE_BYTES;
        if (pieces < 1 || pieces > piecesMax) {
            return flawed("pieces: %d (expected: 1 to %d)", pieces, piecesMax);
        }
        long count = 0;
        long expected = HEAD_BYTES + PIECE_BYTES * pieces;
        for (int i = 0; i < pieces; i++) {
            long rows = number(bytes, i, 0);
            long columns = number(bytes, i, 1);
            if (rows < 1 || columns < 0 || Math.max(rows, columns) > elements) {
                return flawed(
                        "piece %d: %d × %d (expected: at most %d)", i, rows, columns, elements);
            }
            if (columns > 0 && !encoding.shortens(rows, columns)) {
                return flawed("piece %d: %d × %d (expected: a vector)", i, rows, columns);
            }
            count += rows * Math.max(1, columns);
            expected += 2 * words(encoding, rows, columns);
            if (count > elements) break;
        }
        if (count != elements) return flawed("elements: %d (expected: %d)", count, elements);
        if (expected == size) return Optional.empty();
        return flawed("contribution: %d bytes (expected: %d)", size, expected);
    }

    private static Optional<String> flawed(String text, Object... values) {
        return Optional.of(text.formatted(values));
    }

    private static int number(MemorySegment bytes, int piece, int which) {
        return bytes.get(Layout.I32, HEAD_BYTES + (long) PIECE_BYTES * piece + 4L * which);
    }

    private static long words(Encoding.LowRank encoding, long rows, long columns) {
        return columns == 0 ? rows : encoding.rank() * (rows + columns);
    }

    @Override
    public int elements() {
        return elements;
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    /// Fast when tiles are read in order.
    @Override
    public void read(int at, float[] into, int length) {
        if (at < first) rewind();
        for (int done = 0; done < length; ) {
            while (at + done >= first + count()) advance();
            int from = at + done - first;
            int part = Math.min(length - done, count() - from);
            if (columns() == 0) readWords(wordsAt + 2L * from, into, done, part);
            else readProduct(from, into, done, part);
            done += part;
        }
    }

    private int rows() {
        return number(bytes, piece, 0);
    }

    private int columns() {
        return number(bytes, piece, 1);
    }

    private int count() {
        return rows() * Math.max(1, columns());
    }

    private void rewind() {
        piece = 0;
        first = 0;
        wordsAt = HEAD_BYTES + (long) PIECE_BYTES * bytes.get(Layout.I32, 0);
    }

    private void advance() {
        first += count();
        wordsAt += 2 * words(encoding, rows(), columns());
        piece++;
    }

    private void readWords(long from, float[] into, int intoAt, int length) {
        MemorySegment.copy(bytes, Layout.I16, from, words, 0, length);
        for (int i = 0; i < length; i++) into[intoAt + i] = Float.intBitsToFloat(words[i] << 16);
    }

    /// Row by row: one element of `left` times a stretch of a column of `right`.
    private void readProduct(int from, float[] into, int intoAt, int length) {
        int rows = rows();
        int columns = columns();
        Arrays.fill(into, intoAt, intoAt + length, 0f);
        for (int done = 0; done < length; ) {
            int row = (from + done) / columns;
            int column = (from + done) % columns;
            int part = Math.min(length - done, columns - column);
            for (int r = 0; r < encoding.rank(); r++) {
                float left = word(wordsAt + 2L * ((long) r * rows + row));
                long right = (long) encoding.rank() * rows + (long) r * columns + column;
                addProduct(left, wordsAt + 2 * right, into, intoAt + done, part);
            }
            done += part;
        }
    }

    private void addProduct(float left, long right, float[] into, int intoAt, int length) {
        MemorySegment.copy(bytes, Layout.I16, right, words, 0, length);
        for (int i = 0; i < length; i++) {
            into[intoAt + i] += left * Float.intBitsToFloat(words[i] << 16);
        }
    }

    private float word(long at) {
        return Float.intBitsToFloat(bytes.get(Layout.I16, at) << 16);
    }
}
