package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Objects;

/// Records where the time of a run's rounds went on its coordinator, from the events `times` of
/// the API.
///
/// Confined to one thread.
final class RoundRecorder {
    private static final long NS_PER_US = 1000;

    private static final Map<String, String> PHASES =
            Map.of(
                    "waiting", "waiting for devices",
                    "devices", "devices at work",
                    "evaluation", "evaluation by devices",
                    "sum", "adding gradients",
                    "update", "updating",
                    "publish", "publishing",
                    "checkpoint", "copying a checkpoint",
                    "other", "messages and decisions");

    private final ProcessRecorder recorder;

    RoundRecorder(ProcessRecorder recorder) {
        this.recorder = recorder;
    }

    /// @param times as the API's description has it
    void record(JsonNode times) {
        for (var phase : times.path("phases").properties()) {
            recorder.count(name(phase.getKey()), phase.getValue().asLong() * NS_PER_US);
        }
        long startNs = times.path("startMicros").asLong() * NS_PER_US;
        recorder.show(span(title(times), startNs, times.path("micros").asLong()));
        for (var span : times.path("spans")) {
            long offsetNs = span.path("offsetMicros").asLong() * NS_PER_US;
            var phase = name(span.path("phase").asText());
            recorder.show(span(phase, startNs + offsetNs, span.path("micros").asLong()));
        }
    }

    private static String title(JsonNode times) {
        return times.path("isEvaluation").asBoolean()
                ? "evaluation after epoch " + (times.path("epoch").asInt() + 1)
                : "round " + times.path("round").asInt();
    }

    private static TracePart.Span span(String name, long startNs, long micros) {
        return new TracePart.Span(name, "round", startNs, micros * NS_PER_US, Map.of());
    }

    /// A phase that a newer coordinator has keeps its own name.
    private static String name(String phase) {
        return Objects.requireNonNullElse(PHASES.get(phase), phase);
    }
}
