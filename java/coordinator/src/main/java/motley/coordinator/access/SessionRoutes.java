package motley.coordinator.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// Log in, log out, who am I; and the first administrator.
final class SessionRoutes {
    private final Registry registry;
    private final Terms terms;
    private final Setup setup;
    private final boolean hasAccounts;

    SessionRoutes(Registry registry, Terms terms, Setup setup, boolean hasAccounts) {
        this.registry = registry;
        this.terms = terms;
        this.setup = setup;
        this.hasAccounts = hasAccounts;
    }

    List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/session", Scope.PUBLIC, this::show),
                Route.brief(HttpMethod.POST, "/v1/session", Scope.PUBLIC, this::logIn),
                Route.brief(HttpMethod.DELETE, "/v1/session", Scope.ACCOUNT, this::logOut),
                Route.brief(HttpMethod.POST, "/v1/setup", Scope.PUBLIC, this::setUp));
    }

    /// The answer to who has just shown who they are: a session begins.
    HttpResponse begin(HttpStatus status, ServiceRequestContext context, Account account) {
        var session = registry.sessions().open(account.id(), terms.proxies().client(context));
        var admission = new Admission(account.person(), new Credential.Cookie(session));
        boolean isSecure = terms.proxies().isSecure(context);
        return HttpResponse.of(
                headers(status, SessionCookie.set(session, isSecure)),
                HttpData.ofUtf8(json(Optional.of(admission)).toString()));
    }

    private HttpResponse show(ServiceRequestContext context, HttpRequest request) {
        var person = Caller.of(context);
        var admission =
                person.equals(Person.NOBODY)
                        ? Optional.<Admission>empty()
                        : Optional.of(new Admission(person, Caller.credential(context)));
        return Reply.of(HttpStatus.OK, json(admission));
    }

    private HttpResponse logIn(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("name", "password"));
        var name = fields.text("name").strip().toLowerCase(Locale.ROOT);
        var password = fields.secret("password");
        var limits =
                List.of(
                        registry.byAddress("log-in " + name, context, 5),
                        registry.byAddress("log-in", context, 20),
                        new Attempts.Limit("log-in " + name, 100));
        registry.attempts().begin(limits);
        var account = registry.accounts().named(name);
        if (account.isEmpty()) registry.passwords().pretend(password);
        var right =
                account.filter(known -> registry.passwords().matches(password, known.password()))
                        .filter(known -> !known.isDisabled());
        if (right.isEmpty()) {
            registry.note(context, Person.NOBODY, "log-in-refused", shortened(name));
            throw new Problem(HttpStatus.UNAUTHORIZED, "name or password: wrong");
        }
        registry.attempts().succeeded(limits);
        registry.note(context, right.get().person(), "log-in", "");
        return begin(HttpStatus.OK, context, right.get());
    }

    /// Ends what the request was sent with: the session, or the token.
    private HttpResponse logOut(ServiceRequestContext context, HttpRequest request) {
        switch (Caller.credential(context)) {
            case Credential.Cookie(var session) -> registry.sessions().end(session);
            case Credential.Token(var token) -> registry.tokens().revoke(token.owner(), token.id());
            case Credential.None _, Credential.HomeToken _ ->
                    throw new Problem(
                            HttpStatus.CONFLICT,
                            "session: none (expected: one, or a token of a person)");
        }
        registry.note(context, "log-out", "");
        var cookie = SessionCookie.clear(terms.proxies().isSecure(context));
        return HttpResponse.of(headers(HttpStatus.NO_CONTENT, cookie));
    }

    private HttpResponse setUp(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("token", "name", "password"));
        var limits = List.of(registry.byAddress("link", context, 20));
        registry.attempts().begin(limits);
        if (!setup.isRight(fields.secret("token"))) {
            throw new Problem(
                    HttpStatus.FORBIDDEN,
                    "token: wrong or used (expected: that of the link which the coordinator"
                            + " printed)");
        }
        registry.attempts().succeeded(limits);
        var name = fields.text("name");
        var password = fields.secret("password");
        Accounts.requireName(name);
        Passwords.requireGood(password, name);
        var hash = registry.passwords().hash(password);
        if (!setup.use(fields.secret("token"))) {
            throw new Problem(HttpStatus.FORBIDDEN, "token: used (expected: a new one)");
        }
        var account = registry.accounts().add(name, hash, EnumSet.allOf(Role.class));
        registry.note(context, account.person(), "set-up", name);
        return begin(HttpStatus.CREATED, context, account);
    }

    private ObjectNode json(Optional<Admission> admission) {
        var object =
                Reply.object()
                        .put("accounts", hasAccounts)
                        .put("isSetUp", setup.token().isEmpty())
                        .put("signUp", Words.of(terms.signUp()));
        admission.ifPresent(
                known -> {
                    object.set("person", person(known.person()));
                    var scopes = object.putArray("scopes");
                    EnumSet.copyOf(known.credential().scopes())
                            .forEach(scope -> scopes.add(Words.of(scope)));
                    if (known.credential() instanceof Credential.Cookie(var session)) {
                        object.put("csrf", WebSessions.csrf(session));
                    }
                });
        return object;
    }

    private static ObjectNode person(Person person) {
        var object = Reply.object().put("id", person.id()).put("name", person.name());
        var roles = object.putArray("roles");
        person.roles().stream().sorted().forEach(role -> roles.add(Words.of(role)));
        return object;
    }

    private static ResponseHeaders headers(HttpStatus status, String cookie) {
        return ResponseHeaders.builder(status)
                .contentType(MediaType.JSON_UTF_8)
                .add(HttpHeaderNames.SET_COOKIE, cookie)
                .build();
    }

    private static String shortened(String name) {
        return name.length() > 64 ? name.substring(0, 64) + "…" : name;
    }
}
