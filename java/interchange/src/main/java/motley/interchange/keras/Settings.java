package motley.interchange.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The settings of one Keras object, as its `config` has them.
///
/// @param where the object, for messages: `layer conv2d_1 (Conv2D)`
/// @param rank axes of its input without the batch, where its builder has said
record Settings(JsonNode config, String where, Optional<Integer> rank) {
    Settings(JsonNode config, String where) {
        this(config, where, Optional.empty());
    }

    Settings {
        if (!config.isObject()) throw KerasRefusedException.of(where, config, "an object");
    }

    String at(String name) {
        return where + ": " + name;
    }

    boolean has(String name) {
        return config.hasNonNull(name);
    }

    JsonNode node(String name) {
        return config.path(name);
    }

    int whole(String name) {
        return whole(name, config.path(name));
    }

    int whole(String name, int otherwise) {
        return has(name) ? whole(name) : otherwise;
    }

    private int whole(String name, JsonNode value) {
        boolean fits = value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0;
        if (fits) return value.intValue();
        throw KerasRefusedException.of(at(name), value, "a whole number from 0 to 2^31");
    }

    double number(String name, double otherwise) {
        if (!has(name)) return otherwise;
        var value = config.path(name);
        boolean fits = value.isNumber() && Double.isFinite(value.doubleValue());
        if (fits) return value.doubleValue();
        throw KerasRefusedException.of(at(name), value, "a number");
    }

    boolean flag(String name, boolean otherwise) {
        if (!has(name)) return otherwise;
        var value = config.path(name);
        if (value.isBoolean()) return value.booleanValue();
        throw KerasRefusedException.of(at(name), value, "true or false");
    }

    String text(String name, String otherwise) {
        if (!has(name)) return otherwise;
        var value = config.path(name);
        if (value.isTextual()) return value.textValue();
        throw KerasRefusedException.of(at(name), value, "a text");
    }

    /// A number, or a list of `count` numbers.
    List<Integer> wholes(String name, int count, int otherwise) {
        if (!has(name)) return java.util.Collections.nCopies(count, otherwise);
        var value = config.path(name);
        if (!value.isArray()) return java.util.Collections.nCopies(count, whole(name));
        var all = new ArrayList<Integer>();
        for (var element : value) all.add(whole(name, element));
        if (all.size() == count) return all;
        throw KerasRefusedException.of(at(name), value, count + " numbers");
    }

    /// A number or a list of them, which may be below 0.
    List<Integer> wholesWithSign(String name, int otherwise) {
        if (!has(name)) return List.of(otherwise);
        var value = config.path(name);
        var all = new ArrayList<Integer>();
        if (value.isArray()) value.forEach(element -> all.add(element.asInt(Integer.MIN_VALUE)));
        else all.add(value.asInt(Integer.MIN_VALUE));
        return all;
    }

    /// Whether an axis, counted with the batch, is the last one, where that can be known: Keras
    /// writes the number itself once a layer has seen its input.
    boolean isLastAxis(int axis) {
        if (axis == -1) return true;
        return rank.isPresent() && axis == rank.get();
    }

    /// A number that is the same each way: Motley's windows are square.
    int square(String name, int count, int otherwise) {
        var all = wholes(name, count, otherwise);
        if (all.stream().distinct().count() == 1) return all.getFirst();
        throw KerasRefusedException.of(at(name), all, "the same number each way");
    }

    List<Double> numbers(String name) {
        var all = new ArrayList<Double>();
        flatten(name, config.path(name), all, 0);
        return all;
    }

    private void flatten(String name, JsonNode node, List<Double> all, int depth) {
        if (node.isNumber()) {
            all.add(node.doubleValue());
        } else if (node.isArray() && depth < 4) {
            for (var element : node) flatten(name, element, all, depth + 1);
        } else {
            throw KerasRefusedException.of(at(name), node, "numbers");
        }
    }

    Optional<JsonNode> object(String name) {
        return has(name) ? Optional.of(config.path(name)) : Optional.empty();
    }

    /// @throws KerasRefusedException if one of them is set
    void requireUnset(String... names) {
        for (var name : names) {
            if (has(name)) throw KerasRefusedException.of(at(name), named(name), "none");
        }
    }

    /// @throws KerasRefusedException if one of them is true
    void requireFalse(String... names) {
        for (var name : names) {
            if (flag(name, false)) throw KerasRefusedException.of(at(name), true, "false");
        }
    }

    void requireText(String name, String only) {
        var found = text(name, only);
        if (!found.equals(only)) throw KerasRefusedException.of(at(name), found, only);
    }

    void requireNumber(String name, double only) {
        double found = number(name, only);
        if (found != only) throw KerasRefusedException.of(at(name), found, String.valueOf(only));
    }

    private String named(String name) {
        var value = config.path(name);
        return value.has("class_name") ? value.path("class_name").asText() : value.toString();
    }
}
