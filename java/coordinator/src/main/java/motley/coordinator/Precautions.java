package motley.coordinator;

import java.security.SecureRandom;
import motley.rounds.RunSettings;
import motley.rounds.TrustPolicy;
import motley.rounds.robust.Aggregation;

/// What a run does about devices that may be hostile.
///
/// @param audits whether answers are compared with those of other devices
/// @param aggregation how contributions become one gradient
public record Precautions(boolean audits, Aggregation aggregation) {
    /// For the devices of one owner: the weights are those of one machine, exactly.
    public static final Precautions NONE = new Precautions(false, new Aggregation.Mean());

    /// The words that [#named] reads.
    static final String TRUST_NAMES = "off or audit";

    /// The usual aggregation: what slips through between two audits shall not weigh more than an
    /// honest contribution.
    static Aggregation usual(boolean audits) {
        return audits ? new Aggregation.Clip() : new Aggregation.Mean();
    }

    /// What the training loop is to do.
    TrustPolicy policy() {
        return TrustPolicy.OFF
                .withAudits(audits)
                .withClipping(aggregation instanceof Aggregation.Clip);
    }

    /// `settings` with a key for the choice of what is audited that nobody knows.
    static RunSettings keyed(RunSettings settings) {
        var policy = settings.policy();
        var trust = policy.trust().withSecret(new SecureRandom().nextLong());
        return new RunSettings(
                settings.seed(), settings.schedule(), policy.withTrust(trust), settings.strategy());
    }

    String trust() {
        return audits ? "audit" : "off";
    }

    /// Whether `trust` asks for audits.
    ///
    /// @throws IllegalArgumentException if it is not one of [#TRUST_NAMES]
    static boolean named(String trust) {
        return switch (trust) {
            case "off" -> false;
            case "audit" -> true;
            default ->
                    throw new IllegalArgumentException(
                            "trust: %s (expected: %s)".formatted(trust, TRUST_NAMES));
        };
    }
}
