package motley.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import motley.cpu.Profile;
import motley.cpu.Profile.KernelTime;

/// A profile as tables and as a trace file.
///
/// @param peakGflopsPerSecond of all threads together, what shares are of
record ProfileReport(Profile profile, double peakGflopsPerSecond) {
    private static final int ROWS_MAX = 15;
    private static final double NS_PER_US = 1e3;
    private static final String UNLABELLED = "(none)";

    private record Row(String name, double ms, double flops, double bytes) {
        static Row of(String name, KernelTime kernel) {
            return new Row(
                    name,
                    kernel.ns() / 1e6,
                    (double) kernel.flops() * kernel.runs(),
                    (double) kernel.bytes() * kernel.runs());
        }

        Row plus(Row other) {
            return new Row(name, ms + other.ms, flops + other.flops, bytes + other.bytes);
        }
    }

    void print(Console console) {
        var layers = new LinkedHashMap<String, Row>();
        var kernels = new ArrayList<Row>();
        for (var kernel : profile.kernels()) {
            if (kernel.runs() == 0) continue;
            var label = kernel.label().isEmpty() ? UNLABELLED : kernel.label();
            layers.merge(label, Row.of(label, kernel), Row::plus);
            kernels.add(Row.of(kernel.name() + "  # " + label, kernel));
        }
        table(console, "layer", List.copyOf(layers.values()));
        console.say("");
        table(console, "kernel", kernels);
    }

    private void table(Console console, String what, List<Row> rows) {
        double totalMs = rows.stream().mapToDouble(Row::ms).sum();
        var lines = new ArrayList<List<String>>();
        rows.stream()
                .sorted(Comparator.comparingDouble(Row::ms).reversed())
                .limit(ROWS_MAX)
                .forEach(row -> lines.add(cells(row, totalMs)));
        console.table(List.of("ms", "time", "GFLOP", "GFLOP/s", "of peak", "GB/s", what), lines);
    }

    private List<String> cells(Row row, double totalMs) {
        double perSecond = row.ms == 0 ? 0 : row.flops / row.ms / 1e6;
        double bytesPerSecond = row.ms == 0 ? 0 : row.bytes / row.ms / 1e6;
        return List.of(
                "%.2f".formatted(row.ms),
                "%.1f %%".formatted(100 * row.ms / totalMs),
                "%.3f".formatted(row.flops / 1e9),
                "%.1f".formatted(perSecond),
                "%.0f %%".formatted(100 * perSecond / peakGflopsPerSecond),
                "%.1f".formatted(bytesPerSecond),
                row.name);
    }

    /// The format is Chrome's trace events, "complete" ones: times in microseconds.
    void write(Path file) throws IOException {
        try (var json = new JsonFactory().createGenerator(Files.newOutputStream(file))) {
            json.writeStartObject();
            json.writeStringField("displayTimeUnit", "ms");
            json.writeArrayFieldStart("traceEvents");
            for (var span : profile.spans()) event(json, span);
            json.writeEndArray();
            json.writeObjectFieldStart("otherData");
            json.writeNumberField("peakGflopsPerSecond", peakGflopsPerSecond);
            json.writeNumberField("eventsLost", profile.spansLost());
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private void event(JsonGenerator json, Profile.Span span) throws IOException {
        boolean isWhole = span.kernel() < 0;
        json.writeStartObject();
        json.writeStringField("ph", "X");
        json.writeNumberField("pid", 1);
        json.writeNumberField("tid", 1);
        json.writeNumberField("ts", span.startNs() / NS_PER_US);
        json.writeNumberField("dur", span.ns() / NS_PER_US);
        json.writeStringField("cat", isWhole ? "run" : "kernel");
        if (isWhole) {
            json.writeStringField("name", "run");
        } else {
            var kernel = profile.kernels().get(span.kernel());
            var label = kernel.label().isEmpty() ? UNLABELLED : kernel.label();
            json.writeStringField("name", label);
            json.writeObjectFieldStart("args");
            json.writeStringField("kernel", kernel.name());
            json.writeNumberField("flops", kernel.flops());
            json.writeNumberField("bytes", kernel.bytes());
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
