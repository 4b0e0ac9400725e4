package motley.tensor;

/// Element types. Numbers are stored little-endian.
public enum DType {
    /// IEEE 754 binary32.
    F32(Float.BYTES),
    /// Two's complement, wraps on overflow.
    I32(Integer.BYTES),
    /// One byte, 0 or 1.
    BOOL(1);

    private final int sizeBytes;

    DType(int sizeBytes) {
        this.sizeBytes = sizeBytes;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    /// The name in printed programs: `f32`, `i32`, `bool`.
    public String label() {
        return switch (this) {
            case F32 -> "f32";
            case I32 -> "i32";
            case BOOL -> "bool";
        };
    }
}
