package motley.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Ends a run at its last finished step.
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        description = "Ends a run at its last finished step; its weights stay downloadable.")
final class StopCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "as `motley runs` lists it")
    private String run = "";

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var answer = Calls.post(coordinator, "/v1/runs/" + run + "/stop");
        console.emit("run", Calls.fields(answer));
        console.say("run %s stops".formatted(run));
    }
}
