package motley.compiler.kernel;

import motley.tensor.TensorType;

/// A whole buffer seen as a tensor.
public record Operand(Buffer buffer, TensorType type) {
    @Override
    public String toString() {
        return "b" + buffer.id() + ":" + type;
    }
}
