package motley.rounds;

import static java.util.stream.Collectors.joining;
import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;

/// Which micro-batches of an epoch are in the parameters, numbered from 0 over the whole epoch: all
/// below a number, but for those that are missing.
///
/// Missing are those that were in devices' hands, or answered for an update to come. Their number
/// is bounded by the leases there can be at once and by the answers of an update, so that this
/// stays small however long the epoch is.
///
/// @param next this one and all behind it are not in the parameters
/// @param missing those below `next` that are not either, ascending
public record Coverage(int next, List<Integer> missing) {
    /// Nothing of the epoch yet.
    public static final Coverage NONE = upTo(0);

    /// @throws IllegalArgumentException if `next` is negative or `missing` not ascending below it
    public Coverage {
        require(next >= 0, "next: %d (expected: at least 0)", next);
        missing = List.copyOf(missing);
        int last = -1;
        for (int slot : missing) {
            require(
                    slot > last && slot < next,
                    "missing: %d (expected: ascending, below %d)",
                    slot,
                    next);
            last = slot;
        }
    }

    /// All below `next`.
    static Coverage upTo(int next) {
        return new Coverage(next, List.of());
    }

    /// @throws IllegalArgumentException if `text` is not what [#toString] prints
    public static Coverage parse(String text) {
        try {
            int colon = text.indexOf(':');
            if (colon < 0) return upTo(Integer.parseInt(text));
            var missing = new ArrayList<Integer>();
            for (var slot : text.substring(colon + 1).split(",", -1)) {
                missing.add(Integer.parseInt(slot));
            }
            return new Coverage(Integer.parseInt(text, 0, colon, 10), missing);
        } catch (NumberFormatException e) {
            var message = "coverage: %s (expected: NEXT or NEXT:MISSING,…)".formatted(text);
            throw new IllegalArgumentException(message, e);
        }
    }

    /// How many micro-batches are in the parameters.
    public int count() {
        return next - missing.size();
    }

    /// `57` for the first 57, `57:3,12` for all of them but two.
    @Override
    public String toString() {
        if (missing.isEmpty()) return Integer.toString(next);
        return missing.stream().map(String::valueOf).collect(joining(",", next + ":", ""));
    }
}
