package motley.rounds.likeness;

/// Makes sketches under one key: every element is added to one of [#BUCKETS] sums or subtracted
/// from
/// it; which sum and which sign follow from the key and the element's place.
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

    /// Elements whose places come of one draw of 64 bits.
    private static final int TOGETHER = 4;

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
        long places = 0;
        for (int i = 0; i < length; i++) {
            int part = (int) (next & (TOGETHER - 1));
            if (part == 0 || i == 0) places = mixed(key + (next / TOGETHER) * GOLDEN);
            int place = (int) (places >>> (16 * part));
            double signed = (place & BUCKETS) == 0 ? block[i] : -block[i];
            sums[place & (BUCKETS - 1)] += signed;
            next++;
        }
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
