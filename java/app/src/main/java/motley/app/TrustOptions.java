package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import motley.rounds.robust.Aggregation;
import picocli.CommandLine.Option;

/// How far a run trusts the devices it trains on.
final class TrustOptions {
    @Option(
            names = "--trust",
            paramLabel = "off|audit",
            description = {
                "audit: for devices of strangers. A new device's answers count once another device",
                "confirms them; later one in fifty is computed again; a device caught twice is",
                "quarantined. Takes two devices at least (default: off, for devices of your own)"
            })
    private Optional<String> trust = Optional.empty();

    @Option(
            names = "--aggregation",
            paramLabel = "RULE",
            description = {
                "how a step's contributions become one gradient: mean, that of one machine;",
                "clip, the mean with unconfirmed ones scaled to the usual norm; or a rule that",
                "bears hostile ones: median, trimmed-mean:F, geometric-median, multi-krum:F,",
                "centered-clip:R (default: mean, or clip with --trust audit)"
            })
    private Optional<String> aggregation = Optional.empty();

    /// Adds what is given to a request for a run.
    ///
    /// @throws UserException if it is not understood
    void addTo(ObjectNode request) {
        requireKnown();
        trust.ifPresent(word -> request.put("trust", word));
        aggregation.ifPresent(rule -> request.put("aggregation", rule));
    }

    /// @throws UserException if what is given is not understood
    void requireKnown() {
        if (trust.filter(word -> !word.equals("off") && !word.equals("audit")).isPresent()) {
            throw new UserException("--trust: %s (expected: off or audit)".formatted(trust.get()));
        }
        try {
            aggregation.ifPresent(Aggregation::named);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage(), e);
        }
    }

    /// Whether a word of it is given.
    boolean isUsed() {
        return trust.isPresent() || aggregation.isPresent();
    }
}
