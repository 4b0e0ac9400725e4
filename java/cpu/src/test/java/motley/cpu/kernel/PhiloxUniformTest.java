package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class PhiloxUniformTest {
    /// The known answer of the authors' library (Random123, `kat_vectors`) for counter and key 0.
    @Test
    void zeroCounterAndKeyGiveThePublishedWords() {
        var numbers = new float[4];
        PhiloxUniform.fill(numbers, 0, 4, 0, 0, 0, 0);
        int[] words = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
        for (int i = 0; i < 4; i++) assertThat(numbers[i]).isEqualTo((words[i] >>> 8) * 0x1p-24f);
    }

    @Test
    void everyLengthEqualsTheTwinInUnboundedIntegers() {
        int[][] settings = {{0, 0, 0, 0}, {-1, 0x7fffffff, -5, 3}, {0x1234567, -0x76543210, 9, -1}};
        for (int[] s : settings) {
            for (int length = 1; length <= 150; length++) {
                var numbers = new float[length + 2];
                PhiloxUniform.fill(numbers, 1, length, s[0], s[1], s[2], s[3]);
                assertThat(numbers[0]).isZero();
                assertThat(numbers[length + 1]).isZero();
                int[] counter = {(length - 1) / 4, s[2], s[3], 0};
                int word = words(counter, s[0], s[1])[(length - 1) % 4];
                assertThat(numbers[length]).isEqualTo((word >>> 8) * 0x1p-24f);
            }
        }
    }

    private static int[] words(int[] counter, int key0, int key1) {
        int[] c = counter.clone();
        for (int round = 0; round < 10; round++) {
            var p0 = product(0xD2511F53L, c[0]);
            var p1 = product(0xCD9E8D57L, c[2]);
            int k0 = key0 + round * 0x9E3779B9;
            int k1 = key1 + round * 0xBB67AE85;
            c =
                    new int[] {
                        p1.shiftRight(32).intValue() ^ c[1] ^ k0,
                        p1.intValue(),
                        p0.shiftRight(32).intValue() ^ c[3] ^ k1,
                        p0.intValue()
                    };
        }
        return c;
    }

    private static BigInteger product(long multiplier, int word) {
        var unsigned = BigInteger.valueOf(Integer.toUnsignedLong(word));
        return BigInteger.valueOf(multiplier).multiply(unsigned);
    }
}
