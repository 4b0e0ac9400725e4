package motley.rounds.credits;

import static motley.tensor.Require.require;

/// Credits that go from one account to another. That both sides are in one entry is why the sum of
/// all accounts never changes.
///
/// @param id given once in the life of a ledger: posting it again does nothing
/// @param micros millionths of a credit, above zero
public record Entry(String id, Account from, Account to, long micros, Cause cause) {
    /// Why credits move.
    public enum Cause {
        /// The house gives somebody credits.
        GRANT,
        /// Somebody sets credits aside for a run.
        RESERVE,
        /// A contribution is paid.
        WORK,
        /// What a run did not need goes back.
        REFUND
    }

    /// @throws IllegalArgumentException if nothing would move
    public Entry {
        require(micros > 0, "credits: %d micro-credits (expected: above 0)", micros);
        require(!from.equals(to), "credits: from %s to itself (expected: another)", from.text());
    }
}
