package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What viewers of Chrome's trace format take for granted.
final class TraceFormat {
    /// Times are written in microseconds as doubles: a nanosecond is their last digit, and a
    /// viewer adds two of them.
    private static final double LAST_DIGITS_US = 2e-3;

    private TraceFormat() {}

    /// Reads a trace and checks it: every event is complete or metadata, has its fields, belongs to
    /// a process with a name, and lies in the events around it or apart from them.
    static JsonNode read(Path file) throws IOException {
        var trace = new ObjectMapper().readTree(file.toFile());
        var names = names(trace);
        var byThread = new LinkedHashMap<String, List<JsonNode>>();
        for (var event : trace.path("traceEvents")) {
            assertThat(event.path("ph").asText()).isIn("X", "M");
            assertThat(event.path("name").asText()).isNotEmpty();
            assertThat(event.path("tid").isInt()).isTrue();
            assertThat(names).containsKey(event.path("pid").asInt());
            if (event.path("ph").asText().equals("M")) continue;
            assertThat(event.path("ts").isNumber()).isTrue();
            assertThat(event.path("ts").asDouble()).isNotNegative();
            assertThat(event.path("dur").asDouble()).isNotNegative();
            var thread = event.path("pid") + "." + event.path("tid");
            byThread.computeIfAbsent(thread, _ -> new ArrayList<>()).add(event);
        }
        byThread.values().forEach(TraceFormat::requireNested);
        return trace;
    }

    /// The processes' names by id.
    static Map<Integer, String> names(JsonNode trace) {
        var names = new LinkedHashMap<Integer, String>();
        for (var event : trace.path("traceEvents")) {
            if (!event.path("name").asText().equals("process_name")) continue;
            var name = event.path("args").path("name").asText();
            assertThat(names.put(event.path("pid").asInt(), name)).isNull();
        }
        return names;
    }

    /// All events of a category.
    static List<JsonNode> events(JsonNode trace, String category) {
        var found = new ArrayList<JsonNode>();
        for (var event : trace.path("traceEvents")) {
            if (event.path("cat").asText().equals(category)) found.add(event);
        }
        return found;
    }

    static double start(JsonNode event) {
        return event.path("ts").asDouble();
    }

    static double end(JsonNode event) {
        return start(event) + event.path("dur").asDouble();
    }

    private static void requireNested(List<JsonNode> events) {
        events.sort(
                Comparator.comparingDouble(TraceFormat::start)
                        .thenComparingDouble(event -> -event.path("dur").asDouble()));
        var open = new ArrayDeque<JsonNode>();
        for (var event : events) {
            while (!open.isEmpty() && end(open.peek()) <= start(event) + LAST_DIGITS_US) open.pop();
            if (!open.isEmpty()) {
                assertThat(end(event))
                        .as("%s in %s", event, open.peek())
                        .isLessThanOrEqualTo(end(open.peek()) + LAST_DIGITS_US);
            }
            open.push(event);
        }
    }
}
