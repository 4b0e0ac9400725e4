package motley.coordinator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Pattern;

/// What is wrong with one field of a request, and what would do.
///
/// @param field its name, with a dot before that of a field inside of it; `body` where it is none
/// @param value as it was sent; empty: it is missing
/// @param expected what would be right, in words
/// @param proposal a value that is right; JSON's null: to leave the field out; empty: none is known
public record FieldError(
        String field, Optional<JsonNode> value, String expected, Optional<JsonNode> proposal) {
    /// The form of all texts about what callers do wrong.
    private static final Pattern FORM =
            Pattern.compile("([\\w.]+): (.*?)(?: \\(expected: (.*)\\))?", Pattern.DOTALL);

    /// To leave the field out.
    public static final JsonNode NOTHING = NullNode.getInstance();

    /// What `text` says, `name: value (expected: …)`.
    public static FieldError of(String text) {
        var parts = FORM.matcher(text);
        if (!parts.matches()) {
            return new FieldError("body", Optional.empty(), text, Optional.empty());
        }
        var expected = parts.group(3);
        var words = expected == null ? parts.group(2) : expected;
        return new FieldError(parts.group(1), Optional.empty(), words, Optional.empty());
    }

    public FieldError with(Optional<JsonNode> given, Optional<JsonNode> better) {
        return new FieldError(field, given, expected, better);
    }

    /// The same without a proposal, because it would not do.
    public FieldError withoutProposal() {
        return new FieldError(field, value, expected, Optional.empty());
    }

    public ObjectNode json() {
        var object = Reply.object().put("field", field);
        value.ifPresent(given -> object.set("value", given));
        object.put("expected", expected);
        proposal.ifPresent(better -> object.set("proposal", better));
        return object;
    }

    /// One line for people.
    public String text() {
        var shown = value.map(JsonNode::toString).orElse("missing");
        var brief = shown.length() > 100 ? shown.substring(0, 100) + "…" : shown;
        return "%s: %s (expected: %s)".formatted(field, brief, expected);
    }
}
