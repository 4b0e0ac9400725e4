package motley.wire.encoding;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/// A few elements among zeros, as [Largest] writes them.
final class Sparse implements EncodedVector {
    private static final int DISTANCE_BYTES_MAX = 5;

    private final Encoding encoding;
    private final int elements;
    private final MemorySegment bytes;
    private final int count;

    /// The value to be read next, its place, and where the distance after it lies.
    private int next;

    private int place;
    private long distanceAt;
    private int readTo;

    private Sparse(Encoding encoding, int elements, MemorySegment bytes) {
        this.encoding = encoding;
        this.elements = elements;
        this.bytes = bytes;
        count = bytes.get(Layout.I32, 0);
        rewind();
    }

    static Opened open(Encoding.TopK encoding, int elements, MemorySegment bytes) {
        Optional<String> flaw = flaw(encoding, elements, bytes);
        if (flaw.isPresent()) return new Opened.Flawed(flaw.get());
        return new Opened.Whole(new Sparse(encoding, elements, bytes));
    }

    private static Optional<String> flaw(
            Encoding.TopK encoding, int elements, MemorySegment bytes) {
        long size = bytes.byteSize();
        long sizeMax = encoding.sizeBytesMax(elements);
        if (size < 4 || size > sizeMax) {
            return flawed("contribution: %d bytes (expected: 4 to %d)", size, sizeMax);
        }
        int count = bytes.get(Layout.I32, 0);
        int countMax = encoding.count(elements);
        if (count < 0 || count > countMax || 4 + 3L * count > size) {
            return flawed("count: %d (expected: 0 to %d)", count & 0xffffffffL, countMax);
        }
        long at = 4 + 2L * count;
        long place = -1;
        for (int i = 0; i < count; i++) {
            int length = distanceBytes(bytes, at);
            if (length == 0) return flawed("distance %d: cut off (expected: 1 to 5 bytes)", i);
            place += 1 + distance(bytes, at, length);
            if (place >= elements) {
                return flawed("place %d: %d (expected: under %d)", i, place, elements);
            }
            at += length;
        }
        if (at == size) return Optional.empty();
        return flawed("contribution: %d bytes (expected: %d)", size, at);
    }

    private static Optional<String> flawed(String text, Object... values) {
        return Optional.of(text.formatted(values));
    }

    /// 0 if it does not end within the bytes, or is too long.
    private static int distanceBytes(MemorySegment bytes, long at) {
        long end = Math.min(bytes.byteSize(), at + DISTANCE_BYTES_MAX);
        for (long i = at; i < end; i++) {
            if (bytes.get(Layout.I8, i) >= 0) return (int) (i - at) + 1;
        }
        return 0;
    }

    private static long distance(MemorySegment bytes, long at, int length) {
        long distance = 0;
        for (int i = 0; i < length; i++) {
            distance |= (long) (bytes.get(Layout.I8, at + i) & 0x7f) << (7 * i);
        }
        return distance;
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
        if (at != readTo) rewind();
        while (next < count && place < at) advance();
        Arrays.fill(into, 0, length, 0f);
        while (next < count && place < at + length) {
            int word = bytes.get(Layout.I16, 4 + 2L * next);
            into[place - at] = Float.intBitsToFloat(word << 16);
            advance();
        }
        readTo = at + length;
    }

    private void rewind() {
        next = -1;
        place = -1;
        distanceAt = 4 + 2L * count;
        readTo = 0;
        advance();
    }

    private void advance() {
        if (++next >= count) return;
        int length = distanceBytes(bytes, distanceAt);
        place += 1 + (int) distance(bytes, distanceAt, length);
        distanceAt += length;
    }
}
