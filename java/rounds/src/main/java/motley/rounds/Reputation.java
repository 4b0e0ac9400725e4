package motley.rounds;

import java.time.Instant;
import java.util.Optional;

/// What is known of a device's honesty. It outlives rounds, runs and restarts: the shell keeps it.
///
/// @param owner whose device it is; devices of one owner do not confirm each other. Empty: nobody
///     else's
/// @param isTrusted vouched for by people: believed without audits, and its word settles a dispute
/// @param confirmed answers confirmed by others in a row
/// @param failures answers proven wrong, ever
/// @param quarantinedUntil when it may work again; empty: it may
public record Reputation(
        String owner,
        boolean isTrusted,
        int confirmed,
        int failures,
        Optional<Instant> quarantinedUntil) {
    /// Of a device never met.
    public static final Reputation NEW = new Reputation("", false, 0, 0, Optional.empty());

    public Reputation withOwner(String named) {
        return new Reputation(named, isTrusted, confirmed, failures, quarantinedUntil);
    }

    /// The same with another number of answers confirmed in a row.
    public Reputation withConfirmed(int answers) {
        return new Reputation(owner, isTrusted, answers, failures, quarantinedUntil);
    }

    /// People vouch for the device, or no longer do.
    public Reputation trusted(boolean trusted) {
        return new Reputation(owner, trusted, confirmed, failures, quarantinedUntil);
    }

    /// What is left when people forgive: a device that must prove itself again.
    public Reputation pardoned() {
        return new Reputation(owner, isTrusted, 0, 0, Optional.empty());
    }

    public boolean isQuarantined(Instant now) {
        return quarantinedUntil.filter(now::isBefore).isPresent();
    }

    /// Whether its answers are believed unless audited.
    public boolean isProven(TrustPolicy policy) {
        return isTrusted || confirmed >= policy.provingTasks();
    }

    /// The probability, in [0, 1], with which an answer is computed again.
    ///
    /// Source: BOINC's adaptive replication: always until ten answers in a row are valid, then with
    /// the reciprocal of their number. Differs: a floor, without which an attacker who waits long
    /// enough is never looked at again.
    public double auditProbability(TrustPolicy policy) {
        if (isTrusted) return 0;
        if (!isProven(policy)) return 1;
        return Math.max(policy.auditFloor(), 1.0 / confirmed);
    }

    /// Another device gave the same answer.
    Reputation validated() {
        int more = confirmed == Integer.MAX_VALUE ? confirmed : confirmed + 1;
        return new Reputation(owner, isTrusted, more, failures, quarantinedUntil);
    }

    /// In doubt, without blame: it must prove itself again.
    Reputation doubted() {
        return new Reputation(owner, isTrusted, 0, failures, quarantinedUntil);
    }

    /// An answer was proven wrong. At the limit, and with each further one, it is quarantined.
    Reputation failed(TrustPolicy policy, Instant now) {
        int more = failures + 1;
        var until =
                more < policy.failuresMax()
                        ? quarantinedUntil
                        : Optional.of(now.plus(policy.quarantine()));
        return new Reputation(owner, isTrusted, 0, more, until);
    }
}
