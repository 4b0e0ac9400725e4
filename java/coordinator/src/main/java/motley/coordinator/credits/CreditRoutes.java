package motley.coordinator.credits;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import motley.coordinator.access.Caller;
import motley.coordinator.access.Person;
import motley.coordinator.access.Role;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Page;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// Credits over HTTP: what somebody has, where it came from; for administrators grants, the limit
/// of debts, and the check of the ledger.
public final class CreditRoutes {
    private static final int NOTE_MAX = 200;
    private static final long NO_LIMIT = -1;

    private final CreditStore store;

    public CreditRoutes(CreditStore store) {
        this.store = store;
    }

    public List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/credits", Scope.PEOPLE, this::show),
                Route.brief(HttpMethod.GET, "/v1/credits/statement", Scope.PEOPLE, this::statement),
                Route.brief(HttpMethod.GET, "/v1/credits/check", Scope.ADMINISTRATORS, this::check),
                Route.brief(
                        HttpMethod.POST, "/v1/credits/grants", Scope.ADMINISTRATORS, this::grant),
                Route.brief(
                        HttpMethod.PUT, "/v1/credits/limit", Scope.ADMINISTRATORS, this::limit));
    }

    private HttpResponse show(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(standing(person(context)));
    }

    private ObjectNode standing(Person person) {
        var standing = store.standing(person);
        var object =
                Reply.object()
                        .put("person", person.id())
                        .put("balanceMicros", standing.balance())
                        .put("reservedMicros", standing.reserved())
                        .put("earnedMicros", standing.earned())
                        .put("spentMicros", standing.spent())
                        .put("grantedMicros", standing.granted());
        store.limit().ifPresent(micros -> object.put("limitMicros", micros));
        return object;
    }

    private HttpResponse statement(ServiceRequestContext context, HttpRequest request) {
        var page = Page.of(context);
        long before = page.after().isEmpty() ? Long.MAX_VALUE : page.afterNumber();
        var lines = store.statement(person(context), before, page.limit() + 1);
        return Reply.ok(page.reply("entries", lines, CreditRoutes::line, l -> "" + l.sequence()));
    }

    private static ObjectNode line(CreditStore.Line line) {
        var entry = line.entry();
        var object =
                Reply.object()
                        .put("sequence", line.sequence())
                        .put("id", entry.id())
                        .put("atMs", line.atMs())
                        .put("from", entry.from().text())
                        .put("to", entry.to().text())
                        .put("micros", entry.micros())
                        .put("cause", entry.cause().name().toLowerCase(Locale.ROOT));
        if (!line.run().isEmpty()) object.put("run", line.run());
        if (!line.note().isEmpty()) object.put("note", line.note());
        if (line.device().isEmpty()) return object;
        return object.put("device", line.device())
                .put("kind", line.kind())
                .put("samples", line.samples())
                .put("flops", line.flops());
    }

    private HttpResponse check(ServiceRequestContext context, HttpRequest request) {
        var findings = store.check();
        var totals = store.totals();
        var object =
                Reply.object()
                        .put("isBalanced", findings.isEmpty())
                        .put("entries", totals.entries())
                        .put("paidMicros", totals.paid())
                        .put("reservedMicros", totals.reserved());
        var array = object.putArray("findings");
        findings.forEach(array::add);
        return Reply.ok(object);
    }

    private HttpResponse grant(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("person", "micros", "note"));
        var note = fields.optionalText("note").orElse("");
        if (note.length() > NOTE_MAX) {
            throw new IllegalArgumentException(
                    "note: %d characters (expected: at most %d)"
                            .formatted(note.length(), NOTE_MAX));
        }
        var person = fields.text("person");
        store.grant(person, fields.integer("micros"), note);
        return Reply.of(HttpStatus.CREATED, standing(new Person(person, person, Set.of())));
    }

    private HttpResponse limit(ServiceRequestContext context, HttpRequest request) {
        long micros = JsonFields.of(request, Set.of("micros")).integer("micros", NO_LIMIT);
        store.limit(micros == NO_LIMIT ? OptionalLong.empty() : OptionalLong.of(micros));
        return show(context, request);
    }

    /// Whose credits are asked for: the caller's, or of an administrator anybody's.
    private static Person person(ServiceRequestContext context) {
        var caller = Caller.of(context);
        var asked = context.queryParam("person");
        if (asked == null || asked.equals(caller.id())) return caller;
        requireAdministrator(context);
        return new Person(asked, asked, Set.of());
    }

    private static void requireAdministrator(ServiceRequestContext context) {
        if (Caller.of(context).is(Role.ADMINISTRATOR)) return;
        throw new Problem(HttpStatus.FORBIDDEN, "role: only administrators may do this");
    }
}
