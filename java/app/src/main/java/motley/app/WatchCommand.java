package motley.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Shows a run while it goes on.
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = {
            "Shows a run while it goes on, also across restarts of the coordinator.",
            "Ctrl-C ends the watching, not the run."
        })
final class WatchCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "RUN",
            description = "as `motley runs` lists it (default: the newest)")
    private String run = "";

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public Integer call() {
        var console = output.console();
        return Calls.with(
                coordinator,
                api -> {
                    var id = run.isEmpty() ? Runs.newest(api) : run;
                    var description = api.get("/v1/runs/" + id);
                    var end = new RunFollower(api, console, description).follow(() -> {});
                    console.emit("run", Calls.fields(end));
                    console.say(
                            "run %s %s: %s"
                                    .formatted(
                                            id,
                                            end.path("status").asText(),
                                            end.path("waiting").asText()));
                    return end.path("status").asText().equals("finished") ? 0 : 1;
                });
    }
}
