package motley.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeSet;
import motley.coordinator.credits.CreditStore;
import motley.coordinator.http.Reply;
import motley.coordinator.projects.Project;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.MetricRow;

/// Two projects beside each other: in which fields they differ, and what came of each.
final class ProjectComparison {
    private static final int EVALUATIONS_MAX = 200;

    private final Projects projects;
    private final Database database;
    private final CreditStore credits;

    ProjectComparison(Projects projects, Database database, CreditStore credits) {
        this.projects = projects;
        this.database = database;
        this.credits = credits;
    }

    ObjectNode of(Project first, Project second) {
        var object = Reply.object();
        object.set("first", side(first));
        object.set("second", side(second));
        var differences = object.putArray("differences");
        var left = settings(first);
        var right = settings(second);
        var names = new TreeSet<String>();
        left.fieldNames().forEachRemaining(names::add);
        right.fieldNames().forEachRemaining(names::add);
        for (var name : names) {
            if (left.path(name).equals(right.path(name))) continue;
            var difference = differences.addObject().put("field", name);
            put(difference, "first", left.path(name));
            put(difference, "second", right.path(name));
        }
        return object;
    }

    private static void put(ObjectNode object, String name, JsonNode value) {
        if (!value.isMissingNode()) object.set(name, value);
    }

    /// Of one that has started all settings, those that nobody named too.
    private ObjectNode settings(Project project) {
        return projects.run(project)
                .map(run -> RunRequestJson.write(run.request()))
                .orElseGet(() -> ProjectFields.ofRun(Projects.fields(project.fields())));
    }

    private ObjectNode side(Project project) {
        var object = new ProjectJson(projects).brief(project);
        var run = projects.run(project);
        if (run.isEmpty()) return object;
        var id = run.get().id();
        object.put("paidMicros", credits.paid(id));
        object.set("traffic", Json.run(run.get().view()).get("traffic"));
        var evaluations = database.metrics(id, MetricRow.Kind.EVALUATION, EVALUATIONS_MAX);
        var points = object.putArray("evaluations");
        evaluations.stream().map(Json::metric).forEach(points::add);
        evaluations.stream()
                .filter(metric -> Double.isFinite(metric.accuracy()))
                .mapToDouble(MetricRow::accuracy)
                .max()
                .ifPresent(best -> object.put("bestAccuracy", best));
        if (!evaluations.isEmpty()) {
            long spentMs = evaluations.getLast().atMs() - run.get().view().createdAtMs();
            object.put("millisToLastEvaluation", Math.max(0, spentMs));
        }
        return object;
    }
}
