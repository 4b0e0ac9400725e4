package motley.app;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import motley.nn.Optimizers;
import motley.rounds.Strategy;
import picocli.CommandLine.Option;

/// What `--strategy local` is made of.
final class LocalOptions {
    @Option(
            names = "--local-steps",
            paramLabel = "H",
            description = {
                "with --strategy local: optimizer steps that a device takes, each over a",
                "micro-batch of its own, before it answers (default: 20; 20 to 500 are usual:",
                "more save more traffic and cost some quality)"
            })
    private Optional<Integer> steps = Optional.empty();

    @Option(
            names = "--local-epochs",
            paramLabel = "E",
            description = {
                "with --strategy local: how often a task goes over its samples (default: 1);",
                "above 1 with --outer sgd:momentum=0 --outer-learning-rate 1 it is FedAvg"
            })
    private Optional<Integer> epochs = Optional.empty();

    @Option(
            names = "--warm-up-rounds",
            paramLabel = "N",
            description = {
                "with --strategy local: steps in sync before the local ones (default: a third of",
                "the run). Devices then begin with what the optimizer has learnt of the gradients;",
                "without them short runs end much worse"
            })
    private Optional<Integer> warmUpRounds = Optional.empty();

    @Option(
            names = "--fragments",
            paramLabel = "F",
            description = {
                "with --strategy local: synchronise the model in F parts, one after the other,",
                "each once in H steps: messages F times smaller and F times as often (default: 1;",
                "a divisor of H; above 1 devices keep replicas)"
            })
    private Optional<Integer> fragments = Optional.empty();

    @Option(
            names = "--replicas",
            description = {
                "with --strategy local: devices keep their copy of the model and their optimizer's",
                "state from task to task, as DiLoCo does. The weights then depend on which device",
                "did what, and a device that leaves takes its copy along"
            })
    private boolean replicas;

    @Option(
            names = "--outer",
            paramLabel = "NAME",
            description = {
                "with --strategy local: the optimizer that takes the mean of the devices' moves",
                "for a gradient (default: nesterov:momentum=0.9)"
            })
    private Optional<String> outer = Optional.empty();

    @Option(
            names = "--outer-learning-rate",
            paramLabel = "X",
            description = "with --strategy local: its rate (default: 0.7; 1 with sgd is averaging)")
    private Optional<Double> outerRate = Optional.empty();

    /// Checks what was said.
    ///
    /// @param isLocal whether the strategy has local steps
    /// @throws UserException naming the first option that is wrong
    void require(boolean isLocal) {
        var said = said();
        if (!isLocal && !said.isEmpty()) {
            var first = said.entrySet().iterator().next();
            throw wrong(first.getKey(), first.getValue(), "--strategy local too");
        }
        requireAtLeast(1, "--local-steps", steps);
        requireAtLeast(1, "--local-epochs", epochs);
        requireAtLeast(0, "--warm-up-rounds", warmUpRounds);
        requireFragments();
        if (outerRate.isPresent() && !(outerRate.get() > 0)) {
            throw wrong("--outer-learning-rate", outerRate.get(), "above 0");
        }
        try {
            outer.ifPresent(Optimizers::named);
        } catch (IllegalArgumentException e) {
            throw new UserException("--outer: " + e.getMessage(), e);
        }
    }

    private void requireFragments() {
        int parts = fragments.orElse(1);
        int all = steps.orElse(Strategy.Local.USUAL.steps());
        int most = Strategy.Local.FRAGMENTS_MAX;
        if (parts < 1 || parts > most) throw wrong("--fragments", parts, "1 to " + most);
        if (all % parts != 0) {
            throw wrong("--fragments", parts, "a divisor of --local-steps, " + all);
        }
        if (parts > 1 && epochs.orElse(1) > 1) {
            throw wrong("--fragments", parts, "1 with --local-epochs");
        }
    }

    /// Adds what was said to `request`; the coordinator knows the rest.
    void addTo(ObjectNode request) {
        steps.ifPresent(value -> request.put("localSteps", value));
        epochs.ifPresent(value -> request.put("localEpochs", value));
        warmUpRounds.ifPresent(value -> request.put("warmUpRounds", value));
        fragments.ifPresent(value -> request.put("fragments", value));
        if (replicas) request.put("replicas", true);
        outer.ifPresent(value -> request.put("outer", value));
        outerRate.ifPresent(value -> request.put("outerLearningRate", value));
    }

    private Map<String, Object> said() {
        var said = new LinkedHashMap<String, Object>();
        steps.ifPresent(value -> said.put("--local-steps", value));
        epochs.ifPresent(value -> said.put("--local-epochs", value));
        warmUpRounds.ifPresent(value -> said.put("--warm-up-rounds", value));
        fragments.ifPresent(value -> said.put("--fragments", value));
        if (replicas) said.put("--replicas", true);
        outer.ifPresent(value -> said.put("--outer", value));
        outerRate.ifPresent(value -> said.put("--outer-learning-rate", value));
        return said;
    }

    private static void requireAtLeast(int least, String option, Optional<Integer> value) {
        if (value.isPresent() && value.get() < least) {
            throw wrong(option, value.get(), "at least " + least);
        }
    }

    private static UserException wrong(String option, Object value, String expected) {
        return new UserException("%s: %s (expected: %s)".formatted(option, value, expected));
    }
}
