package motley.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import motley.rounds.Strategy;

/// What belongs to the strategy `local` as fields of a JSON object, and back.
final class LocalJson {
    /// The fields it has.
    static final List<String> FIELDS =
            List.of(
                    "localSteps",
                    "localEpochs",
                    "warmUpRounds",
                    "fragments",
                    "replicas",
                    "outer",
                    "outerLearningRate");

    private LocalJson() {}

    /// The local steps that `object` asks for.
    ///
    /// @param strategy as its name says
    /// @throws IllegalArgumentException naming the field that is wrong
    static Strategy read(
            JsonNode object, Strategy strategy, RunRequest.Training training, int trainSamples) {
        if (!strategy.local().isUsed()) {
            for (var field : FIELDS) {
                if (object.has(field)) throw wrong(field, object.get(field), "strategy local too");
            }
            return strategy;
        }
        int usual =
                Strategy.Local.usualWarmUp(trainSamples, training.batchSize(), training.epochs());
        int fragments = atLeast(1, object, "fragments", 1);
        var local =
                new Strategy.Local(
                        atLeast(1, object, "localSteps", Strategy.Local.USUAL.steps()),
                        atLeast(1, object, "localEpochs", Strategy.Local.USUAL.passes()),
                        atLeast(0, object, "warmUpRounds", usual),
                        fragments,
                        flag(object, "replicas", fragments > 1));
        return strategy.withLocal(local);
    }

    /// The outer optimizer that `object` asks for.
    ///
    /// @param usual where it does not say
    /// @throws IllegalArgumentException naming the field that is wrong
    static RunRequest.Outer outer(JsonNode object, RunRequest.Outer usual) {
        var optimizer = object.path("outer");
        var rate = object.path("outerLearningRate");
        if (!optimizer.isMissingNode() && !optimizer.isTextual()) {
            throw wrong("outer", optimizer, "a string");
        }
        if (!rate.isMissingNode() && !rate.isNumber()) {
            throw wrong("outerLearningRate", rate, "a number");
        }
        return new RunRequest.Outer(
                optimizer.asText(usual.optimizer()), rate.asDouble(usual.learningRate()));
    }

    /// Adds the fields of `request` to `object` if it has local steps.
    static void write(RunRequest request, ObjectNode object) {
        var local = request.strategy().local();
        if (!local.isUsed()) return;
        object.put("localSteps", local.steps())
                .put("localEpochs", local.passes())
                .put("warmUpRounds", local.warmUpRounds())
                .put("fragments", local.fragments())
                .put("replicas", local.replicas())
                .put("outer", request.outer().optimizer())
                .put("outerLearningRate", request.outer().learningRate());
    }

    static int atLeast(int least, JsonNode object, String name, int usual) {
        var value = object.path(name);
        if (value.isMissingNode()) return usual;
        boolean isWhole = value.isIntegralNumber() && value.canConvertToInt();
        if (!isWhole || value.intValue() < least) {
            throw wrong(name, value, "a whole number, at least " + least);
        }
        return value.intValue();
    }

    private static boolean flag(JsonNode object, String name, boolean usual) {
        var value = object.path(name);
        if (value.isMissingNode()) return usual;
        if (!value.isBoolean()) throw wrong(name, value, "true or false");
        return value.booleanValue();
    }

    private static IllegalArgumentException wrong(String name, JsonNode value, String expected) {
        return new IllegalArgumentException(
                "%s: %s (expected: %s)".formatted(name, value, expected));
    }
}
