package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import motley.coordinator.credits.Credits;

/// What a device did, for whom, with what effect.
final class DeviceWork {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private DeviceWork() {}

    static void show(CoordinatorOptions coordinator, Console console, String device) {
        var work = Calls.get(coordinator, "/v1/devices/" + device + "/work");
        console.emit("work", Calls.fields(work));
        var rows = new ArrayList<List<String>>();
        for (var run : work.path("runs")) rows.add(row(run));
        var name = work.path("name").asText(device);
        if (rows.isEmpty()) {
            console.say("no answer of %s counts yet (`motley devices` says why)".formatted(name));
            return;
        }
        console.table(
                List.of(
                        "RUN",
                        "MODEL",
                        "FOR",
                        "TASKS",
                        "SAMPLES",
                        "SHARE",
                        "CREDITS",
                        "ACCURACY",
                        "LAST"),
                rows);
        console.say(
                "%s: %,d tasks, %,d samples, %.3g operations, %s credits"
                        .formatted(
                                name,
                                work.path("tasks").asLong(),
                                work.path("samples").asLong(),
                                work.path("flops").asDouble(),
                                Credits.text(work.path("micros").asLong())));
    }

    private static List<String> row(JsonNode run) {
        var last = Instant.ofEpochMilli(run.path("lastAtMs").asLong());
        var accuracy = run.path("effect").path("accuracy");
        return List.of(
                run.path("run").asText(),
                run.path("model").asText("-"),
                run.path("for").asText("-"),
                run.path("tasks").asText(),
                run.path("samples").asText(),
                String.format(Locale.ROOT, "%.1f %%", 100 * run.path("share").asDouble()),
                Credits.text(run.path("micros").asLong()),
                accuracy.isNumber() ? String.format(Locale.ROOT, "%.4f", accuracy.asDouble()) : "-",
                TIME.format(last.atZone(ZoneId.systemDefault())));
    }
}
