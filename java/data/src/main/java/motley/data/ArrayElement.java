package motley.data;

import java.nio.ByteBuffer;

/// An element type of arrays in files.
enum ArrayElement {
    F16("f2", 2),
    F32("f4", 4),
    F64("f8", 8),
    I8("i1", 1),
    U8("u1", 1),
    BOOL("b1", 1),
    I16("i2", 2),
    U16("u2", 2),
    I32("i4", 4),
    I64("i8", 8);

    private final String label;
    private final int sizeBytes;

    ArrayElement(String label, int sizeBytes) {
        this.label = label;
        this.sizeBytes = sizeBytes;
    }

    /// As NumPy writes it, without the order of its bytes.
    String label() {
        return label;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    boolean isFloat() {
        return this == F16 || this == F32 || this == F64;
    }

    boolean isByte() {
        return this == U8 || this == BOOL;
    }

    /// The element at `at`, as a float.
    float floatAt(ByteBuffer bytes, int at) {
        return switch (this) {
            case F16 -> Float.float16ToFloat(bytes.getShort(at));
            case F32 -> bytes.getFloat(at);
            case F64 -> (float) bytes.getDouble(at);
            case I8, U8, BOOL, I16, U16, I32, I64 -> integerAt(bytes, at);
        };
    }

    /// The element at `at`; a float without its fraction.
    long integerAt(ByteBuffer bytes, int at) {
        return switch (this) {
            case F16, F32 -> (long) floatAt(bytes, at);
            case F64 -> (long) bytes.getDouble(at);
            case I8 -> bytes.get(at);
            case U8 -> Byte.toUnsignedInt(bytes.get(at));
            case BOOL -> bytes.get(at) != 0 ? 1 : 0;
            case I16 -> bytes.getShort(at);
            case U16 -> Short.toUnsignedInt(bytes.getShort(at));
            case I32 -> bytes.getInt(at);
            case I64 -> bytes.getLong(at);
        };
    }
}
