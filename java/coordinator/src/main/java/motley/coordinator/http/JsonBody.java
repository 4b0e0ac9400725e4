package motley.coordinator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import java.util.Collection;

/// Requests in JSON. What is wrong with one is an [IllegalArgumentException] that names the field.
public final class JsonBody {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonBody() {}

    /// The body of `request`, an object; an empty one where there is no body.
    public static ObjectNode object(HttpRequest request) {
        return object(request.aggregate().join().contentUtf8());
    }

    /// The same with no fields but `fields`: a misspelt one would be ignored otherwise.
    public static ObjectNode object(HttpRequest request, Collection<String> fields) {
        var object = object(request);
        requireKnown(object, fields);
        return object;
    }

    public static ObjectNode object(String text) {
        try {
            var tree = MAPPER.readTree(text.isBlank() ? "{}" : text);
            if (tree instanceof ObjectNode object) return object;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("body: not an object (expected: one of fields)");
    }

    public static void requireKnown(ObjectNode object, Collection<String> fields) {
        for (var field : object.properties()) {
            if (fields.contains(field.getKey())) continue;
            throw new IllegalArgumentException(
                    "%s: no such field (expected: one of %s)"
                            .formatted(field.getKey(), String.join(", ", fields)));
        }
    }

    public static String text(JsonNode object, String field) {
        var value = object.path(field);
        if (value.isTextual() && !value.textValue().isBlank()) return value.textValue();
        throw wrong(field, value, "a string that is not empty");
    }

    public static long number(JsonNode object, String field) {
        var value = object.path(field);
        if (value.isIntegralNumber() && value.canConvertToLong()) return value.longValue();
        throw wrong(field, value, "a whole number of 64 bits");
    }

    private static IllegalArgumentException wrong(String field, JsonNode value, String expected) {
        var shown = value.isMissingNode() ? "missing" : value.toString();
        return new IllegalArgumentException(
                "%s: %s (expected: %s)".formatted(field, shown, expected));
    }
}
