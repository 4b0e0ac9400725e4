package motley.coordinator;

import static motley.tensor.Require.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.OptionalLong;
import motley.rounds.sharing.Priority;

/// What a run claims of the fleet and of its owner's credits.
///
/// @param weight its share of the fleet against other runs of its priority, [1, 1000]
/// @param contributors whose devices may work for it
/// @param budgetMicros micro-credits it may take; empty: what it takes
public record Claim(
        int weight, Priority priority, Contributors contributors, OptionalLong budgetMicros) {
    /// The share of one among equals, of any devices.
    public static final Claim USUAL =
            new Claim(1, Priority.NORMAL, new Contributors.Everybody(), OptionalLong.empty());

    /// Its fields in JSON that can be changed while the run goes on.
    static final List<String> CHANGEABLE = List.of("weight", "priority", "contributors");

    private static final int WEIGHT_MAX = 1_000;

    /// @throws IllegalArgumentException naming the field that is wrong
    public Claim {
        require(
                weight >= 1 && weight <= WEIGHT_MAX,
                "weight: %d (expected: 1 to %d)",
                weight,
                WEIGHT_MAX);
        budgetMicros.ifPresent(
                micros -> require(micros >= 1, "budgetMicros: %d (expected: at least 1)", micros));
    }

    void write(ObjectNode object) {
        object.put("weight", weight)
                .put("priority", Json.word(priority))
                .put("contributors", contributors.text());
        budgetMicros.ifPresent(micros -> object.put("budgetMicros", micros));
    }

    /// The fields of `object` that are there, the others as here.
    ///
    /// @throws IllegalArgumentException naming the field that is wrong
    Claim with(JsonNode object) {
        return new Claim(
                object.has("weight") ? weight(object.get("weight")) : weight,
                object.has("priority")
                        ? Priority.named(text("priority", object.get("priority")))
                        : priority,
                object.has("contributors")
                        ? Contributors.parse(text("contributors", object.get("contributors")))
                        : contributors,
                object.has("budgetMicros") ? budget(object.get("budgetMicros")) : budgetMicros);
    }

    private static int weight(JsonNode value) {
        boolean isWhole = value.isIntegralNumber() && value.canConvertToInt();
        require(isWhole, "weight: %s (expected: 1 to %d)", value, WEIGHT_MAX);
        return value.intValue();
    }

    private static OptionalLong budget(JsonNode value) {
        boolean isWhole = value.isIntegralNumber() && value.canConvertToLong();
        require(isWhole, "budgetMicros: %s (expected: a whole number of 64 bits)", value);
        return OptionalLong.of(value.longValue());
    }

    private static String text(String field, JsonNode value) {
        require(value.isTextual(), "%s: %s (expected: a string)", field, value);
        return value.textValue();
    }
}
