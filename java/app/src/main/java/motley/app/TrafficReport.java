package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a run sent over the network, for people and programs.
///
/// @param lastUpBytes of the answer that came last, which is another than the mean where a run
///     begins with a warm-up
record TrafficReport(long downBytes, long upBytes, long lastUpBytes, long tasks) {
    /// @param run as the API shows it
    static TrafficReport of(JsonNode run) {
        var traffic = run.path("traffic");
        return new TrafficReport(
                traffic.path("downBytes").asLong(),
                traffic.path("upBytes").asLong(),
                traffic.path("lastUpBytes").asLong(),
                traffic.path("tasks").asLong());
    }

    void addTo(Map<String, Object> fields) {
        fields.put("downBytes", downBytes);
        fields.put("upBytes", upBytes);
        fields.put("lastUpBytes", lastUpBytes);
        if (tasks == 0) return;
        fields.put("downBytesPerTask", downBytes / tasks);
        fields.put("upBytesPerTask", upBytes / tasks);
    }

    /// Empty where everything went through files of one machine.
    Optional<String> text() {
        if (tasks == 0 || downBytes + upBytes == 0) return Optional.empty();
        return Optional.of(
                "sent over HTTP: %s down and %s up per task, the last answer %s, %s in all"
                        .formatted(
                                bytes((double) downBytes / tasks),
                                bytes((double) upBytes / tasks),
                                bytes((double) lastUpBytes),
                                bytes((double) downBytes + upBytes)));
    }

    static String bytes(double bytes) {
        if (bytes >= 1e9) return String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
        if (bytes >= 1e6) return String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
        if (bytes >= 1e3) return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
        return String.format(Locale.ROOT, "%.0f B", bytes);
    }
}
