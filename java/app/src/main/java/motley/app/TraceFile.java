package motley.app;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Traces in Chrome's format, which chrome://tracing and ui.perfetto.dev show: "complete" events
/// (`ph` X) with `ts` and `dur` in microseconds, one process each device, and "metadata" events
/// (`ph` M) with the names of processes and threads. Sums are in `otherData`, which viewers skip.
///
/// Source: "Trace Event Format", the Chromium project.
final class TraceFile {
    static final String KERNEL = "kernel";
    static final String RUN = "run";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double NS_PER_US = 1e3;

    private TraceFile() {}

    /// Writes all parts on one axis, which begins with the first of them. The file appears when it
    /// is complete.
    static void write(Path file, List<TracePart> parts) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        if (folder != null) Files.createDirectories(folder);
        var growing = file.resolveSibling(file.getFileName() + ".part");
        long originNs = parts.stream().mapToLong(part -> part.profile().beganNs()).min().orElse(0);
        try (var json = JSON.getFactory().createGenerator(Files.newOutputStream(growing))) {
            json.writeStartObject();
            json.writeStringField("displayTimeUnit", "ms");
            writeSums(json, parts, originNs);
            json.writeArrayFieldStart("traceEvents");
            for (int i = 0; i < parts.size(); i++) {
                var out = new Out(json, i + 1, originNs);
                writeNames(out, parts.get(i));
                switch (parts.get(i)) {
                    case TracePart.Recorded recorded -> writeSpans(out, recorded);
                    case TracePart.Stored stored -> copyEvents(out, stored);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        Files.move(growing, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /// One process's place in the file.
    private record Out(JsonGenerator json, int pid, long originNs) {}

    private static void writeSums(JsonGenerator json, List<TracePart> parts, long originNs)
            throws IOException {
        json.writeObjectFieldStart("otherData");
        json.writeStringField("began", Instant.ofEpochMilli(originNs / 1_000_000).toString());
        json.writeNumberField("originNs", originNs);
        json.writeNumberField(
                "eventsLost", parts.stream().mapToLong(part -> part.profile().spansLost()).sum());
        json.writeArrayFieldStart("processes");
        for (var part : parts) json.writePOJO(part.profile());
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeNames(Out out, TracePart part) throws IOException {
        writeName(out, 0, "process_name", part.profile().name());
        if (!(part instanceof TracePart.Recorded recorded)) return;
        for (int i = 0; i < recorded.tracks().size(); i++) {
            writeName(out, i + 1, "thread_name", recorded.tracks().get(i).name());
        }
    }

    private static void writeName(Out out, int tid, String what, String name) throws IOException {
        var json = out.json;
        json.writeStartObject();
        json.writeStringField("ph", "M");
        json.writeNumberField("pid", out.pid);
        json.writeNumberField("tid", tid);
        json.writeStringField("name", what);
        json.writePOJOField("args", Map.of("name", name));
        json.writeEndObject();
    }

    private static void writeSpans(Out out, TracePart.Recorded part) throws IOException {
        var json = out.json;
        for (int i = 0; i < part.tracks().size(); i++) {
            for (var span : part.tracks().get(i).spans()) {
                json.writeStartObject();
                json.writeStringField("ph", "X");
                json.writeNumberField("pid", out.pid);
                json.writeNumberField("tid", i + 1);
                json.writeNumberField("ts", (span.startNs() - out.originNs) / NS_PER_US);
                json.writeNumberField("dur", span.ns() / NS_PER_US);
                json.writeStringField("cat", span.category());
                json.writeStringField("name", span.name());
                json.writePOJOField("args", span.args());
                json.writeEndObject();
            }
        }
    }

    /// The events of another file, one by one: moved on the axis, and named anew.
    private static void copyEvents(Out out, TracePart.Stored part) throws IOException {
        double shiftUs = (part.originNs() - out.originNs) / NS_PER_US;
        try (var in = JSON.getFactory().createParser(part.file().toFile())) {
            seek(in, "traceEvents");
            while (in.nextToken() == JsonToken.START_OBJECT) {
                ObjectNode event = in.readValueAsTree();
                if (event.path("name").asText().equals("process_name")) continue;
                event.put("pid", out.pid);
                if (event.has("ts")) event.put("ts", exact(event.path("ts").asDouble() + shiftUs));
                rename(event, part.profile());
                out.json.writeTree(event);
            }
        }
    }

    /// To the nanosecond, which is the last digit.
    private static double exact(double us) {
        return Math.round(us * NS_PER_US) / NS_PER_US;
    }

    private static void rename(ObjectNode event, ProcessProfile profile) {
        var category = event.path("cat").asText();
        if (!category.equals(KERNEL) && !category.equals(RUN)) return;
        var args = event.path("args");
        var program = profile.programs().get(args.path("program").asInt());
        event.put("name", program.eventName(args.path("index").asInt(-1)));
    }

    /// Reads what a process of its own wrote, without its events.
    ///
    /// @throws IOException if the file cannot be read or is another program's
    static TracePart.Stored read(Path file) throws IOException {
        try (var in = JSON.getFactory().createParser(file.toFile())) {
            seek(in, "otherData");
            JsonNode sums = in.readValueAsTree();
            var process = sums.path("processes").path(0);
            if (process.isMissingNode()) throw new IOException(file + ": not a trace of Motley");
            var profile = JSON.treeToValue(process, ProcessProfile.class);
            return new TracePart.Stored(profile, file, sums.path("originNs").asLong());
        }
    }

    /// Goes to the value of a field of the outermost object.
    private static void seek(JsonParser in, String field) throws IOException {
        in.nextToken();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            boolean isFound = field.equals(in.currentName());
            in.nextToken();
            if (isFound) return;
            in.skipChildren();
        }
        throw new IOException("trace: no " + field);
    }
}
