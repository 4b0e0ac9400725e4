package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Shows a run while it goes on, until it is over, also across restarts of the coordinator.
///
/// Confined to one thread.
final class RunFollower {
    private static final Set<String> OVER = Set.of("finished", "stopped", "failed");
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final int BAR = 24;
    private static final long SPEAK_EVERY_NS = Duration.ofSeconds(5).toNanos();

    private final ApiClient api;
    private final Console console;
    private final String run;
    private final int epochs;
    private final Optional<Consumer<JsonNode>> times;
    private boolean isAway;
    private long spokenNs;

    /// @param description of the run, as the API gives it
    RunFollower(ApiClient api, Console console, JsonNode description) {
        this(api, console, description, Optional.empty());
    }

    /// @param times is told where the time of each round went
    RunFollower(
            ApiClient api,
            Console console,
            JsonNode description,
            Optional<Consumer<JsonNode>> times) {
        this.times = times;
        this.api = api;
        this.console = console;
        this.run = description.path("id").asText();
        this.epochs = description.path("progress").path("epochs").asInt();
    }

    /// Follows until the run is over.
    ///
    /// @param check is called now and then and may throw to give up
    /// @return the run's last description
    JsonNode follow(Runnable check) throws InterruptedException {
        while (true) {
            check.run();
            try {
                var query = times.isPresent() ? "?times=true" : "";
                api.events("/v1/runs/" + run + "/events" + query, this::show);
                var now = api.get("/v1/runs/" + run);
                if (OVER.contains(now.path("status").asText())) return now;
                back();
            } catch (ApiClient.AwayException e) {
                away(e);
            }
            Thread.sleep(RETRY);
        }
    }

    private void away(ApiClient.AwayException why) {
        if (isAway) return;
        isAway = true;
        console.say(why.getMessage() + "; trying again until it is back");
        console.emit("away", Map.of("reason", String.valueOf(why.getMessage())));
    }

    private void back() {
        isAway = false;
    }

    private void show(JsonNode event) {
        isAway = false;
        if (event.path("type").asText().equals("times")) {
            times.ifPresent(listener -> listener.accept(event));
            return;
        }
        emit(event);
        switch (event.path("type").asText()) {
            case "round" -> round(event);
            case "evaluation" ->
                    console.say(
                            "epoch %d/%d: test accuracy %.4f, test loss %.4f"
                                    .formatted(
                                            event.path("epoch").asInt() + 1,
                                            epochs,
                                            event.path("accuracy").asDouble(),
                                            event.path("loss").asDouble()));
            case "device-joined" ->
                    console.say("device " + event.path("name").asText() + " takes part");
            case "device-left" -> {
                var reason = event.path("reason").asText("");
                console.say("device %s left: %s".formatted(event.path("name").asText(), reason));
            }
            case "status" -> status(event);
            default -> {}
        }
    }

    private void emit(JsonNode event) {
        var fields = Calls.fields(event);
        fields.remove("type");
        var type = event.path("type").asText("");
        if (!type.isEmpty()) console.emit(type, fields); // The first is the run itself.
    }

    private void status(JsonNode event) {
        var reason = event.path("reason").asText("");
        var status = event.path("status").asText();
        if (!reason.isEmpty()) console.say("run " + status + ": " + reason);
    }

    private void round(JsonNode event) {
        int done = event.path("roundOfEpoch").asInt();
        int rounds = event.path("roundsOfEpoch").asInt();
        var line =
                "epoch %d/%d %s %d/%d  loss %.4f  accuracy %.4f  %s samples/s  %s%s"
                        .formatted(
                                event.path("epoch").asInt() + 1,
                                epochs,
                                bar(done, rounds),
                                done,
                                rounds,
                                event.path("loss").asDouble(),
                                event.path("accuracy").asDouble(),
                                String.format(
                                        Locale.ROOT,
                                        "%,.0f",
                                        event.path("samplesPerSecond").asDouble()),
                                devices(event.path("devices").asInt()),
                                left(event));
        console.progress(line);
        boolean isDue = System.nanoTime() - spokenNs > SPEAK_EVERY_NS;
        if (console.isTerminal() || !isDue) return;
        spokenNs = System.nanoTime();
        console.say(line);
    }

    /// Evaluations are not counted.
    private String left(JsonNode event) {
        double perSecond = event.path("samplesPerSecond").asDouble();
        if (perSecond <= 0) return "";
        return "  %s left"
                .formatted(time(Math.round(event.path("samplesLeft").asLong() / perSecond)));
    }

    /// As exact as anybody wants to know: `45 s`, `3 min 20 s`, `2 h 5 min`.
    static String time(long seconds) {
        if (seconds < 60) return seconds + " s";
        if (seconds < 3600) return "%d min %d s".formatted(seconds / 60, seconds % 60);
        return "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
    }

    private static String bar(int done, int rounds) {
        int filled = BAR * done / Math.max(1, rounds);
        return "━".repeat(filled) + "─".repeat(BAR - filled);
    }

    private static String devices(int count) {
        return count == 1 ? "1 device" : count + " devices";
    }
}
