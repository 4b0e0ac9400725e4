package motley.coordinator;

import java.util.function.LongSupplier;

/// How many messages one device may send: so many a second, and some more at once. The fastest
/// device with the smallest tasks needs a fifth of it; one that floods must not cost the others
/// their place in the mailbox.
///
/// A bucket of tokens, as in Turner, New Directions in Communications (1986). Confined to one
/// thread at a time.
final class MessageBudget {
    static final int PER_SECOND = 10_000;
    static final int AT_ONCE = 20_000;
    static final String EXCEEDED =
            "messages: more than %d a second (expected: fewer)".formatted(PER_SECOND);

    private static final double NS_PER_S = 1e9;

    private final LongSupplier nanoTime;
    private double tokens = AT_ONCE;
    private long filledNs;

    MessageBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        filledNs = nanoTime.getAsLong();
    }

    /// @return whether there was one
    boolean take() {
        long nowNs = nanoTime.getAsLong();
        tokens = Math.min(AT_ONCE, tokens + (nowNs - filledNs) / NS_PER_S * PER_SECOND);
        filledNs = nowNs;
        if (tokens < 1) return false;
        tokens--;
        return true;
    }
}
