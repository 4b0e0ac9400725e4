package motley.wasm.binary;

/// A function of a module that others may call.
///
/// @param index within the module
public record Function(int index, FunctionType type) {}
