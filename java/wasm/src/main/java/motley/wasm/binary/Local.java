package motley.wasm.binary;

/// A parameter or local variable of a function.
///
/// @param index within the function, parameters first
public record Local(int index, ValueType type) {}
