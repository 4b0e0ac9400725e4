package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import motley.coordinator.credits.Credits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Trainings that are prepared, kept and shown before they start.
@Command(
        name = "project",
        mixinStandardHelpOptions = true,
        description = {
            "Prepares trainings at a coordinator: drafts that are checked field by field, wait for",
            "their turn or their time, and become runs. A project is named by its name or id.",
            "",
            "  motley project create digits --model mnist-mlp --data digits --epochs 5",
            "      --total-tasks 100 --k 10 --deadline 8h --budget 2",
            "  motley project show digits",
            "  motley project start digits",
            "  motley project clone digits --as faster --set learningRate=0.002",
            "  motley project compare digits faster"
        },
        subcommands = {
            ProjectCommand.Create.class,
            ProjectCommand.Change.class,
            ProjectCommand.ListAll.class,
            ProjectCommand.Show.class,
            ProjectCommand.Start.class,
            ProjectCommand.Pause.class,
            ProjectCommand.Resume.class,
            ProjectCommand.Stop.class,
            ProjectCommand.Copy.class,
            ProjectCommand.GoOn.class,
            ProjectCommand.Compare.class,
            ProjectCommand.Remove.class
        })
final class ProjectCommand implements Runnable {
    private static final String ALL = "/v1/projects";

