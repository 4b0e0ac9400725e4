package motley.wasm.binary;

import java.util.List;

/// What a function takes and gives back.
public record FunctionType(List<ValueType> params, List<ValueType> results) {
    public FunctionType {
        params = List.copyOf(params);
        results = List.copyOf(results);
    }

    /// Takes `count` i32s and gives nothing back.
    public static FunctionType ofInts(int count) {
        return new FunctionType(java.util.Collections.nCopies(count, ValueType.I32), List.of());
    }
}
