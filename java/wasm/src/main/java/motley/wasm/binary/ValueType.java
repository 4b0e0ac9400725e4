package motley.wasm.binary;

/// The type of a value on WebAssembly's operand stack.
public enum ValueType {
    I32(0x7F),
    I64(0x7E),
    F32(0x7D),
    V128(0x7B);

    private final int code;

    ValueType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /// The type that an [Instruction] names by one letter.
    static ValueType of(int letter) {
        return switch (letter) {
            case 'i' -> I32;
            case 'l' -> I64;
            case 'f' -> F32;
            case 'v' -> V128;
            default -> throw new IllegalArgumentException("letter: " + (char) letter);
        };
    }
}
