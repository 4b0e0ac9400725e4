package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.interchange.ModelJson;
import motley.interchange.SavedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Models that a coordinator keeps.
final class StoredModels {
    static final String ALL = "/v1/models";

    private StoredModels() {}

    static String path(String name) {
        var quoted = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return ALL + "/" + quoted;
    }

    @Command(
            name = "push",
            mixinStandardHelpOptions = true,
            description = {
                "Sends a model to a coordinator, which reads it, refuses by name what it does not",
                "know, and keeps it: a .keras or .h5 file of Keras, a .json file as `motley model",
                "describe` prints, a .safetensors file that says its model, or a .json and the",
                ".safetensors of its weights.",
                "",
                "With the name of a model that is there it becomes a new version of it. An upload",
                "that is cut goes on where it was, also when the command is given again."
            },
            footerHeading = "%nFor instance:%n",
            footer = {
                "  motley model push my.keras",
                "  motley model push net.json net.safetensors --name net",
                "  motley train my --data mnist"
            })
    static final class Push implements Runnable {
        @Parameters(paramLabel = "FILE", arity = "1..2", description = "the model")
        private List<Path> files = new ArrayList<>();

        @Option(names = "--name", paramLabel = "NAME", description = "(default: the file's)")
        private Optional<String> name = Optional.empty();

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            for (var file : files) {
                if (Files.isRegularFile(file) && Files.isReadable(file)) continue;
                throw new UserException(
                        "file: %s (expected: one that can be read)".formatted(file));
            }
            var called = name.orElseGet(() -> stem(files.getFirst()));
            var model =
                    Calls.with(
                            coordinator,
                            api -> {
                                var body =
                                        JsonNodeFactory.instance.objectNode().put("name", called);
                                var ids = body.putArray("files");
                                var upload = new FileUpload(api, console);
                                for (var file : files) ids.add(upload.send(file, last(file)));
                                return api.post(ALL, body);
                            });
            var version = newest(model);
            console.emit("model", fields(model, version));
            for (var warning : version.path("warnings")) {
                console.say("%s: %s".formatted(called, warning.asText()));
            }
            console.say(
                    "%s, version %d: %s to %s, %,d parameters, loss %s"
                            .formatted(
                                    called,
                                    version.path("version").asInt(),
                                    version.path("input").asText(),
                                    version.path("target").asText(),
                                    version.path("parameters").asLong(),
                                    version.path("loss").asText()));
            console.say("train it: motley train %s --data DATA".formatted(called));
        }

        private static String last(Path file) {
            return String.valueOf(file.toAbsolutePath().normalize().getFileName());
        }

        private static String stem(Path file) {
            var last = last(file);
            int point = last.lastIndexOf('.');
            return point > 0 ? last.substring(0, point) : last;
        }
    }

    /// Whether a text can be the name of a stored model.
    static boolean isName(String text) {
        return text.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]*")
                && !text.endsWith(".safetensors")
                && Files.notExists(Path.of(text));
    }

    /// The newest version of a model, its weights in a file that goes with this process.
    ///
    /// @throws UserException if there is none
    static GivenModel fetch(ApiClient api, String name) {
        try {
            var stored = api.get(path(name));
            var version = newest(stored);
            var file = Files.createTempFile("motley-", ".model");
            file.toFile().deleteOnExit();
            api.download(path(stored.path("id").asText()) + "/file", file);
            if (!version.path("hasWeights").asBoolean()) {
                return GivenModel.stored(ModelJson.read(file));
            }
            return GivenModel.stored(stored.path("id").asText(), version, SavedModel.read(file));
        } catch (IOException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }

    static JsonNode newest(JsonNode model) {
        var versions = model.path("versions");
        return versions.path(versions.size() - 1);
    }

    private static Map<String, Object> fields(JsonNode model, JsonNode version) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("id", model.path("id").asText());
        fields.put("name", model.path("name").asText());
        fields.put("owner", model.path("ownerName").asText());
        fields.put("version", version.path("version").asInt());
        fields.put("form", version.path("form").asText());
        fields.put("input", version.path("input").asText());
        fields.put("target", version.path("target").asText());
        fields.put("parameters", version.path("parameters").asLong());
        fields.put("hasWeights", version.path("hasWeights").asBoolean());
        fields.put("blob", version.path("blob").asText());
        return fields;
    }

    /// What `motley model list --stored` shows.
    static void list(CoordinatorOptions coordinator, Console console) {
        var rows = new ArrayList<List<String>>();
        for (var model : Calls.with(coordinator, api -> api.get(ALL)).path("models")) {
            for (var version : model.path("versions")) {
                console.emit("model", fields(model, version));
                rows.add(
                        List.of(
                                model.path("name").asText(),
                                version.path("version").asText(),
                                version.path("form").asText(),
                                version.path("input").asText(),
                                version.path("target").asText(),
                                "%,d".formatted(version.path("parameters").asLong()),
                                model.path("ownerName").asText()));
            }
        }
        if (rows.isEmpty()) console.say("no models; send one: motley model push FILE");
        else
            console.table(
                    List.of("NAME", "VERSION", "FORM", "INPUT", "TARGET", "PARAMETERS", "OWNER"),
                    rows);
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = {
                "Removes a model that a coordinator keeps. Without --yes it only says which runs",
                "began with it; they keep what they need."
            })
    static final class Remove implements Runnable {
        @Parameters(paramLabel = "NAME", description = "as `motley model list --stored` shows it")
        private String name = "";

        @Option(names = "--yes", description = "remove it")
        private boolean isSure;

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var model = Calls.with(coordinator, api -> api.get(path(name)));
            if (!isSure) {
                console.say(
                        "%s: runs that began with it: %s".formatted(name, model.path("usedBy")));
                throw new UserException("--yes: missing (expected: to remove %s)".formatted(name));
            }
            var id = model.path("id").asText();
            Removal.ofConfirmed(coordinator, console, name, ALL + "/" + id);
        }
    }
}
