package motley.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Optional;
import motley.interchange.Npz;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasFile;
import motley.interchange.keras.KerasWriter;
import motley.interchange.keras.OptimizerState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes a model in another form.
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a model and its weights in another form: keras and h5 for Keras, npz for",
            "NumPy, safetensors for many.",
            "",
            "A model goes to Keras as it came from there, with its layers' names. Weights of a run",
            "(`motley download`) become one again with --like, the file that the run began with.",
            "From .keras to .keras the optimizer's state goes along."
        },
        footerHeading = "%nFor instance:%n",
        footer = {
            "  motley model export my.h5 --as keras --out my.keras",
            "  motley model export run.safetensors --like my.keras --as keras --out new.keras",
            "  motley model export my.keras --as npz --out weights.npz",
        })
final class ModelExport implements Runnable {
    /// Forms of a model.
    enum Format {
        KERAS,
        H5,
        NPZ,
        SAFETENSORS;

        /// What a file's name ends with; safetensors if with nothing known.
        static Format of(Path file) {
            for (var format : values()) {
                if (file.toString().endsWith("." + format.word())) return format;
            }
            return SAFETENSORS;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "FILE", description = "a .safetensors, .keras or .h5 file")
    private Path file = Path.of("");

    @Option(
            names = "--as",
            required = true,
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}")
    private Format format = Format.KERAS;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "replaced if there")
    private Path out = Path.of("");

    @Option(
            names = "--like",
            paramLabel = "FILE",
            description = "the Keras file whose model it is (default: as the file says)")
    private Optional<Path> like = Optional.empty();

    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        try {
            write();
        } catch (IOException e) {
            throw new UserException("cannot write %s: %s".formatted(out, e.getMessage()), e);
        }
        console.say("%s: written as %s".formatted(out, format.word()));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("format", format.word());
        fields.put("out", out.toString());
        console.emit("export", fields);
    }

    private void write() throws IOException {
        var saved = saved();
        switch (format) {
            case KERAS -> Files.write(out, KerasWriter.archive(saved, state()));
            case H5 -> Files.write(out, KerasWriter.legacy(saved));
            case NPZ -> Files.write(out, Npz.of(saved.tensors()));
            case SAFETENSORS -> saved.write(out);
        }
    }

    private SavedModel saved() {
        if (like.isEmpty()) return ModelFiles.saved(file, Optional.empty());
        var pattern = ModelFiles.keras(like.get()).saved();
        var weights = ModelFiles.saved(file, Optional.of(like.get().toString())).weights();
        return new SavedModel(pattern.model(), weights, pattern.keras());
    }

    private Optional<OptimizerState> state() {
        boolean isKeras = like.isEmpty() && KerasFile.isFile(file.toString());
        return isKeras ? ModelFiles.keras(file).state() : Optional.empty();
    }
}
