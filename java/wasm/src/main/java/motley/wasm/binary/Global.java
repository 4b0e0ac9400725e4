package motley.wasm.binary;

/// A variable of a module, an i32 that is 0 at first; every instance has its own.
public record Global(int index) {}
