package motley.coordinator.http;

import static motley.tensor.Require.require;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.function.Function;

/// A part of a list that grows: `?limit=&after=`. An answer that has more after it says where to go
/// on, in `next`.
///
/// @param limit items at most
/// @param after the item before the first, as the answer before called it; empty: from the start
public record Page(int limit, String after) {
    /// Items of a list that nobody has limited.
    public static final int USUAL = 100;

    /// The most that can be asked for.
    public static final int LIMIT_MAX = 1_000;

    private static final int AFTER_MAX = 100;

    /// @throws IllegalArgumentException if the request asks for too much
    public static Page of(ServiceRequestContext context) {
        return of(context, USUAL);
    }

    /// @param usual items where the request has no limit
    public static Page of(ServiceRequestContext context, int usual) {
        var limit = context.queryParam("limit");
        var after = context.queryParam("after");
        return new Page(
                limit == null ? usual : Math.clamp(number("limit", limit), 0, Integer.MAX_VALUE),
                after == null ? "" : after);
    }

    public Page {
        require(
                limit >= 1 && limit <= LIMIT_MAX,
                "limit: %d (expected: 1 to %d)",
                limit,
                LIMIT_MAX);
        require(after.length() <= AFTER_MAX, "after: too long (expected: as `next` said)");
    }

    /// [#after] where items are called by numbers.
    public long afterNumber() {
        return number("after", after);
    }

    /// The answer.
    ///
    /// @param found one more than [#limit] where there are that many
    /// @param cursor what an item is called
    public <T> ObjectNode reply(
            String name, List<T> found, Function<T, ObjectNode> form, Function<T, String> cursor) {
        var shown = found.subList(0, Math.min(limit, found.size()));
        var object = Reply.list(name, shown, form);
        if (found.size() > limit) object.put("next", cursor.apply(shown.getLast()));
        return object;
    }

    /// The page of a list that is whole.
    public <T> ObjectNode replyFrom(
            String name, List<T> all, Function<T, ObjectNode> form, Function<T, String> cursor) {
        int from = 0;
        for (int i = 0; i < all.size() && !after.isEmpty(); i++) {
            if (cursor.apply(all.get(i)).equals(after)) from = i + 1;
        }
        boolean isKnown = after.isEmpty() || from > 0;
        require(isKnown, "after: %s (expected: as `next` said)", after);
        return reply(name, all.subList(from, all.size()), form, cursor);
    }

    private static long number(String field, String text) {
        try {
            long value = Long.parseLong(text);
            require(value >= 0, "%s: %s (expected: at least 0)", field, text);
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s: %s (expected: a whole number)".formatted(field, text), e);
        }
    }
}
