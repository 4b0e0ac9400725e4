package motley.app;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Fetches the weights of a run.
@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = "Writes the weights of a run to a file, at any time while it goes on.")
final class DownloadCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "as `motley runs` lists it")
    private String run = "";

    @Option(names = "--out", required = true, paramLabel = "FILE", description = ".safetensors")
    private Path out = Path.of("");

    @Option(
            names = "--best",
            description = "those with the lowest test loss so far, not the result or the latest")
    private boolean best;

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var query = best ? "?checkpoint=best" : "";
        Calls.with(
                coordinator,
                api -> {
                    api.download("/v1/runs/" + run + "/model" + query, out);
                    return out;
                });
        console.emit("model", Map.of("run", run, "file", out.toString()));
        console.say("weights of %s in %s".formatted(run, out));
    }
}
