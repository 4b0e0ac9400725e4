package motley.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Lets a run rest.
@Command(
        name = "pause",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a run rest: no more tasks are handed out, those that are out still count.",
            "It stays paused, also across restarts of the coordinator, until `motley resume`."
        })
final class PauseCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "as `motley runs` lists it")
    private String run = "";

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var answer = Calls.post(coordinator, "/v1/runs/" + run + "/pause");
        console.emit("run", Calls.fields(answer));
        console.say("run %s pauses; go on with `motley resume %s`".formatted(run, run));
    }
}
