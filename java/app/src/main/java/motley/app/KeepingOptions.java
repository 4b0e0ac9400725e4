package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Option;

/// When a run has had enough, and which of its weights count.
final class KeepingOptions {
    @Option(
            names = "--early-stop",
            paramLabel = "N",
            description = {
                "end after N evaluations in a row without a lower test loss than the best one",
                "(default: never)"
            })
    private Optional<Integer> patience = Optional.empty();

    @Option(
            names = "--keep",
            paramLabel = "WHICH",
            description = {
                "which weights are the result: last, or best, those with the lowest test loss",
                "(default: last; with --early-stop best)"
            })
    private Optional<String> which = Optional.empty();

    /// Whether any of them is given.
    boolean isUsed() {
        return patience.isPresent() || which.isPresent();
    }

    int patience() {
        return patience.orElse(0);
    }

    /// Adds what is given to a request; what is not stays as it is there.
    void addTo(ObjectNode request) {
        requireValid();
        patience.ifPresent(epochs -> request.put("earlyStop", epochs));
        var usual = patience.filter(epochs -> epochs > 0).map(_ -> "best");
        which.or(() -> usual).ifPresent(word -> request.put("keep", word));
    }

    void requireValid() {
        if (patience.isPresent() && patience.get() < 1) {
            throw new UserException(
                    "--early-stop: %d (expected: at least 1)".formatted(patience.get()));
        }
        if (which.isPresent() && !which.get().equals("last") && !which.get().equals("best")) {
            throw new UserException("--keep: %s (expected: last or best)".formatted(which.get()));
        }
    }
}
