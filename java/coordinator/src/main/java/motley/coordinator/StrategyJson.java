package motley.coordinator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalInt;
import motley.coordinator.http.Reply;
import motley.rounds.Strategy;

/// A [Strategy] as fields of a JSON object, and back: `strategy` is its name, the others are its
/// dials.
final class StrategyJson {
    /// The fields it has.
    static final List<String> FIELDS = List.of("strategy", "k", "staleness");

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StrategyJson() {}

    /// @param tasks of a round, which is the usual `k` of k-batch
    /// @throws IllegalArgumentException naming the field that is wrong
    static Strategy read(JsonNode object, int tasks) {
        var name = object.path("strategy");
        if (!name.isMissingNode() && !name.isTextual()) throw wrong("strategy", name, "a string");
        var named = name.asText("sync");
        return Strategy.named(named, integer(object, "k"), integer(object, "staleness"), tasks);
    }

    /// What `text`, a JSON object with these fields only, makes of the strategy of `request`:
    /// dials not named stay as they are, unless another strategy is named.
    ///
    /// @throws IllegalArgumentException naming the field that is wrong
    static Strategy change(RunRequest request, String text) {
        var change = object(text);
        for (var field : change.properties()) {
            if (FIELDS.contains(field.getKey())) continue;
            throw new IllegalArgumentException(
                    "%s: cannot be changed (expected: one of %s)"
                            .formatted(field.getKey(), String.join(", ", FIELDS)));
        }
        var wanted = Reply.object();
        var before = request.strategy();
        if (change.path("strategy").asText(before.name()).equals(before.name())) {
            write(before, wanted);
        }
        wanted.setAll(change);
        return read(wanted, request.training().tasks());
    }

    private static ObjectNode object(String text) {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode object) return object;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("body: not an object (expected: one of fields)");
    }

    /// Adds the fields of `strategy` to `object`; dials it does not have are left out.
    static void write(Strategy strategy, ObjectNode object) {
        object.put("strategy", strategy.name());
        if (strategy.k() > 0) object.put("k", strategy.k());
        if (strategy.staleness() > 0) object.put("staleness", strategy.staleness());
    }

    private static OptionalInt integer(JsonNode object, String name) {
        var value = object.path(name);
        if (value.isMissingNode()) return OptionalInt.empty();
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw wrong(name, value, "a whole number under 2^31");
        }
        return OptionalInt.of(value.intValue());
    }

    private static IllegalArgumentException wrong(String name, JsonNode value, String expected) {
        return new IllegalArgumentException(
                "%s: %s (expected: %s)".formatted(name, value, expected));
    }
}
