package motley.app;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import motley.training.Score;

/// Metrics of a [Score] for people and for programs.
final class Scores {
    private Scores() {}

    /// `, top-5 0.9812, f1 0.8911`; nothing where nobody asked for metrics.
    static String text(Score score) {
        var text = new StringBuilder();
        score.metrics()
                .forEach(
                        (metric, value) ->
                                text.append(
                                        String.format(
                                                Locale.ROOT, ", %s %.4f", metric.text(), value)));
        return text.toString();
    }

    static Map<String, Double> fields(Score score) {
        var fields = new LinkedHashMap<String, Double>();
        score.metrics().forEach((metric, value) -> fields.put(metric.text(), value));
        return fields;
    }
}
