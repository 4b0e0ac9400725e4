package motley.app;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Fetches the weights of a run.
@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the model of a run with its weights to a file, at any time while it goes on.",
            "",
            "A run that began with a model from Keras gives it back as .keras or .h5."
        },
        footerHeading = "%nFor instance:%n",
        footer = {
            "  motley download RUN --out weights.safetensors",
            "  motley download RUN --best --out best.keras",
            "  motley download RUN --as npz --out weights.bin"
        })
final class DownloadCommand implements Runnable {
    @Parameters(paramLabel = "RUN", description = "as `motley runs` lists it")
    private String run = "";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = ".safetensors, .keras, .h5 or .npz")
    private Path out = Path.of("");

    @Option(
            names = "--as",
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES} (default: as FILE ends, else safetensors)")
    private Optional<ModelExport.Format> format = Optional.empty();

    @Option(
            names = "--best",
            description = "those with the lowest test loss so far, not the result or the latest")
    private boolean best;

    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var form = format.orElseGet(() -> ModelExport.Format.of(out)).word();
        var query = "?format=" + form + (best ? "&checkpoint=best" : "");
        Calls.with(
                coordinator,
                api -> {
                    api.download("/v1/runs/" + run + "/model" + query, out);
                    return out;
                });
        console.emit("model", Map.of("run", run, "format", form, "file", out.toString()));
        console.say("%s of %s in %s".formatted(form, run, out));
    }
}
