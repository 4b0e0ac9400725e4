package motley.wire.encoding;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Sends the largest elements and nothing of the rest.
///
/// ```
/// bytes 0 … 3          count, u32
/// bytes 4 … 3 + 2 count   their values, bf16
/// then                 their places: the distance to the place before less one, 7 bits a byte, the
///                      lowest first, the uppermost bit set where more follow
/// ```
///
/// Among equal magnitudes the first places go first. Zeros are not sent.
final class Largest implements Encoder {
    /// Magnitudes are sorted by their upper 16 bits, then by the 15 lower ones.
    private static final int LOWER_BITS = 15;

    private static final int MAGNITUDE = 0x7fffffff;

    private final int elements;
    private final int countMax;
    private final byte[] bytes;
    private final MemorySegment body;
    private final int[] places;
    private final int[] histogram = new int[1 << 16];
    private int sent;

    Largest(Encoding.TopK encoding, int elements) {
        this.elements = elements;
        countMax = encoding.count(elements);
        places = new int[countMax];
        bytes = new byte[Math.toIntExact(encoding.sizeBytesMax(elements))];
        body = MemorySegment.ofArray(bytes);
    }

    @Override
    public MemorySegment encode(MemorySegment vector) {
        Encoder.requireLength(vector, elements);
        choose(vector);
        body.set(Layout.I32, 0, sent);
        int at = 4 + 2 * sent;
        int last = -1;
        for (int i = 0; i < sent; i++) {
            int place = places[i];
            body.set(Layout.I16, 4 + 2L * i, WordKernel.word(bits(vector, place)));
            at = writeDistance(place - last - 1, at);
            last = place;
        }
        return body.asSlice(0, at);
    }

    @Override
    public void takeBack() {}

    private void choose(MemorySegment vector) {
        Arrays.fill(histogram, 0);
        for (int i = 0; i < elements; i++) histogram[magnitude(vector, i) >>> LOWER_BITS]++;
        int upper = histogram.length;
        int above = 0;
        do above += histogram[--upper];
        while (above < countMax && upper > 0);
        above -= histogram[upper];
        Arrays.fill(histogram, 0);
        for (int i = 0; i < elements; i++) {
            int magnitude = magnitude(vector, i);
            if (magnitude >>> LOWER_BITS == upper) histogram[magnitude & (1 << LOWER_BITS) - 1]++;
        }
        int lower = 1 << LOWER_BITS;
        do above += histogram[--lower];
        while (above < countMax && lower > 0);
        above -= histogram[lower];
        collect(vector, upper << LOWER_BITS | lower, countMax - above);
    }

    /// Takes what is above `least`, and the first `equal` of what is as large.
    private void collect(MemorySegment vector, int least, int equal) {
        sent = 0;
        int left = equal;
        for (int i = 0; i < elements; i++) {
            int magnitude = magnitude(vector, i);
            if (magnitude < least || magnitude == 0) continue;
            if (magnitude == least && left-- <= 0) continue;
            places[sent++] = i;
        }
    }

    private int writeDistance(int distance, int at) {
        int left = distance;
        int end = at;
        for (; left >= 0x80; left >>>= 7) bytes[end++] = (byte) (left | 0x80);
        bytes[end++] = (byte) left;
        return end;
    }

    private static int magnitude(MemorySegment vector, int place) {
        return bits(vector, place) & MAGNITUDE;
    }

    private static int bits(MemorySegment vector, int place) {
        return vector.get(Layout.I32, 4L * place);
    }
}
