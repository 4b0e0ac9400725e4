package motley.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Set;
import motley.rounds.OwnTerms;
import motley.rounds.Strategy;

/// Samples that stay on devices as a JSON object, and back.
final class OnDevicesJson {
    /// The mean of what devices have learnt, weighted by their samples. Source: McMahan et al.,
    /// Communication-Efficient Learning of Deep Networks from Decentralized Data (2017), algorithm
    /// 1.
    static final RunRequest.Outer MEAN = new RunRequest.Outer("sgd:momentum=0", 1);

    private static final Set<String> FIELDS =
            Set.of("name", "quorum", "patienceSeconds", "devices", "samples");

    /// Long enough for a phone to go over what it has.
    private static final int PATIENCE_S_USUAL = 600;

    private OnDevicesJson() {}

    /// @param object the field `onDevices`
    /// @throws IllegalArgumentException naming the field that is wrong
    static RunRequest.OnDevices read(JsonNode object, RunRequest.Dataset test) {
        if (!object.isObject()) throw wrong("", object, "an object");
        for (var field : object.properties()) {
            if (FIELDS.contains(field.getKey())) continue;
            throw wrong("." + field.getKey(), field.getValue(), "one of " + FIELDS);
        }
        var name = object.path("name");
        if (!name.isTextual()) throw wrong(".name", name, "a string");
        int patienceS = LocalJson.atLeast(1, object, "patienceSeconds", PATIENCE_S_USUAL);
        var rules =
                new OwnTerms(
                        LocalJson.atLeast(1, object, "quorum", 1), Duration.ofSeconds(patienceS));
        var held =
                new RunRequest.Held(
                        LocalJson.atLeast(0, object, "devices", 0),
                        LocalJson.atLeast(0, object, "samples", 0));
        return new RunRequest.OnDevices(name.textValue(), held, rules, test);
    }

    /// The same data set with its test samples alone, which may stand for what is missing.
    static ObjectNode test(JsonNode dataset) {
        ObjectNode test = dataset.deepCopy();
        test.remove("onDevices");
        for (var what : new String[] {"Images", "Labels", "Samples"}) {
            var given = test.path("test" + what);
            boolean isLeftOut = !test.has("train" + what) && !given.isMissingNode();
            if (isLeftOut) test.set("train" + what, given);
        }
        return test;
    }

    /// Local steps, over all samples of a device unless it says how many.
    ///
    /// @param object the whole request
    /// @throws IllegalArgumentException naming the field that is wrong
    static Strategy strategy(JsonNode object) {
        var name = object.path("strategy").asText("local");
        if (!name.equals("local")) {
            throw new IllegalArgumentException(
                    "strategy: %s (expected: local, where data stay on devices)".formatted(name));
        }
        int passes = LocalJson.atLeast(1, object, "localEpochs", 1);
        if (LocalJson.atLeast(0, object, "warmUpRounds", 0) > 0) {
            throw new IllegalArgumentException(
                    "warmUpRounds: %s (expected: 0, where data stay on devices)"
                            .formatted(object.get("warmUpRounds")));
        }
        int all = Math.max(1, Strategy.Local.TASK_STEPS_MAX / passes);
        int steps = LocalJson.atLeast(1, object, "localSteps", all);
        return Strategy.SYNC.withLocal(new Strategy.Local(steps, passes, 0));
    }

    static ObjectNode write(RunRequest.OnDevices own, ObjectNode dataset) {
        dataset.putObject("onDevices")
                .put("name", own.name())
                .put("quorum", own.rules().quorum())
                .put("patienceSeconds", own.rules().patience().toSeconds())
                .put("devices", own.held().devices())
                .put("samples", own.held().samples());
        return dataset;
    }

    private static IllegalArgumentException wrong(String field, JsonNode value, String expected) {
        return new IllegalArgumentException(
                "dataset.onDevices%s: %s (expected: %s)".formatted(field, value, expected));
    }
}
