package motley.rounds;

import static motley.tensor.Require.require;

/// A lease: the coordinator's fencing epoch and a number that is never given twice within it.
///
/// The epoch is part of the identity, so that a lease from before a coordinator's restart can
/// never be taken for a new one, by whichever message it comes back.
///
/// @param fence the fencing epoch of the coordinator that gave the lease
/// @param number counted from 1
public record LeaseId(long fence, long number) implements Comparable<LeaseId> {
    /// @throws IllegalArgumentException if `text` is not what [#toString] prints
    public static LeaseId parse(String text) {
        int dash = text.indexOf('-');
        require(dash > 0, "lease: %s (expected: FENCE-NUMBER)", text);
        try {
            return new LeaseId(
                    Long.parseLong(text, 0, dash, 10),
                    Long.parseLong(text, dash + 1, text.length(), 10));
        } catch (NumberFormatException e) {
            var message = "lease: %s (expected: FENCE-NUMBER)".formatted(text);
            throw new IllegalArgumentException(message, e);
        }
    }

    @Override
    public int compareTo(LeaseId that) {
        int order = Long.compare(fence, that.fence);
        return order != 0 ? order : Long.compare(number, that.number);
    }

    /// `2-17` for lease 17 of fencing epoch 2.
    @Override
    public String toString() {
        return fence + "-" + number;
    }
}
