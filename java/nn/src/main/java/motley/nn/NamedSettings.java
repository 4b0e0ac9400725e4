package motley.nn;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A name with numbers, as people write it: `adamw:weight-decay=0.1,beta2=0.95`.
///
/// A reader takes the settings it knows, one by one, and then asks for the end, which refuses what
/// nobody took. Confined to one thread.
final class NamedSettings {
    private final String kind;
    private final String name;
    private final Map<String, Double> left = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    private NamedSettings(String kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    /// @param kind what is being named, for messages: `optimizer`
    /// @throws IllegalArgumentException if a setting is not `key=number`, or is there twice
    static NamedSettings parse(String kind, String text) {
        int colon = text.indexOf(':');
        var settings = new NamedSettings(kind, colon < 0 ? text : text.substring(0, colon));
        if (colon < 0) return settings;
        for (var setting : text.substring(colon + 1).split(",", -1)) {
            int equals = setting.indexOf('=');
            require(equals > 0, "%s setting: %s (expected: key=number)", kind, setting);
            var key = setting.substring(0, equals);
            double value = settings.number(key, setting.substring(equals + 1));
            var twice = settings.left.put(key, value) != null;
            require(!twice, "%s setting: %s (expected: each key once)", kind, key);
        }
        return settings;
    }

    String name() {
        return name;
    }

    /// The setting of that key, which is no longer there afterwards, or `otherwise`.
    double take(String key, double otherwise) {
        known.add(key);
        var value = left.remove(key);
        return value == null ? otherwise : value;
    }

    /// The keys nobody has taken yet, in the order of the text.
    List<String> keysLeft() {
        return List.copyOf(left.keySet());
    }

    /// @param others keys that might have been taken too, for the message
    /// @throws IllegalArgumentException if a setting is left that nobody took
    void requireNoneLeft(String... others) {
        if (left.isEmpty()) return;
        known.addAll(List.of(others));
        var expected = known.isEmpty() ? "none" : "one of " + String.join(", ", known);
        throw new IllegalArgumentException(
                "%s setting: %s (expected for %s: %s)"
                        .formatted(kind, keysLeft().getFirst(), name, expected));
    }

    private double number(String key, String value) {
        try {
            double number = Double.parseDouble(value);
            require(Double.isFinite(number), "%s: %s (expected: a finite number)", key, value);
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "%s setting %s: %s (expected: a number)".formatted(kind, key, value), e);
        }
    }
}
