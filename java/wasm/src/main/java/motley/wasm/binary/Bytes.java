package motley.wasm.binary;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// A growing run of bytes with WebAssembly's number formats.
final class Bytes {
    private static final int LOW_BITS = 0x7F;
    private static final int MORE = 0x80;
    private static final int SIGN_BIT = 0x40;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes octet(int value) {
        out.write(value);
        return this;
    }

    /// LEB128 of `value` read as unsigned.
    Bytes unsigned(int value) {
        int rest = value;
        while ((rest & ~LOW_BITS) != 0) {
            out.write((rest & LOW_BITS) | MORE);
            rest >>>= 7;
        }
        out.write(rest);
        return this;
    }

    /// Signed LEB128.
    Bytes signed(long value) {
        long rest = value;
        while (true) {
            int low = (int) rest & LOW_BITS;
            rest >>= 7;
            boolean positive = rest == 0 && (low & SIGN_BIT) == 0;
            boolean negative = rest == -1 && (low & SIGN_BIT) != 0;
            if (positive || negative) {
                out.write(low);
                return this;
            }
            out.write(low | MORE);
        }
    }

    /// Four bytes, the lowest first.
    Bytes word(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) out.write(value >>> shift);
        return this;
    }

    Bytes name(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        unsigned(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    Bytes append(Bytes other) {
        out.writeBytes(other.toArray());
        return this;
    }

    /// The length of `other`, then its bytes.
    Bytes sized(Bytes other) {
        return unsigned(other.size()).append(other);
    }

    int size() {
        return out.size();
    }

    byte[] toArray() {
        return out.toByteArray();
    }
}
