package motley.coordinator.operations;

import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/// A text in which Prometheus reads figures. Source: "Text-based format", version 0.0.4.
///
/// Write a family, then all of its samples. One thread.
public final class Exposition {
    /// What HTTP calls the format.
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /// All names begin with it, so that nobody else's are meant.
    private static final String PREFIX = "motley_";

    private final StringBuilder text = new StringBuilder();
    private String family = "";

    /// What a figure is.
    public enum Type {
        /// Only grows, from 0 when the coordinator starts; its name ends in `_total`.
        COUNTER,
        /// Goes up and down.
        GAUGE
    }

    /// Begins a family.
    ///
    /// @param name in snake case, with its unit; `motley_` comes before it
    /// @param help one sentence for people
    public Exposition family(String name, Type type, String help) {
        family = PREFIX + name;
        text.append("# HELP ").append(family).append(' ').append(escaped(help)).append('\n');
        var word = type.name().toLowerCase(Locale.ROOT);
        text.append("# TYPE ").append(family).append(' ').append(word).append('\n');
        return this;
    }

    /// The only sample of the family.
    public Exposition sample(double value) {
        return sample(Map.of(), number(value));
    }

    /// The only sample of the family.
    public Exposition sample(long value) {
        return sample(Map.of(), Long.toString(value));
    }

    /// One of the samples of the family.
    public Exposition sample(String label, String named, double value) {
        return sample(Map.of(label, named), number(value));
    }

    /// One of the samples of the family.
    public Exposition sample(String label, String named, long value) {
        return sample(Map.of(label, named), Long.toString(value));
    }

    /// One of the samples of the family, with labels in their order.
    public Exposition sample(SequencedMap<String, String> labels, long value) {
        return sample(labels, Long.toString(value));
    }

    private Exposition sample(Map<String, String> labels, String value) {
        text.append(family);
        char before = '{';
        for (var label : labels.entrySet()) {
            text.append(before).append(label.getKey()).append("=\"");
            text.append(escaped(label.getValue()).replace("\"", "\\\"")).append('"');
            before = ',';
        }
        if (before == ',') text.append('}');
        text.append(' ').append(value).append('\n');
        return this;
    }

    public String text() {
        return text.toString();
    }

    private static String escaped(String words) {
        return words.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String number(double value) {
        if (Double.isNaN(value)) return "NaN";
        if (Double.isInfinite(value)) return value > 0 ? "+Inf" : "-Inf";
        boolean isWhole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
        return isWhole ? Long.toString((long) value) : Double.toString(value);
    }
}
