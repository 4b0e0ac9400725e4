package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalInt;
import motley.rounds.Strategy;
import picocli.CommandLine.Option;

/// When the parameters are updated, and from which answers.
final class StrategyOptions {
    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = {
                "when the parameters move (default: sync):",
                "sync: when every task of a step is answered; exact, whatever the devices do",
                "k-batch: when K tasks are, whichever; nobody waits for the slowest",
                "async: after every answer or every K; answers may be S versions old",
                "local: devices take steps of their own in between"
            })
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--k",
            paramLabel = "K",
            description = {
                "answers of one update, for k-batch (default: --tasks) and async (default: 1)"
            })
    private Optional<Integer> k = Optional.empty();

    @Option(
            names = "--staleness",
            paramLabel = "S",
            description = {
                "for async: how many versions old the parameters of an answer may be",
                "(default: 16); older ones are dropped and their task is done again"
            })
    private Optional<Integer> staleness = Optional.empty();

    /// The strategy asked for.
    ///
    /// @param tasks of a step
    /// @throws UserException if it does not exist or has no such dial
    Strategy strategy(int tasks) {
        try {
            return Strategy.named(name.orElse("sync"), dial(k), dial(staleness), tasks);
        } catch (IllegalArgumentException e) {
            throw new UserException("--" + e.getMessage(), e);
        }
    }

    /// What a run takes as optimizer that names none.
    String usualOptimizer(int tasks) {
        return strategy(tasks).staleness() > 0 ? "sgd:momentum=0" : "adam";
    }

    /// Whether anything was said.
    boolean isGiven() {
        return name.isPresent() || k.isPresent() || staleness.isPresent();
    }

    /// Adds what was said to `request`; the coordinator knows the rest.
    void addTo(ObjectNode request) {
        name.ifPresent(value -> request.put("strategy", value));
        k.ifPresent(value -> request.put("k", value));
        staleness.ifPresent(value -> request.put("staleness", value));
    }

    private static OptionalInt dial(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElse(OptionalInt.empty());
    }
}
