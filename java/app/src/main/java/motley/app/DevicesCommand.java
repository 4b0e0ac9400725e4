package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Lists the fleet, and decides whom to trust.
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        description = {
            "Lists the devices of a coordinator: state, health, work done, and how far runs with",
            "--trust audit believe them: new (every answer is checked), proven (one in fifty is),",
            "trusted (none is), quarantined (it gets no work)."
        })
final class DevicesCommand implements Runnable {
    /// One decision at a time.
    static final class Decision {
        @Option(
                names = "--pardon",
                paramLabel = "NAME",
                description = "lift a device's quarantine; it must prove itself again")
        private Optional<String> pardon = Optional.empty();

        @Option(
                names = "--trust",
                paramLabel = "NAME",
                description = "believe a device without audits, and let it decide disputes")
        private Optional<String> trust = Optional.empty();

        @Option(
                names = "--distrust",
                paramLabel = "NAME",
                description = "audit a device like any other again")
        private Optional<String> distrust = Optional.empty();

        private Map.Entry<String, String> named() {
            if (pardon.isPresent()) return Map.entry("pardon", pardon.get());
            if (trust.isPresent()) return Map.entry("trust", trust.get());
            return Map.entry("distrust", distrust.orElse(""));
        }
    }

    @Option(
            names = "--work",
            paramLabel = "NAME",
            description = "what a device of yours did, for whom, with what effect")
    private Optional<String> work = Optional.empty();

    /// Set by picocli where one is given.
    @ArgGroup private @Nullable Decision decision;

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var chosen = decision;
        if (chosen != null) decide(chosen.named().getKey(), chosen.named().getValue());
        if (work.isPresent()) {
            DeviceWork.show(coordinator, output.console(), id("work", work.get()));
            return;
        }
        list();
    }

    private void decide(String verb, String name) {
        Calls.post(coordinator, "/v1/devices/" + id(verb, name) + "/" + verb);
    }

    /// The device called `name`, or with that id.
    private String id(String option, String name) {
        var ids = new ArrayList<String>();
        for (var device : Calls.get(coordinator, "/v1/devices").path("devices")) {
            boolean isMeant =
                    device.path("name").asText().equals(name)
                            || device.path("id").asText().equals(name);
            if (isMeant) ids.add(device.path("id").asText());
        }
        if (ids.size() != 1) {
            var found = ids.isEmpty() ? "no such device" : ids.size() + " devices, " + ids;
            throw new UserException(
                    "--%s: %s: %s (expected: the name or id of one that `motley devices` lists)"
                            .formatted(option, name, found));
        }
        return ids.getFirst();
    }

    private void list() {
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
                        "DOWN", "UP", "TRUST"),
                rows);
        for (var device : devices) {
            var reason = device.path("reason").asText("");
            if (!reason.isEmpty()) console.say(device.path("name").asText() + ": " + reason);
            quarantine(device).ifPresent(console::say);
            limits(device).ifPresent(console::say);
            for (var data : device.path("profile").path("data")) console.say(offer(device, data));
        }
        console.emit("devices", Map.of("count", rows.size()));
    }

    private static Optional<String> limits(JsonNode device) {
        var words = new ArrayList<String>();
        for (var limit : device.path("profile").path("limits")) words.add(limit.asText());
        if (words.isEmpty()) return Optional.empty();
        return Optional.of(device.path("name").asText() + ": works " + String.join(", ", words));
    }

    private static String offer(JsonNode device, JsonNode data) {
        int classes = data.path("classes").asInt();
        return "%s: trains on its own data %s: %,d samples of %s%s"
                .formatted(
                        device.path("name").asText(),
                        data.path("name").asText(),
                        data.path("samples").asInt(),
                        data.path("input").asText(),
                        classes > 0 ? ", %d classes".formatted(classes) : "");
    }

    private static Optional<String> quarantine(JsonNode device) {
        var until = device.path("trust").path("quarantinedUntilMs");
        if (!until.isNumber()) return Optional.empty();
        var name = device.path("name").asText();
        return Optional.of(
                "%s: %s answers proven wrong, quarantined until %s; `motley devices --pardon %s`"
                        .formatted(
                                name,
                                device.path("trust").path("failures").asText(),
                                Instant.ofEpochMilli(until.asLong()),
                                name));
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
                TrafficReport.bytes(device.path("traffic").path("upBytes").asDouble()),
                device.path("trust").path("standing").asText("-"));
    }

    /// What was not measured is shown as such.
    private static String number(JsonNode value, String form, double scale) {
        return value.isNumber() ? String.format(Locale.ROOT, form, scale * value.asDouble()) : "-";
    }
}
