package motley.wire.encoding;

/// Codes of four bits that are powers of two, and codes of two bits.
///
/// Packed as [BlockKernel] packs halves: byte `i` holds the elements `i`, `i + part`, `i + 2 part`
/// and so on, the first in its lowest bits, where `part` is the bytes of the block.
final class FewBits {
    private static final int SIGN = 8;
    private static final int EXPONENT_BIAS = 127;
    private static final int MANTISSA_BITS = 23;

    /// What code 7 stands for is 2⁰, code 1 is 2⁻⁶, code 0 is 0.
    private static final int LARGEST = 7;

    private static final float[] POWERS = powers();

    private FewBits() {}

    private static float[] powers() {
        var powers = new float[2 * SIGN];
        for (int code = 1; code <= LARGEST; code++) {
            powers[code] = Math.scalb(1f, code - LARGEST);
            powers[SIGN + code] = -powers[code];
        }
        return powers;
    }

    /// Each to the nearest power of two, upwards from the middle between two.
    ///
    /// @param from of magnitudes that are at most 1 after multiplication with `inverse`, but for
    ///     rounding
    static void toPowers(float[] from, int at, float inverse, byte[] into, int intoAt, int length) {
        int part = (length + 1) / 2;
        for (int i = 0; i < part; i++) {
            int low = power(from[at + i] * inverse);
            int high = part + i < length ? power(from[at + part + i] * inverse) : 0;
            into[intoAt + i] = (byte) (low | high << 4);
        }
    }

    /// Half a unit of the exponent's lowest bit carries into it from 1.5 on.
    private static int power(float value) {
        int bits = Float.floatToRawIntBits(value);
        int rounded = (bits & 0x7fffffff) + (1 << (MANTISSA_BITS - 1));
        int exponent = (rounded >>> MANTISSA_BITS) - EXPONENT_BIAS;
        return Math.clamp(exponent + LARGEST, 0, LARGEST) | bits >>> 31 << 3;
    }

    static void fromPowers(byte[] from, int at, float scale, float[] into, int intoAt, int length) {
        int part = (length + 1) / 2;
        for (int i = 0; i < part; i++) {
            int codes = from[at + i];
            into[intoAt + i] = POWERS[codes & 0xf] * scale;
            if (part + i < length) into[intoAt + part + i] = POWERS[codes >> 4 & 0xf] * scale;
        }
    }

    /// Each to -1, 0 or 1, from a half on to 0.
    static void toQuarters(
            float[] from, int at, float inverse, byte[] into, int intoAt, int length) {
        int part = (length + 3) / 4;
        for (int i = 0; i < part; i++) {
            int codes = 0;
            for (int k = 0; k < 4 && k * part + i < length; k++) {
                int code = (int) Math.rint(from[at + k * part + i] * inverse);
                codes |= (code & 3) << (2 * k);
            }
            into[intoAt + i] = (byte) codes;
        }
    }

    static void fromQuarters(
            byte[] from, int at, float scale, float[] into, int intoAt, int length) {
        int part = (length + 3) / 4;
        for (int k = 0; k < 4; k++) {
            int end = Math.min(part, length - k * part);
            for (int i = 0; i < end; i++) {
                int code = from[at + i] << (30 - 2 * k) >> 30;
                into[intoAt + k * part + i] = code * scale;
            }
        }
    }
}
