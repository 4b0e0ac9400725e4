package motley.app;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Goes on with a run that was paused.
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        description = "Goes on with a run that `motley pause` let rest.")
final class ResumeCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "as `motley runs` lists it")
    private String run = "";

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var answer = Calls.post(coordinator, "/v1/runs/" + run + "/resume");
        console.emit("run", Calls.fields(answer));
        console.say("run %s goes on".formatted(run));
    }
}
