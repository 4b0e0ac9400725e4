package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Training on samples that stay on the devices that have them.
final class OnDevicesOptions {
    @Option(
            names = "--data-on-devices",
            paramLabel = "NAME",
            description = {
                "train on what devices offer under this name (motley join --data NAME=DIR), and",
                "never give away; --data then gives the test samples only. Each epoch is a",
                "round: every device learns from its own samples, and the mean of what they",
                "learnt, weighted by samples, is the next model (docs/federated.md)"
            })
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--quorum",
            paramLabel = "N",
            description = {
                "with --data-on-devices: answers that a round needs at least (default: 1)"
            })
    private Optional<Integer> quorum = Optional.empty();

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            description = {
                "with --data-on-devices: how long a round waits for devices that are there and",
                "have not answered, once it has its quorum (default: 600)"
            })
    private Optional<Integer> patienceS = Optional.empty();

    boolean isUsed() {
        return name.isPresent();
    }

    /// Tasks of a round: where data stay on devices each has its own.
    int tasks(int said) {
        return isUsed() ? 1 : said;
    }

    /// Checks what was said.
    ///
    /// @throws UserException naming the first option that is wrong
    void requireKnown() {
        if (!isUsed()) {
            quorum.ifPresent(value -> refuse("--quorum", value, "--data-on-devices too"));
            patienceS.ifPresent(value -> refuse("--patience", value, "--data-on-devices too"));
        }
        quorum.filter(value -> value < 1).ifPresent(v -> refuse("--quorum", v, "at least 1"));
        patienceS.filter(value -> value < 1).ifPresent(v -> refuse("--patience", v, "at least 1"));
    }

    /// Adds what was said to a request that has a `dataset`, and the strategy that goes with it.
    void addTo(ObjectNode request) {
        if (!isUsed()) return;
        var own = request.withObject("/dataset/onDevices").put("name", name.orElseThrow());
        quorum.ifPresent(value -> own.put("quorum", value));
        patienceS.ifPresent(value -> own.put("patienceSeconds", value));
        request.put("strategy", "local");
    }

    private static void refuse(String option, Object value, String expected) {
        throw new UserException("%s: %s (expected: %s)".formatted(option, value, expected));
    }
}
