package motley.program;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import motley.tensor.TensorType;

/// Appends the atoms of the binary form. Names are not written.
final class ByteSink implements OpForm.Sink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    void octet(byte value) {
        bytes.write(value);
    }

    /// The 32 bits of `value` as an unsigned LEB128 number, in as few bytes as possible.
    void natural(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
    }

    @Override
    public <E extends Enum<E>> void word(String name, List<E> words, E value) {
        natural(words.indexOf(value));
    }

    @Override
    public void integer(String name, int value) {
        natural(value);
    }

    @Override
    public void integers(String name, List<Integer> values) {
        natural(values.size());
        for (int value : values) natural(value);
    }

    /// Little-endian binary64, every NaN as the canonical one.
    @Override
    public void real(String name, double value) {
        var eight = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.writeBytes(eight.putLong(Double.doubleToLongBits(value)).array());
    }

    @Override
    public void type(String name, TensorType type) {
        word(name, OpCode.DTYPES, type.dtype());
        integers(name, type.shape().dims());
    }
}
