package motley.training;

import motley.tensor.Shape;
import motley.tensor.Tensor;

/// Seeds as programs take them.
final class Keys {
    private Keys() {}

    /// What draws the first weights: the lower half, then the upper, `i32[2]`, as in a run over
    /// many devices.
    static Tensor of(long seed) {
        return Tensor.ofInts(Shape.of(2), (int) seed, (int) (seed >>> 32));
    }

    /// What dropout draws in one round, `i32[2]`, as in a run over many devices. Were it the same
    /// in every round, each sample would be learnt by one part of the network only.
    ///
    /// @param round counted from 0
    static Tensor of(long seed, long round) {
        return Tensor.ofInts(Shape.of(2), Long.hashCode(seed), (int) round);
    }
}
