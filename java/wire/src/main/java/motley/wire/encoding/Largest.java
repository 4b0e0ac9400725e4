package motley.wire.encoding;

import static motley.tensor.Require.require;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Sends the largest elements and remembers the rest.
///
/// ```
/// bytes 0 … 3          count, u32
/// bytes 4 … 3 + 2 count   their values, bf16
/// then                 their places: the distance to the place before less one, 7 bits a byte, the
///                      lowest first, the uppermost bit set where more follow
/// ```
///
/// With the memory `e`: `p = e + x`, `sent = top-k(p)` rounded to bf16, `e = p - sent`. Among equal
/// magnitudes the first places go first. Zeros are not sent. The memory has as many floats as a
/// vector and belongs to whoever encodes: a device keeps one for the run it works for. What is not
/// a number is forgotten once it was sent.
final class Largest implements Encoder {
    /// Magnitudes are sorted by their upper 16 bits, then by the 15 lower ones.
    private static final int LOWER_BITS = 15;

    private static final int MAGNITUDE = 0x7fffffff;

    private final int elements;
    private final int countMax;
    private final float[] memory;
    private final byte[] bytes;
    private final MemorySegment body;
    private final int[] places;
    private final float[] tile = new float[Layout.TILE];
    private final int[] histogram = new int[1 << 16];
    private int sent;

    Largest(Encoding.TopK encoding, int elements) {
        require(elements >= 1, "elements: %d (expected: at least 1)", elements);
        this.elements = elements;
        countMax = encoding.count(elements);
        memory = new float[elements];
        places = new int[countMax];
        bytes = new byte[Math.toIntExact(encoding.sizeBytesMax(elements))];
        body = MemorySegment.ofArray(bytes);
    }

    @Override
    public MemorySegment encode(MemorySegment vector) {
        require(
                vector.byteSize() == 4L * elements,
                "vector: %d bytes (expected: %d)",
                vector.byteSize(),
                4L * elements);
        remember(vector);
        choose();
        body.set(Layout.I32, 0, sent);
        int at = 4 + 2 * sent;
        int last = -1;
        for (int i = 0; i < sent; i++) {
            int place = places[i];
            send(i, place);
            at = writeDistance(place - last - 1, at);
            last = place;
        }
        return body.asSlice(0, at);
    }

    /// Everything that was sent is owed again.
    @Override
    public void takeBack() {
        for (int i = 0; i < sent; i++) {
            float value = value(i);
            if (Float.isFinite(value)) memory[places[i]] += value;
        }
        sent = 0;
    }

    private void remember(MemorySegment vector) {
        for (int at = 0; at < elements; at += Layout.TILE) {
            int length = Math.min(Layout.TILE, elements - at);
            MemorySegment.copy(vector, Layout.F32, 4L * at, tile, 0, length);
            for (int i = 0; i < length; i++) memory[at + i] += tile[i];
        }
    }

    private void choose() {
        Arrays.fill(histogram, 0);
        for (float element : memory) histogram[magnitude(element) >>> LOWER_BITS]++;
        int upper = histogram.length;
        int above = 0;
        do above += histogram[--upper];
        while (above < countMax && upper > 0);
        above -= histogram[upper];
        Arrays.fill(histogram, 0);
        for (float element : memory) {
            int magnitude = magnitude(element);
            if (magnitude >>> LOWER_BITS == upper) histogram[magnitude & (1 << LOWER_BITS) - 1]++;
        }
        int lower = 1 << LOWER_BITS;
        do above += histogram[--lower];
        while (above < countMax && lower > 0);
        above -= histogram[lower];
        collect(upper << LOWER_BITS | lower, countMax - above);
    }

    /// Takes what is above `least`, and the first `equal` of what is as large.
    private void collect(int least, int equal) {
        sent = 0;
        int left = equal;
        for (int i = 0; i < elements; i++) {
            int magnitude = magnitude(memory[i]);
            if (magnitude < least || magnitude == 0) continue;
            if (magnitude == least && left-- <= 0) continue;
            places[sent++] = i;
        }
    }

    private void send(int i, int place) {
        short word = WordKernel.word(Float.floatToRawIntBits(memory[place]));
        body.set(Layout.I16, 4 + 2L * i, word);
        float rest = memory[place] - value(i);
        memory[place] = Float.isFinite(rest) ? rest : 0;
    }

    private float value(int i) {
        return Float.intBitsToFloat(body.get(Layout.I16, 4 + 2L * i) << 16);
    }

    private int writeDistance(int distance, int at) {
        int left = distance;
        int end = at;
        for (; left >= 0x80; left >>>= 7) bytes[end++] = (byte) (left | 0x80);
        bytes[end++] = (byte) left;
        return end;
    }

    private static int magnitude(float element) {
        return Float.floatToRawIntBits(element) & MAGNITUDE;
    }
}
