package motley.nn;

import motley.tensor.Require;

/// One of several outputs in a vector; see [Layer.Heads].
///
/// @param count elements of it
public record Head(int count, Link link) {
    public Head {
        Require.require(count >= 1, "count: %d (expected: at least 1)", count);
    }

    /// What makes a prediction of an output.
    public enum Link {
        LINEAR,
        SIGMOID,
        SOFTMAX
    }
}
