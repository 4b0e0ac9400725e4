package motley.compiler.kernel;

import java.util.List;

/// An affine index map: the point `(i₀, i₁, …)` of a loop reads or writes element
/// `offset + Σ strides[a]·i_a` of `buffer`. A stride of 0 repeats, a negative one reverses.
public record Access(Buffer buffer, int offset, List<Integer> strides) {
    public Access {
        strides = List.copyOf(strides);
    }

    public Access with(int newOffset, List<Integer> newStrides) {
        return new Access(buffer, newOffset, newStrides);
    }

    /// `b3+16(64, 1)`.
    @Override
    public String toString() {
        var from = offset == 0 ? "" : "+" + offset;
        return "b" + buffer.id() + from + strides.toString().replace('[', '(').replace(']', ')');
    }
}