    /// Set by picocli before anything runs.
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Objects.requireNonNull(spec).commandLine().usage(System.out);
    }

    /// What every command about one project has.
    static final class Of {
        @Parameters(paramLabel = "PROJECT", description = "name or id (`motley project list`)")
        private String project = "";

        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        private void post(String verb, JsonNode body, String said) {
            Calls.with(
                    coordinator,
                    api -> {
                        var path = ALL + "/" + id(api, project) + "/" + verb;
                        tell(output.console(), api.post(path, body), said);
                        return 0;
                    });
        }
    }

    /// The project of this name; of several the newest.
    private static String id(ApiClient api, String named) throws IOException, InterruptedException {
        for (var project : api.get(ALL + "?limit=1000").path("projects")) {
            var id = project.path("id").asText();
            if (id.equals(named) || project.path("name").asText().equals(named)) return id;
        }
        throw new UserException(
                "project: %s (expected: a name or id of `motley project list`)".formatted(named));
    }

    private static JsonNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static void tell(Console console, JsonNode project, String said) {
        console.emit("project", Calls.fields(project));
        console.say(
                "%s %s (%s): %s"
                        .formatted(
                                said,
                                project.path("name").asText(),
                                project.path("id").asText(),
                                project.path("status").asText()));
        console.say("  " + project.path("waiting").asText());
        var run = project.path("run").asText("");
        if (!run.isEmpty()) console.say("  its run: motley watch " + run);
        for (var error : project.path("errors")) {
            console.say("  " + FieldErrors.line(error));
        }
        outline(project).ifPresent(text -> console.say("  " + text));
    }

    private static Optional<String> outline(JsonNode project) {
        var outline = project.path("outline");
        if (outline.isMissingNode()) return Optional.empty();
        return Optional.of(
                ("%,d tasks of %,d samples, %,d steps over %d epochs; %,d parameters; at most %s"
                                + " credits")
                        .formatted(
                                outline.path("tasks").asLong(),
                                outline.path("samplesPerTask").asLong(),
                                outline.path("steps").asLong(),
                                outline.path("epochs").asInt(),
                                outline.path("parameters").asLong(),
                                Credits.text(outline.path("reserveMicros").asLong())));
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = {
                "Keeps a draft, says what it still lacks and what will come of it. Fields that are",
                "wrong are refused, each with what would do."
            })
    static final class Create implements Runnable {
        @Parameters(paramLabel = "NAME", description = "to tell it apart")
        private String name = "";

        @Option(names = "--start", description = "start it, too")
        private boolean isStarted;

        @Mixin private ProjectSettings settings = new ProjectSettings();
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            Calls.with(
                    coordinator,
                    api -> {
                        var fields = settings.fields(api, coordinator, console).put("name", name);
                        var project = api.post(ALL, fields);
                        tell(console, project, "created");
                        if (!isStarted) return 0;
                        var path = ALL + "/" + project.path("id").asText() + "/start";
                        tell(console, api.post(path, nothing()), "started");
                        return 0;
                    });
        }
    }

    @Command(
            name = "change",
            mixinStandardHelpOptions = true,
            description = "Changes fields of a project that has not started.")
    static final class Change implements Runnable {
        @Mixin private Of of = new Of();

        @Option(names = "--as", paramLabel = "NAME", description = "another name")
        private Optional<String> name = Optional.empty();

        @Mixin private ProjectSettings settings = new ProjectSettings();

        @Override
        public void run() {
            var console = of.output.console();
            Calls.with(
                    of.coordinator,
                    api -> {
                        var fields = settings.fields(api, of.coordinator, console);
                        name.ifPresent(value -> fields.put("name", value));
                        var path = ALL + "/" + id(api, of.project);
                        tell(console, api.patch(path, fields), "changed");
                        return 0;
                    });
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists projects.")
    static final class ListAll implements Runnable {
        @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
        @Mixin private OutputOptions output = new OutputOptions();

        @Override
        public void run() {
            var console = output.console();
            var rows = new ArrayList<List<String>>();
            for (var project : Calls.get(coordinator, ALL + "?limit=1000").path("projects")) {
                console.emit("project", Calls.fields(project));
                rows.add(
                        List.of(
                                project.path("name").asText(),
                                project.path("id").asText(),
                                project.path("status").asText(),
                                project.path("run").asText("-"),
                                accuracy(project.path("lastEvaluation").path("accuracy")),
                                project.path("waiting").asText()));
            }
            if (rows.isEmpty()) {
                console.say("no projects; prepare one with `motley project create`");
                return;
            }
            console.table(List.of("NAME", "ID", "STATUS", "RUN", "ACCURACY", "NOW"), rows);
        }
    }

    private static String accuracy(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.asDouble()) : "-";
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows a project: its fields, what it lacks, what will come of it.")
    static final class Show implements Runnable {
        @Mixin private Of of = new Of();

        @Override
        public void run() {
            var console = of.output.console();
            Calls.with(
                    of.coordinator,
                    api -> {
                        var project = api.get(ALL + "/" + id(api, of.project));
                        tell(console, project, "project");
                        for (var field : project.path("fields").properties()) {
                            var text = field.getValue().toString();
                            var brief = text.length() > 100 ? text.substring(0, 100) + "…" : text;
                            console.say("  %-18s %s".formatted(field.getKey(), brief));
                        }
                        return 0;
                    });
        }
    }

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Starts a project, or puts it into the queue (serve --runs-max).")
    static final class Start implements Runnable {
        @Mixin private Of of = new Of();

        @Override
        public void run() {
            of.post("start", nothing(), "started");
        }
    }

    @Command(name = "pause", mixinStandardHelpOptions = true, description = "Lets its run wait.")
    static final class Pause implements Runnable {
        @Mixin private Of of = new Of();

        @Override
        public void run() {
            of.post("pause", nothing(), "asked to pause");
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Goes on with it.")
    static final class Resume implements Runnable {
        @Mixin private Of of = new Of();

        @Override
        public void run() {
            of.post("resume", nothing(), "asked to go on");
        }
    }

    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "Takes it out of the queue, or ends its run with what it has.")
    static final class Stop implements Runnable {
        @Mixin private Of of = new Of();

        @Override
        public void run() {
            of.post("stop", nothing(), "asked to stop");
        }
    }

    @Command(
            name = "clone",
            mixinStandardHelpOptions = true,
            description = "Makes a draft with the same fields, but for those given here.")
    static final class Copy implements Runnable {
        @Mixin private Again again = new Again();

        @Override
        public void run() {
            again.post("clone");
        }
    }

    @Command(
            name = "continue",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a draft that goes on from what a project's run has learnt, with the same",
                "fields but for those given here."
            })
    static final class GoOn implements Runnable {
        @Option(names = "--best", description = "from its best checkpoint, not from the latest")
        private boolean isBest;

        @Mixin private Again again = new Again();

        @Override
        public void run() {
            again.post(isBest ? "continue?checkpoint=best" : "continue");
        }
    }

    /// A draft made of another project.
    static final class Again {
        @Mixin private Of of = new Of();

        @Option(names = "--as", paramLabel = "NAME", description = "its name")
        private Optional<String> name = Optional.empty();

        @Mixin private ProjectSettings settings = new ProjectSettings();

        private void post(String verb) {
            var console = of.output.console();
            Calls.with(
                    of.coordinator,
                    api -> {
                        var fields = settings.fields(api, of.coordinator, console);
                        name.ifPresent(value -> fields.put("name", value));
                        var path = ALL + "/" + id(api, of.project) + "/" + verb;
                        tell(console, api.post(path, fields), "created");
                        return 0;
                    });
        }
    }

    @Command(
            name = "compare",
            mixinStandardHelpOptions = true,
            description = "Shows two projects beside each other: fields that differ, and results.")
    static final class Compare implements Runnable {
        @Mixin private Of of = new Of();

        @Parameters(index = "1", paramLabel = "OTHER", description = "name or id")
        private String other = "";

        @Override
        public void run() {
            var console = of.output.console();
            Calls.with(
                    of.coordinator,
                    api -> {
                        var path = ALL + "/" + id(api, of.project) + "/comparison?with=";
                        show(console, api.get(path + id(api, other)));
                        return 0;
                    });
        }

        private static void show(Console console, JsonNode found) {
            console.emit("comparison", Calls.fields(found));
            var first = found.path("first");
            var second = found.path("second");
            var rows = new ArrayList<List<String>>();
            for (var each : found.path("differences")) {
                rows.add(row(each.path("field").asText(), each.path("first"), each.path("second")));
            }
            for (var name : List.of("status", "bestAccuracy", "paidMicros")) {
                rows.add(row(name, first.path(name), second.path(name)));
            }
            for (var name : List.of("accuracy", "loss")) {
                var at = "/lastEvaluation/" + name;
                rows.add(row(name, first.at(at), second.at(at)));
            }
            var traffic = "/traffic/upBytes";
            rows.add(row("upBytes", first.at(traffic), second.at(traffic)));
            console.table(
                    List.of("", first.path("name").asText(), second.path("name").asText()), rows);
        }

        private static List<String> row(String name, JsonNode first, JsonNode second) {
            return List.of(name, cell(first), cell(second));
        }

        private static String cell(JsonNode value) {
            if (value.isMissingNode()) return "-";
            var text = value.isTextual() ? value.textValue() : value.toString();
            return text.length() > 40 ? text.substring(0, 40) + "…" : text;
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Removes a project that is not under way; its run stays.")
    static final class Remove implements Runnable {
        @Mixin private Of of = new Of();

        @Override
        public void run() {
            Calls.with(
                    of.coordinator,
                    api -> {
                        api.delete(ALL + "/" + id(api, of.project));
                        of.output.console().emit("removed", Map.of("project", of.project));
                        of.output.console().say("removed " + of.project);
                        return 0;
                    });
        }
    }
}
