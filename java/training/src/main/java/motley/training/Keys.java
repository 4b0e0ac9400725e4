package motley.training;

import motley.tensor.Shape;
import motley.tensor.Tensor;

/// Seeds as programs take them.
final class Keys {
    private Keys() {}

    /// The lower half, then the upper: `i32[2]`, as in a run over many devices.
    static Tensor of(long seed) {
        return Tensor.ofInts(Shape.of(2), (int) seed, (int) (seed >>> 32));
    }
}
