package motley.coordinator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.MetricRow;
import motley.coordinator.storage.RunHistory;

/// What became of a run so far, for who comes later than its events.
final class HistoryRoutes {
    private static final int POINTS = 500;
    private static final int POINTS_MAX = 5_000;
    private static final int ENTRIES = 100;
    private static final int ENTRIES_MAX = 1_000;
    private static final int EVALUATIONS_MAX = 10_000;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final RunRoutes runs;
    private final Database database;
    private final RunHistory history;

    HistoryRoutes(RunRoutes runs, Database database) {
        this.runs = runs;
        this.database = database;
        history = new RunHistory(database);
    }

    List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/runs/{run}/metrics", Scope.PEOPLE, this::metrics),
                Route.brief(HttpMethod.GET, "/v1/runs/{run}/journal", Scope.PEOPLE, this::journal));
    }

    private HttpResponse metrics(ServiceRequestContext context, HttpRequest request) {
        var run = runs.find(context).id();
        var curve = history.curve(run, (int) number(context, "points", POINTS, POINTS_MAX));
        var evaluations = database.metrics(run, MetricRow.Kind.EVALUATION, EVALUATIONS_MAX);
        var body = Reply.list("rounds", curve.points(), Json::metric);
        body.put("roundsPerPoint", curve.roundsPerPoint());
        body.setAll(Reply.list("evaluations", evaluations, HistoryRoutes::evaluation));
        return Reply.ok(body);
    }

    /// The table does not know the round.
    private static ObjectNode evaluation(MetricRow row) {
        var object = Json.metric(row);
        object.remove("round");
        return object;
    }

    private HttpResponse journal(ServiceRequestContext context, HttpRequest request) {
        var run = runs.find(context).id();
        int limit = (int) number(context, "limit", ENTRIES, ENTRIES_MAX);
        long before = number(context, "before", Long.MAX_VALUE, Long.MAX_VALUE);
        return Reply.ok(
                Reply.list("entries", history.entries(run, before, limit), HistoryRoutes::entry));
    }

    private static ObjectNode entry(RunHistory.Entry entry) {
        try {
            var event = (ObjectNode) MAPPER.readTree(entry.event());
            return event.put("sequence", entry.sequence()).put("atMs", entry.atMs());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the journal holds JSON", e);
        }
    }

    private static long number(
            ServiceRequestContext context, String name, long usual, long highest) {
        var text = context.queryParam(name);
        if (text == null) return usual;
        try {
            long value = Long.parseLong(text);
            if (value >= 1 && value <= highest) return value;
        } catch (NumberFormatException e) {
            // Said below, with what else is wrong.
        }
        throw new IllegalArgumentException(
                "%s: %s (expected: a whole number from 1 to %d)".formatted(name, text, highest));
    }
}
