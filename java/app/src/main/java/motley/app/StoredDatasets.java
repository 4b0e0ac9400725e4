package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Data sets that a coordinator keeps.
final class StoredDatasets {
    private static final String ALL = "/v1/datasets";
    private static final long LOOK_MS = 300;

    private StoredDatasets() {}

    /// A data set and one of its versions.
    record Found(String id, JsonNode version) {}

    /// Whether `--data` can only mean a data set of a coordinator.
    static boolean isName(String data) {
        return !SampleParts.isText(data)
                && !SampleParts.isArrays(data)
                && KnownDataset.named(data).isEmpty()
                && data.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]*")
                && Files.notExists(Path.of(data));
    }

    /// The newest version that is ready.
    static Found newest(ApiClient api, String name) throws IOException, InterruptedException {
        var dataset = api.get(path(name));
        var newest = Optional.<JsonNode>empty();
        for (var version : dataset.path("versions")) {
            if (version.path("status").asText().equals("ready")) newest = Optional.of(version);
        }
        return new Found(
                dataset.path("id").asText(),
                newest.orElseThrow(
                        () ->
                                new UserException(
                                        "data: %s has no version that is ready (motley data list)"
                                                .formatted(name))));
    }

    private static String path(String name) {
        var quoted = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        return ALL + "/" + quoted;
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Sends files to a coordinator and makes a data set of them: two arrays (.npy or",
                "IDX, also .gz; inputs, then targets), an .npz file with x and y, a table (.csv),",
                "or a ZIP file or folder of PNG, JPEG and BMP pictures in one folder a class.",
                "",
                "An upload that is cut goes on where it was, also when the command is given again.",
                "With the name of a data set that is there, the samples become a new version of it."
            })
    static final class Add implements Runnable {
        @Parameters(paramLabel = "FILE", arity = "1..2", description = "samples, or inputs targets")
        private List<Path> files = new ArrayList<>();

        @Option(names = "--name", paramLabel = "NAME", description = "(default: the file's)")
        private Optional<String> name = Optional.empty();

        @Option(
                names = "--test",
                paramLabel = "FILE",
                arity = "1..2",
                description = "files of samples to be judged by")
        private List<Path> testFiles = new ArrayList<>();

        @Option(
                names = "--test-share",
                paramLabel = "P",
                defaultValue = "0.1",
                description = "share of samples to be judged by, without --test (default: 0.1)")
        private double testShare;

        @Option(names = "--seed", defaultValue = "0", description = "which ones (default: 0)")
        private long seed;

        @Option(
                names = "--inputs",
                paramLabel = "FORM",
                defaultValue = "auto",
                description = "auto, unit (bytes to [0, 1]), number or class (default: auto)")
        private String inputs = "";

        @Option(
                names = "--targets",
                paramLabel = "FORM",
                defaultValue = "auto",
                description = "auto, class, number or one-hot (default: auto)")
        private String targets = "";

        @Option(
                names = "--header",
                paramLabel = "WHEN",
                defaultValue = "auto",
                description = "whether a table has one: auto, yes or no (default: auto)")
        private String header = "";

        @Option(
                names = "--label-column",
                paramLabel = "COLUMN",
                defaultValue = "",
                description = "of a table: name or number (default: the last)")
        private String labelColumn = "";

        @Option(names = "--drop", paramLabel = "COLUMN", description = "leave it out; repeatable")
        private List<String> drop = new ArrayList<>();

        @Option(names = "--scale", description = "numbers of a table to mean 0 and deviation 1")
        private boolean scale;

        @Option(names = "--rows", defaultValue = "0", description = "that pictures are brought to")
        private int rows;

        @Option(names = "--cols", defaultValue = "0", description = "that pictures are brought to")
        private int cols;

        @Option(
                names = "--channels",
                defaultValue = "3",
                description = "of pictures: 1, grey, or 3, colours (default: 3)")
        private int channels;

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            for (var file : files) requireFile(file);
            for (var file : testFiles) requireFile(file);
            var called = name.orElseGet(() -> stem(files.getFirst()));
            var version =
                    Calls.with(
                            coordinator,
                            api -> {
                                var recipe = recipe(new FileUpload(api, console));
                                return watch(api, begin(api, called, recipe), console);
                            });
            console.emit("dataset", fields(called, version));
            console.say(
                    "%s: %d samples to learn from, %d to be judged by, %s with %s"
                            .formatted(
                                    called,
                                    version.path("trainSamples").asInt(),
                                    version.path("testSamples").asInt(),
                                    version.path("input").asText(),
                                    version.path("target").asText()));
            console.say("train on it: motley train MODEL --data " + called);
        }

        private static void requireFile(Path file) {
            if (Files.isReadable(file)) return;
            throw new UserException("file: %s (expected: one that can be read)".formatted(file));
        }

        private static String stem(Path file) {
            var last = file.toAbsolutePath().normalize().getFileName();
            var name = last == null ? "data" : last.toString();
            int point = name.indexOf('.');
            return point > 0 ? name.substring(0, point) : name;
        }

        private ObjectNode recipe(FileUpload upload) throws IOException, InterruptedException {
            var recipe =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("testShare", testShare)
                            .put("seed", seed)
                            .put("inputs", inputs)
                            .put("targets", targets)
                            .put("header", header)
                            .put("labelColumn", labelColumn)
                            .put("scale", scale)
                            .put("rows", rows)
                            .put("cols", cols)
                            .put("channels", channels);
            drop.forEach(recipe.putArray("drop")::add);
            var ids = recipe.putArray("files");
            for (var file : files) ids.add(send(upload, file));
            var testIds = recipe.putArray("testFiles");
            for (var file : testFiles) testIds.add(send(upload, file));
            return recipe;
        }

        private static String send(FileUpload upload, Path file)
                throws IOException, InterruptedException {
            var name = String.valueOf(file.toAbsolutePath().normalize().getFileName());
            if (!Files.isDirectory(file)) return upload.send(file, name);
            var packed = Files.createTempFile("motley-", ".zip");
            try {
                pack(file, packed);
                return upload.send(packed, name + ".zip");
            } finally {
                Files.delete(packed);
            }
        }

        /// Pictures are compressed already.
        private static void pack(Path folder, Path into) throws IOException {
            try (var paths = Files.walk(folder);
                    var zip = new ZipOutputStream(Files.newOutputStream(into))) {
                zip.setLevel(Deflater.NO_COMPRESSION);
                for (var path : paths.filter(Files::isRegularFile).sorted().toList()) {
                    var entry = new ZipEntry(folder.relativize(path).toString().replace('\\', '/'));
                    entry.setTime(0); // The same pictures make the same file.
                    zip.putNextEntry(entry);
                    Files.copy(path, zip);
                    zip.closeEntry();
                }
            }
        }

        private static JsonNode begin(ApiClient api, String called, ObjectNode recipe)
                throws IOException, InterruptedException {
            for (var dataset : api.get(ALL).path("datasets")) {
                boolean isThere = dataset.path("name").asText().equals(called);
                if (isThere) return api.post(path(called) + "/versions", recipe);
            }
            return api.post(ALL, recipe.put("name", called));
        }

        private static JsonNode watch(ApiClient api, JsonNode begun, Console console)
                throws IOException, InterruptedException {
            var id = begun.path("id").asText();
            int last = begun.path("versions").size() - 1;
            while (true) {
                var version = api.get(path(id)).path("versions").path(last);
                switch (version.path("status").asText()) {
                    case "ready" -> {
                        return version;
                    }
                    case "failed" -> throw new UserException(version.path("reason").asText());
                    default ->
                            console.progress(
                                    "%d samples cut"
                                            .formatted(version.path("samplesDone").asInt()));
                }
                Thread.sleep(LOOK_MS);
            }
        }
    }

    private static Map<String, Object> fields(String name, JsonNode version) {
        return Map.of(
                "name", name,
                "version", version.path("version").asInt(),
                "status", version.path("status").asText(),
                "train", version.path("trainSamples").asInt(),
                "test", version.path("testSamples").asInt(),
                "input", version.path("input").asText(),
                "target", version.path("target").asText(),
                "classes", version.path("classes").asInt(),
                "bytes", version.path("size").asLong(),
                "index", version.path("index").asText());
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists the data sets that a coordinator keeps.")
    static final class ListAll implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var rows = new ArrayList<List<String>>();
            for (var dataset : Calls.with(coordinator, api -> api.get(ALL)).path("datasets")) {
                var name = dataset.path("name").asText();
                for (var version : dataset.path("versions")) {
                    console.emit("dataset", fields(name, version));
                    rows.add(row(name, version));
                }
            }
            if (rows.isEmpty()) console.say("no data sets; add one: motley data add FILE…");
            else console.table(HEADER, rows);
        }

        private static final List<String> HEADER =
                List.of("NAME", "VERSION", "STATUS", "TRAIN", "TEST", "INPUT", "TARGET", "SIZE");

        private static List<String> row(String name, JsonNode version) {
            var status = version.path("status").asText();
            var reason = version.path("reason").asText();
            return List.of(
                    name,
                    version.path("version").asText(),
                    reason.isEmpty() ? status : status + ": " + reason,
                    version.path("trainSamples").asText(),
                    version.path("testSamples").asText(),
                    version.path("input").asText(),
                    version.path("target").asText(),
                    FileUpload.bytes(version.path("size").asLong()));
        }
    }

    @Command(
            name = "preview",
            mixinStandardHelpOptions = true,
            description = "Shows the first samples of a data set that a coordinator keeps.")
    static final class Preview implements Runnable {
        private static final int SHOWN_CHARS_MAX = 60;

        @Parameters(paramLabel = "NAME", description = "as `motley data list` shows it")
        private String name = "";

        @Option(names = "--count", defaultValue = "8", description = "samples (default: 8)")
        private int count;

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var query = path(name) + "/preview?count=" + count;
            var preview = Calls.with(coordinator, api -> api.get(query));
            var version = preview.path("version");
            console.emit("dataset", fields(name, version));
            console.say(
                    "inputs from %s to %s, mean %s, deviation %s"
                            .formatted(
                                    version.path("inputMin").asText(),
                                    version.path("inputMax").asText(),
                                    version.path("inputMean").asText(),
                                    version.path("inputDeviation").asText()));
            if (version.has("classCounts")) {
                console.say("samples of each class: " + version.path("classCounts"));
            }
            var rows = new ArrayList<List<String>>();
            for (var sample : preview.path("samples")) {
                var input = sample.has("picture") ? "a picture" : sample.path("input").toString();
                var shown =
                        input.length() > SHOWN_CHARS_MAX
                                ? input.substring(0, SHOWN_CHARS_MAX) + "…"
                                : input;
                rows.add(List.of(shown, sample.path("target").toString()));
            }
            console.table(List.of("INPUT", "TARGET"), rows);
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = {
                "Removes a data set that a coordinator keeps. Without --yes it only says which",
                "runs were made of it; runs that are not over forbid it."
            })
    static final class Remove implements Runnable {
        @Parameters(paramLabel = "NAME", description = "as `motley data list` shows it")
        private String name = "";

        @Option(names = "--yes", description = "remove it")
        private boolean isSure;

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var dataset = Calls.with(coordinator, api -> api.get(path(name)));
            var users = dataset.path("usedBy").toString();
            if (!isSure) {
                console.say("%s: made of it are the runs %s".formatted(name, users));
                throw new UserException("--yes: missing (expected: to remove %s)".formatted(name));
            }
            var id = dataset.path("id").asText();
            Removal.ofConfirmed(coordinator, console, name, ALL + "/" + id);
        }
    }
}
