package motley.data;

import static motley.tensor.Require.require;

/// The order in which an epoch visits its samples: a keyed permutation that any device computes for
/// itself, position by position, without a table.
///
/// A balanced Feistel network over the smallest even number of bits that holds `count` is a
/// bijection whatever its round function is; positions that land outside `[0, count)` walk on until
/// they land inside. All arithmetic wraps in 32 bits, so that it is the same in every language.
/// Source: Black & Rogaway 2002, "Ciphers with arbitrary finite domains", §3 (cycle walking) and
/// §4 (Feistel); round function: the finaliser of MurmurHash3. Not a cipher: the order is public.
///
/// @param count number of samples, at least 1
public record SampleOrder(long seed, int epoch, int count) {
    private static final int ROUNDS = 8;

    public SampleOrder {
        require(count >= 1, "count: %d (expected: at least 1)", count);
        require(epoch >= 0, "epoch: %d (expected: not negative)", epoch);
    }

    /// The sample at `position` of the epoch.
    ///
    /// @throws IllegalArgumentException if `position` is not in `[0, count)`
    public int sampleAt(int position) {
        require(
                position >= 0 && position < count,
                "position: %d (expected: in [0, %d))",
                position,
                count);
        int bits = Math.max(2, Integer.SIZE - Integer.numberOfLeadingZeros(count - 1));
        int half = (bits + 1) / 2;
        int sample = position;
        do {
            sample = permute(sample, half);
        } while (Integer.compareUnsigned(sample, count) >= 0);
        return sample;
    }

    /// The samples at positions `[first, first + length)`.
    public int[] samples(int first, int length) {
        var samples = new int[length];
        for (int i = 0; i < length; i++) samples[i] = sampleAt(first + i);
        return samples;
    }

    private int permute(int value, int half) {
        int mask = (1 << half) - 1;
        int left = value >>> half;
        int right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            int mixed = left ^ (roundFunction(right, round) & mask);
            left = right;
            right = mixed;
        }
        return left << half | right;
    }

    private int roundFunction(int half, int round) {
        int key = mix((int) seed ^ mix((int) (seed >>> 32) ^ mix(epoch + 0x9E3779B9)));
        return mix(half ^ mix(key + round * 0x85EBCA6B));
    }

    private static int mix(int value) {
        int h = value;
        h = (h ^ h >>> 16) * 0x85EBCA6B;
        h = (h ^ h >>> 13) * 0xC2B2AE35;
        return h ^ h >>> 16;
    }
}
