package motley.app;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Lists runs.
@Command(
        name = "runs",
        mixinStandardHelpOptions = true,
        description = "Lists the runs of a coordinator and what each is waiting for.")
final class RunsCommand implements Runnable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var rows = new ArrayList<List<String>>();
        for (var run : Calls.get(coordinator, "/v1/runs").path("runs")) {
            console.emit("run", Calls.fields(run));
            var progress = run.path("progress");
            var created = Instant.ofEpochMilli(run.path("createdAtMs").asLong());
            var accuracy = run.path("lastEvaluation").path("accuracy");
            rows.add(
                    List.of(
                            run.path("id").asText(),
                            run.path("model").asText(),
                            run.path("status").asText(),
                            progress.path("epoch").asInt() + 1 + "/" + progress.path("epochs"),
                            progress.path("round") + "/" + progress.path("rounds"),
                            accuracy.isNumber()
                                    ? String.format(Locale.ROOT, "%.4f", accuracy.asDouble())
                                    : "-",
                            TIME.format(created.atZone(ZoneId.systemDefault())),
                            run.path("waiting").asText()));
        }
        if (rows.isEmpty()) {
            console.say("no runs; start one with `motley train mnist-cnn --data mnist`");
            return;
        }
        console.table(
                List.of("RUN", "MODEL", "STATUS", "EPOCH", "ROUND", "ACCURACY", "SINCE", "NOW"),
                rows);
    }
}
