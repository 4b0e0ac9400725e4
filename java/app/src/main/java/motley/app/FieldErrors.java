package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/// What a coordinator says is wrong with fields, for people.
final class FieldErrors {
    private FieldErrors() {}

    /// All of them, one a line.
    static String text(JsonNode errors) {
        var text = new StringJoiner("\n  ");
        for (var error : errors) text.add(line(error));
        return text.toString();
    }

    static String line(JsonNode error) {
        var value = error.has("value") ? error.path("value").toString() : "missing";
        var brief = value.length() > 60 ? value.substring(0, 60) + "…" : value;
        var text =
                "%s: %s (expected: %s)"
                        .formatted(
                                error.path("field").asText(),
                                brief,
                                error.path("expected").asText());
        if (!error.has("proposal")) return text;
        var better = error.path("proposal");
        return text + (better.isNull() ? "; leave it out" : "; try " + better);
    }
}
