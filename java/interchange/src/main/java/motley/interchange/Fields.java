package motley.interchange;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import motley.tensor.Shape;

/// The fields of one JSON object, taken one by one; then a reader asks for the end, which refuses
/// what nobody took, because a misspelt setting would be ignored otherwise.
///
/// Confined to one thread.
final class Fields {
    private static final int SHOWN_LENGTH_MAX = 60;

    private final JsonNode object;
    private final String path;
    private final Set<String> known = new LinkedHashSet<>();

    /// @param path where the object is, for messages: `layers[3]`
    /// @throws IllegalArgumentException if it is no object
    Fields(JsonNode object, String path) {
        this.object = object;
        this.path = path;
        if (!object.isObject()) throw wrong(path, object, "an object");
    }

    String path() {
        return path;
    }

    boolean has(String name) {
        return object.has(name);
    }

    int whole(String name) {
        var value = take(name);
        boolean fits = value.isIntegralNumber() && value.canConvertToInt();
        if (!fits) throw wrong(at(name), value, "a whole number under 2^31");
        return value.intValue();
    }

    int whole(String name, int otherwise) {
        return isGiven(name) ? whole(name) : otherwise;
    }

    double number(String name, double otherwise) {
        if (!isGiven(name)) return otherwise;
        var value = take(name);
        boolean fits = value.isNumber() && Double.isFinite(value.doubleValue());
        if (!fits) throw wrong(at(name), value, "a number");
        return value.doubleValue();
    }

    boolean flag(String name, boolean otherwise) {
        if (!isGiven(name)) return otherwise;
        var value = take(name);
        if (!value.isBoolean()) throw wrong(at(name), value, "true or false");
        return value.booleanValue();
    }

    String text(String name) {
        var value = take(name);
        if (!value.isTextual()) throw wrong(at(name), value, "a text");
        return value.textValue();
    }

    Optional<String> textIfAny(String name) {
        return isGiven(name) ? Optional.of(text(name)) : Optional.empty();
    }

    /// One of the constants of `type`, in lower case.
    <E extends Enum<E>> E choice(String name, E otherwise) {
        var constants = otherwise.getDeclaringClass().getEnumConstants();
        var text = textIfAny(name).orElse(lowerCase(otherwise));
        for (var constant : constants) if (lowerCase(constant).equals(text)) return constant;
        var expected = String.join(" or ", Stream.of(constants).map(Fields::lowerCase).toList());
        throw wrong(at(name), object.path(name), expected);
    }

    static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    Shape shape(String name) {
        var value = take(name);
        if (!value.isArray()) throw wrong(at(name), value, "a list of dimensions");
        var dims = new ArrayList<Integer>();
        for (var dim : value) {
            boolean fits = dim.isIntegralNumber() && dim.canConvertToInt();
            if (!fits) throw wrong(at(name), dim, "whole numbers under 2^31");
            dims.add(dim.intValue());
        }
        return new Shape(dims);
    }

    /// The elements of a list; none if there is no such field.
    List<JsonNode> list(String name) {
        if (!isGiven(name)) return List.of();
        var value = take(name);
        if (!value.isArray()) throw wrong(at(name), value, "a list");
        var elements = new ArrayList<JsonNode>();
        value.forEach(elements::add);
        return elements;
    }

    /// The object behind `name`.
    Fields object(String name) {
        return new Fields(take(name), at(name));
    }

    /// @throws IllegalArgumentException if a field is left that nobody took
    void requireNoneLeft() {
        object.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (known.contains(name)) return;
                            throw new IllegalArgumentException(
                                    "%s: no such field (expected: one of %s)"
                                            .formatted(
                                                    at(shortened(name)), String.join(", ", known)));
                        });
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    static IllegalArgumentException wrong(String where, JsonNode value, String expected) {
        var shown = value.isMissingNode() ? "missing" : shortened(value.toString());
        return new IllegalArgumentException(
                "%s: %s (expected: %s)"
                        .formatted(where.isEmpty() ? "model" : where, shown, expected));
    }

    /// Whoever wrote the file decides how long its texts are.
    static String shortened(String text) {
        if (text.length() <= SHOWN_LENGTH_MAX) return text;
        return text.substring(0, SHOWN_LENGTH_MAX) + "…";
    }

    private boolean isGiven(String name) {
        known.add(name);
        return object.has(name);
    }

    private JsonNode take(String name) {
        known.add(name);
        return object.path(name);
    }
}
