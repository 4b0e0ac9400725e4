package motley.program.reference;

/// The counter-based generator Philox4x32-10: 128 random bits as a function of counter and key.
/// Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
final class Philox {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    /// The golden ratio and √3 - 1, as Weyl increments of the key.
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /// Four words for a counter of four words and a key of two, each the least significant first.
    static int[] block(int[] counter, int[] key) {
        int c0 = counter[0];
        int c1 = counter[1];
        int c2 = counter[2];
        int c3 = counter[3];
        for (int round = 0; round < ROUNDS; round++) {
            int k0 = key[0] + round * WEYL_0;
            int k1 = key[1] + round * WEYL_1;
            long p0 = MULTIPLIER_0 * Integer.toUnsignedLong(c0);
            long p1 = MULTIPLIER_1 * Integer.toUnsignedLong(c2);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
        }
        return new int[] {c0, c1, c2, c3};
    }
}
