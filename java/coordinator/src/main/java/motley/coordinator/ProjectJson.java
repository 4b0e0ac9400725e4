package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import motley.coordinator.http.FieldError;
import motley.coordinator.http.Reply;
import motley.coordinator.projects.Project;
import motley.coordinator.storage.RunRow;
import motley.rounds.Schedule;

/// Projects as JSON.
final class ProjectJson {
    private final Projects projects;

    ProjectJson(Projects projects) {
        this.projects = projects;
    }

    /// A project as it is listed.
    ObjectNode brief(Project project) {
        var run = projects.run(project);
        var object =
                Reply.object()
                        .put("id", project.id())
                        .put("owner", project.owner())
                        .put("name", project.name())
                        .put("status", status(project))
                        .put("waiting", waiting(project))
                        .put("createdAtMs", project.createdAtMs())
                        .put("changedAtMs", project.changedAtMs());
        project.queuedAtMs().ifPresent(at -> object.put("queuedAtMs", at));
        project.deadlineMs().ifPresent(at -> object.put("deadlineMs", at));
        project.run().ifPresent(id -> object.put("run", id));
        run.ifPresent(
                going -> {
                    var shown = Json.run(going.view());
                    for (var field : List.of("progress", "lastEvaluation", "weightsSha256")) {
                        if (shown.has(field)) object.set(field, shown.get(field));
                    }
                });
        return object;
    }

    /// A project with what was filled in, what is wrong with it, and what will come of it.
    ObjectNode whole(Project project, ProjectCheck.Found found) {
        var object = brief(project);
        object.set("fields", Projects.fields(project.fields()));
        if (project.isOpen()) addTo(object, found);
        else projects.run(project).ifPresent(run -> outline(object, run.plan()));
        return object;
    }

    /// What was found, as fields of an object.
    static ObjectNode addTo(ObjectNode object, ProjectCheck.Found found) {
        var errors = object.putArray("errors");
        found.errors().stream().map(FieldError::json).forEach(errors::add);
        found.plan().ifPresent(plan -> outline(object, plan));
        return object;
    }

    /// What a training will be, before it begins.
    private static void outline(ObjectNode object, RunPlan plan) {
        var schedule = plan.settings().schedule();
        var price = RunPrice.of(plan);
        var tasks = tasks(schedule);
        var outline = object.putObject("outline");
        outline.put("trainSamples", schedule.trainSamples())
                .put("testSamples", schedule.evaluationSamples())
                .put("epochs", schedule.epochs())
                .put("batchSize", schedule.batchSize())
                .put("steps", schedule.roundsInRun())
                .put("samplesPerTask", schedule.microBatch())
                .put("parameters", plan.parameterElements())
                .put("reserveMicros", RunPrice.reserve(plan, price));
        tasks.ifPresent(count -> outline.put("tasks", count));
        object.set("request", RunRequestJson.write(plan.request()));
    }

    /// Training tasks over all epochs; where devices take local steps that is not known so simply.
    private static OptionalLong tasks(Schedule schedule) {
        if (schedule.local().isUsed()) return OptionalLong.empty();
        int whole = schedule.trainSamples() / schedule.batchSize();
        int rest = schedule.trainSamples() % schedule.batchSize();
        int micro = schedule.microBatch();
        long inEpoch =
                (long) whole * Math.ceilDiv(schedule.batchSize(), micro)
                        + Math.ceilDiv(rest, micro);
        return OptionalLong.of(schedule.epochs() * inEpoch);
    }

    String status(Project project) {
        return switch (project.stage()) {
            case DRAFT -> "draft";
            case QUEUED -> "queued";
            case FAILED -> "failed";
            case STARTED -> projects.run(project).map(run -> word(run.status())).orElse("failed");
        };
    }

    private static String word(RunRow.Status status) {
        return switch (status) {
            case ACTIVE -> "running";
            case PAUSED -> "paused";
            case FINISHED -> "completed";
            case STOPPED -> "stopped";
            case FAILED -> "failed";
        };
    }

    /// One sentence: what it waits for, and what helps.
    private String waiting(Project project) {
        return switch (project.stage()) {
            case DRAFT -> "It is being prepared; start it when it is complete.";
            case FAILED -> "It did not start: " + project.reason() + ". Change it and try again.";
            case QUEUED -> queued(project);
            case STARTED ->
                    projects.run(project)
                            .map(run -> run.view().waiting())
                            .orElse("Its run is not understood by this version.");
        };
    }

    private String queued(Project project) {
        var fields = Projects.fields(project.fields());
        var startAt = ProjectFields.time(fields, ProjectFields.START_AT);
        var turn = projects.turn(project);
        if (turn.active() < turn.runsMax() && startAt.isPresent()) {
            return "It starts at " + Instant.ofEpochMilli(startAt.getAsLong()) + ".";
        }
        return ("%d of %d runs are active and %d wait before it; stop or pause one, or allow more"
                        + " (motley serve --runs-max).")
                .formatted(turn.active(), turn.runsMax(), turn.ahead());
    }
}
