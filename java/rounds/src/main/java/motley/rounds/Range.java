package motley.rounds;

import static motley.tensor.Require.require;

/// The positions `first, …, first + count - 1`.
///
/// @param first at least 0
/// @param count at least 1
public record Range(int first, int count) {
    /// @throws IllegalArgumentException if `first` is negative or `count` below 1
    public Range {
        require(first >= 0, "first: %d (expected: at least 0)", first);
        require(count >= 1, "count: %d (expected: at least 1)", count);
    }

    /// The first position behind this range.
    public int end() {
        return first + count;
    }
}
