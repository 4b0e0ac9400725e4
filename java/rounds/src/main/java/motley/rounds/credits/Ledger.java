package motley.rounds.credits;

import java.util.Optional;
import motley.rounds.OrderedMap;

/// All accounts: a value, changed by [#post] only.
///
/// What holds of every ledger: the sum of all balances is zero; an entry counts once; the escrow of
/// a run never holds less than nothing. People and the house may.
///
/// @param balances in micro-credits; an account that is not there has none
/// @param posted every entry, by its id
public record Ledger(OrderedMap<Account, Long> balances, OrderedMap<String, Entry> posted) {
    public static final Ledger EMPTY = new Ledger(OrderedMap.empty(), OrderedMap.empty());

    /// What became of an entry.
    public sealed interface Outcome {
        /// It counts.
        record Posted(Ledger ledger) implements Outcome {}

        /// It counted before; nothing changes.
        record Repeated() implements Outcome {}

        /// It must not be.
        record Refused(String reason) implements Outcome {}
    }

    public long balance(Account account) {
        return balances.get(account).orElse(0L);
    }

    /// Moves the credits of `entry`, if it was not posted before.
    public Outcome post(Entry entry) {
        var before = posted.get(entry.id());
        if (before.isPresent()) {
            if (before.get().equals(entry)) return new Outcome.Repeated();
            return new Outcome.Refused(
                    "entry: %s is another one (expected: a new id)".formatted(entry.id()));
        }
        var refusal = refusal(entry.from(), balance(entry.from()), entry.micros());
        if (refusal.isPresent()) return new Outcome.Refused(refusal.get());
        var moved =
                balances.with(entry.from(), balance(entry.from()) - entry.micros())
                        .with(entry.to(), balance(entry.to()) + entry.micros());
        return new Outcome.Posted(new Ledger(moved, posted.with(entry.id(), entry)));
    }

    /// The sum of all balances. Anything but zero is a bug.
    public long sum() {
        return balances.values().mapToLong(Long::longValue).sum();
    }

    /// Why `micros` cannot leave `account`; empty if they can. Every ledger asks this, also one in
    /// a database.
    ///
    /// @param balance what it holds
    public static Optional<String> refusal(Account account, long balance, long micros) {
        boolean isShort = account instanceof Account.Escrow && balance < micros;
        if (!isShort) return Optional.empty();
        return Optional.of(
                "%s: holds %d micro-credits (expected: at least %d)"
                        .formatted(account.text(), balance, micros));
    }
}
