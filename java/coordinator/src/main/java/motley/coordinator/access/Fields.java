package motley.coordinator.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The fields of a small JSON object that came with a request.
public record Fields(JsonNode object) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int WORD_CHARS_MAX = 1_000;

    /// The fields of the body, which may have these names and no others; an empty body has none.
    ///
    /// @throws IllegalArgumentException if the body is something else
    public static Fields of(HttpRequest request, String... names) {
        var body = request.aggregate().join().contentUtf8();
        if (body.isBlank()) return new Fields(MAPPER.createObjectNode());
        var known = new TreeSet<>(Set.of(names));
        var object = parse(body);
        object.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!known.contains(name)) throw unknown(name, known);
                        });
        return new Fields(object);
    }

    public String text(String name) {
        return optionalText(name)
                .orElseThrow(
                        () -> new IllegalArgumentException(name + ": missing (expected: text)"));
    }

    public Optional<String> optionalText(String name) {
        return value(name, "text").map(value -> text(name, value));
    }

    public Optional<Boolean> optionalFlag(String name) {
        var value = value(name, "true or false");
        if (value.isPresent() && !value.get().isBoolean()) {
            throw wrong(name, value.get(), "true or false");
        }
        return value.map(JsonNode::booleanValue);
    }

    public Optional<List<String>> optionalTexts(String name) {
        return value(name, "a list of words")
                .map(
                        list -> {
                            if (!list.isArray()) throw wrong(name, list, "a list of words");
                            var texts = new ArrayList<String>();
                            list.forEach(item -> texts.add(text(name, item)));
                            return List.copyOf(texts);
                        });
    }

    /// A number of seconds.
    public Duration seconds(String name, Duration usual) {
        var value = value(name, "a number of seconds");
        if (value.isEmpty()) return usual;
        if (!value.get().canConvertToInt() || !value.get().isIntegralNumber()) {
            throw wrong(name, value.get(), "a whole number of seconds");
        }
        return Duration.ofSeconds(value.get().intValue());
    }

    private Optional<JsonNode> value(String name, String expected) {
        var value = object.get(name);
        if (value != null && value.isNull()) throw wrong(name, value, expected);
        return Optional.ofNullable(value);
    }

    private static String text(String name, JsonNode value) {
        if (!value.isTextual()) throw wrong(name, value, "text");
        if (value.textValue().length() > WORD_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "%s: %d characters (expected: at most %d)"
                            .formatted(name, value.textValue().length(), WORD_CHARS_MAX));
        }
        return value.textValue();
    }

    private static JsonNode parse(String body) {
        try {
            var object = MAPPER.readTree(body);
            if (object.isObject()) return object;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON (expected: an object)", e);
        }
        throw new IllegalArgumentException("body: no object (expected: an object)");
    }

    private static IllegalArgumentException unknown(String name, Set<String> known) {
        return new IllegalArgumentException(
                "%s: no such field (expected: one of %s)"
                        .formatted(
                                name.length() > 64 ? name.substring(0, 64) + "…" : name,
                                String.join(", ", known)));
    }

    /// Values stay out of it: they may be passwords.
    private static IllegalArgumentException wrong(String name, JsonNode value, String expected) {
        return new IllegalArgumentException(
                "%s: %s (expected: %s)".formatted(name, Words.of(value.getNodeType()), expected));
    }
}
