package motley.coordinator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.linecorp.armeria.common.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The fields of a JSON object. Fields that do not exist are refused, because a misspelt one would
/// be ignored otherwise. Errors show what is wrong, but never a secret.
public final class JsonFields {
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final int TEXT_CHARS_MAX = 1_000;

    private final JsonNode object;

    private JsonFields(JsonNode object) {
        this.object = object;
    }

    /// The body of a request; an empty one has no fields.
    ///
    /// @throws IllegalArgumentException if it is no object with such fields
    public static JsonFields of(HttpRequest request, Set<String> known) {
        var body = request.aggregate().join().contentUtf8();
        return of(body.isBlank() ? "{}" : body, known);
    }

    /// @throws IllegalArgumentException if `text` is no object with such fields
    public static JsonFields of(String text, Set<String> known) {
        try {
            var fields = new JsonFields(MAPPER.readTree(text));
            if (!fields.object.isObject()) throw wrong("body", fields.object, "an object");
            fields.object.fieldNames().forEachRemaining(name -> requireKnown(name, known));
            return fields;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void requireKnown(String name, Set<String> known) {
        if (known.contains(name)) return;
        throw new IllegalArgumentException(
                "%s: no such field (expected: one of %s)"
                        .formatted(name, String.join(", ", new TreeSet<>(known))));
    }

    public String text(String name) {
        var value = object.path(name);
        if (value.isTextual() && value.textValue().length() <= TEXT_CHARS_MAX) {
            return value.textValue();
        }
        throw wrong(name, value, "a string of at most %d characters".formatted(TEXT_CHARS_MAX));
    }

    public Optional<String> optionalText(String name) {
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    /// A password or a token.
    public String secret(String name) {
        var value = object.path(name);
        if (value.isTextual() && value.textValue().length() <= TEXT_CHARS_MAX) {
            return value.textValue();
        }
        throw new IllegalArgumentException(
                "%s: %s (expected: a string of at most %d characters)"
                        .formatted(
                                name,
                                value.isMissingNode() ? "missing" : "something else",
                                TEXT_CHARS_MAX));
    }

    public Optional<String> optionalSecret(String name) {
        return has(name) ? Optional.of(secret(name)) : Optional.empty();
    }

    /// Strings; none where the field is missing.
    public List<String> texts(String name) {
        return optionalTexts(name).orElse(List.of());
    }

    public Optional<List<String>> optionalTexts(String name) {
        if (!has(name)) return Optional.empty();
        var texts = new ArrayList<String>();
        var value = object.path(name);
        if (!value.isArray()) throw wrong(name, value, "a list of strings");
        for (var item : value) {
            if (!item.isTextual()) throw wrong(name, item, "a string");
            texts.add(item.textValue());
        }
        return Optional.of(List.copyOf(texts));
    }

    /// A whole number of seconds.
    public Duration seconds(String name, Duration fallback) {
        if (!has(name)) return fallback;
        var value = object.path(name);
        if (value.isIntegralNumber() && value.canConvertToInt()) {
            return Duration.ofSeconds(value.intValue());
        }
        throw wrong(name, value, "a whole number of seconds");
    }

    /// A whole number.
    public long integer(String name) {
        var value = object.path(name);
        if (value.isIntegralNumber() && value.canConvertToLong()) return value.longValue();
        throw wrong(name, value, "a whole number of 64 bits");
    }

    public long integer(String name, long fallback) {
        return has(name) ? integer(name) : fallback;
    }

    public double number(String name, double fallback) {
        if (!has(name)) return fallback;
        var value = object.path(name);
        if (value.isNumber()) return value.doubleValue();
        throw wrong(name, value, "a number");
    }

    public boolean flag(String name, boolean fallback) {
        if (!has(name)) return fallback;
        var value = object.path(name);
        if (value.isBoolean()) return value.booleanValue();
        throw wrong(name, value, "true or false");
    }

    private boolean has(String name) {
        return object.has(name);
    }

    private static IllegalArgumentException wrong(String name, JsonNode value, String expected) {
        var shown = value instanceof MissingNode ? "missing" : value.toString();
        var brief = shown.length() > 100 ? shown.substring(0, 100) + "…" : shown;
        return new IllegalArgumentException(
                "%s: %s (expected: %s)".formatted(name, brief, expected));
    }
}
