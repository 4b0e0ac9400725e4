package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Lists the fleet.
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        description = "Lists the devices of a coordinator: state, health, work done.")
final class DevicesCommand implements Runnable {
    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var devices = Calls.get(coordinator, "/v1/devices").path("devices");
        var rows = new ArrayList<List<String>>();
        for (var device : devices) {
            rows.add(row(device));
            console.emit("device", Calls.fields(device));
        }
        if (rows.isEmpty()) {
            console.say("no devices; offer one with `motley join`");
            return;
        }
        console.table(
                List.of(
                        "NAME", "STATE", "THREADS", "GFLOP/S", "LOAD", "BATTERY", "TASKS", "RATE",
                        "DOWN", "UP"),
                rows);
        for (var device : devices) {
            var reason = device.path("reason").asText("");
            if (!reason.isEmpty()) console.say(device.path("name").asText() + ": " + reason);
        }
        console.emit("devices", Map.of("count", rows.size()));
    }

    private static List<String> row(JsonNode device) {
        var health = device.path("health");
        var work = device.path("work");
        return List.of(
                device.path("name").asText(),
                device.path("state").asText(),
                device.path("profile").path("threads").asText(),
                number(device.path("profile").path("gflops"), "%.0f", 1),
                number(health.path("load"), "%.0f %%", 100),
                number(health.path("battery"), "%.0f %%", 100),
                work.path("tasks").asText(),
                number(work.path("samplesPerSecond"), "%,.0f samples/s", 1),
                TrafficReport.bytes(device.path("traffic").path("downBytes").asDouble()),
                TrafficReport.bytes(device.path("traffic").path("upBytes").asDouble()));
    }

    /// What was not measured is shown as such.
    private static String number(JsonNode value, String form, double scale) {
        return value.isNumber() ? String.format(Locale.ROOT, form, scale * value.asDouble()) : "-";
    }
}
