package motley.program;

import java.util.ArrayList;
import java.util.List;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Takes the atoms of the binary form from foreign bytes. Every refusal is an
/// [InvalidProgramException] that names the byte reached.
final class ByteSource implements OpForm.Source {
    private static final int NATURAL_BYTES_MAX = 5;

    private final byte[] bytes;
    private int position;

    ByteSource(byte[] bytes) {
        this.bytes = bytes;
    }

    InvalidProgramException refused(String problem) {
        return new InvalidProgramException("byte %d: %s".formatted(position, problem));
    }

    void requireEnd() {
        int rest = bytes.length - position;
        if (rest != 0) throw refused("%d more bytes (expected: the end)".formatted(rest));
    }

    byte octet() {
        if (position == bytes.length) throw refused("the end (expected: more bytes)");
        return bytes[position++];
    }

    /// An unsigned LEB128 number of 32 bits in its shortest form. Above [Integer#MAX_VALUE] it is
    /// negative here.
    int natural() {
        long value = 0;
        for (int i = 0; i < NATURAL_BYTES_MAX; i++) {
            byte octet = octet();
            value |= (long) (octet & 0x7f) << (7 * i);
            if (octet < 0) continue;
            if (octet == 0 && i > 0) throw refused("number (expected: its shortest form)");
            if (value != (value & 0xffff_ffffL)) break;
            return (int) value;
        }
        throw refused("number (expected: under 2^32)");
    }

    /// How many items follow, each of which takes `itemBytesMin` or more: never more than the rest
    /// of the bytes can hold.
    int count(String what, int max, int itemBytesMin) {
        int count = natural();
        if (count < 0 || count > max) {
            throw refused(
                    "%s: %s (expected: at most %d)"
                            .formatted(what, Integer.toUnsignedString(count), max));
        }
        int room = (bytes.length - position) / itemBytesMin;
        if (count > room) {
            throw refused("%s: %d (expected: more bytes)".formatted(what, count));
        }
        return count;
    }

    @Override
    public <E extends Enum<E>> E word(String name, List<E> words) {
        int number = natural();
        if (number < 0 || number >= words.size()) {
            throw refused(
                    "%s: %s (expected: under %d)"
                            .formatted(name, Integer.toUnsignedString(number), words.size()));
        }
        return words.get(number);
    }

    @Override
    public int integer(String name) {
        return natural();
    }

    @Override
    public List<Integer> integers(String name) {
        int count = count(name, Shape.RANK_MAX, 1);
        var values = new ArrayList<Integer>(count);
        for (int i = 0; i < count; i++) values.add(natural());
        return values;
    }

    @Override
    public double real(String name) {
        long bits = 0;
        for (int i = 0; i < Double.BYTES; i++) bits |= (octet() & 0xffL) << (8 * i);
        double value = Double.longBitsToDouble(bits);
        if (Double.doubleToLongBits(value) != bits) throw refused(name + " (expected: one NaN)");
        return value;
    }

    @Override
    public TensorType type(String name) {
        return new TensorType(word(name, OpCode.DTYPES), new Shape(integers(name)));
    }
}
