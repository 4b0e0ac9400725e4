package motley.rounds.likeness;

/// Makes sketches under one key: every element is added to one of [#BUCKETS] sums or subtracted
/// from it; which sum and which sign follow from the key and the element's place.
///
/// The squared distance of two sketches is that of their vectors on average, with a relative
/// standard deviation of at most √(2 / BUCKETS) = 9 %, whatever the vectors are, as long as who
/// chose them does not know the key: with it a difference can be made that no sketch shows.
///
/// Source: Charikar, Chen, Farach-Colton, *Finding Frequent Items in Data Streams* (2002); its
/// variance: Thorup, Zhang, *Tabulation-Based 5-Independent Hashing* (2012), §1.1. Differs: places
/// are drawn by a mixing function, not by one of a family with proven independence.
///
/// Confined to one thread at a time.
public final class Sketcher {
    /// Sums in a sketch.
    public static final int BUCKETS = 256;

    private static final int BUCKETS_LOG = 8;

    /// Elements whose places come of one draw of 64 bits: the sum of each, and above it its sign.
    private static final int TOGETHER = 4;

    private static final int PLACE_BITS = 16;

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final long key;
    private double[] sums = new double[BUCKETS];
    private long next;

    /// @param key that nobody whose vectors are compared may know
    public Sketcher(long key) {
        this.key = key;
    }

    /// The sketch of a whole vector.
    public Sketch of(float[] vector) {
        add(vector, vector.length);
        return done();
    }

    /// Takes the next elements, the first `length` of `block`.
    public void add(float[] block, int length) {
        int i = 0;
        while (i < length && next % TOGETHER != 0) take(block[i++]);
        for (; i + TOGETHER <= length; i += TOGETHER) {
            long places = mixed(key + next / TOGETHER * GOLDEN);
            put(block[i], (int) places);
            put(block[i + 1], (int) (places >>> PLACE_BITS));
            put(block[i + 2], (int) (places >>> (2 * PLACE_BITS)));
            put(block[i + 3], (int) (places >>> (3 * PLACE_BITS)));
            next += TOGETHER;
        }
        while (i < length) take(block[i++]);
    }

    private void take(float element) {
        long places = mixed(key + next / TOGETHER * GOLDEN);
        put(element, (int) (places >>> (PLACE_BITS * (int) (next % TOGETHER))));
        next++;
    }

    /// Without a branch on a random bit, which no processor foresees.
    private void put(float element, int place) {
        int sign = (place & BUCKETS) << (Integer.SIZE - 1 - BUCKETS_LOG);
        sums[place & (BUCKETS - 1)] +=
                Float.intBitsToFloat(Float.floatToRawIntBits(element) ^ sign);
    }

    /// The sketch of all elements taken, and begins another one.
    public Sketch done() {
        var sketch = Sketch.of(sums);
        sums = new double[BUCKETS];
        next = 0;
        return sketch;
    }

    /// Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators* (2014), §4: mix64 of
    /// variant 13.
    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
