package motley.coordinator.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;

/// Accounts over HTTP: sign up, passwords, and what administrators do with them.
final class AccountRoutes {
    private static final Duration RESET_LIFE = Duration.ofDays(1);
    private static final Duration INVITATION_LIFE = Duration.ofDays(7);
    private static final Set<Role> USUAL_ROLES = EnumSet.of(Role.REQUESTOR, Role.PROVIDER);
    private static final String EXPIRY = "expiresInSeconds";

    private final Registry registry;
    private final SessionRoutes sessions;
    private final Terms terms;
    private final Consumer<List<String>> expel;

    AccountRoutes(
            Registry registry, SessionRoutes sessions, Terms terms, Consumer<List<String>> expel) {
        this.registry = registry;
        this.sessions = sessions;
        this.terms = terms;
        this.expel = expel;
    }

    List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.POST, "/v1/accounts", Scope.PUBLIC, this::signUp),
                administration(HttpMethod.GET, "/v1/accounts", this::list),
                administration(HttpMethod.PUT, "/v1/accounts/{account}", this::add),
                administration(HttpMethod.PATCH, "/v1/accounts/{account}", this::change),
                administration(HttpMethod.POST, "/v1/accounts/{account}/reset", this::reset),
                Route.brief(
                        HttpMethod.PUT,
                        "/v1/account/password",
                        Scope.ACCOUNT,
                        this::changePassword),
                Route.brief(
                        HttpMethod.POST, "/v1/account/reset", Scope.PUBLIC, this::resetPassword),
                administration(HttpMethod.GET, "/v1/invitations", this::invitations),
                administration(HttpMethod.POST, "/v1/invitations", this::invite),
                administration(HttpMethod.DELETE, "/v1/invitations/{invitation}", this::withdraw));
    }

    private static Route administration(HttpMethod method, String path, Route.Handler handler) {
        return Route.brief(method, path, Scope.ADMINISTRATORS, handler);
    }

    private HttpResponse signUp(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("name", "password", "invitation"));
        var name = fields.text("name");
        var password = fields.secret("password");
        var limits = List.of(registry.byAddress("sign-up", context, 20));
        registry.attempts().begin(limits);
        var offered = fields.optionalSecret("invitation");
        var invitation =
                offered.flatMap(
                        secret -> registry.links().find(OneTimeToken.Kind.INVITATION, secret));
        boolean isWrong = offered.isPresent() && invitation.isEmpty();
        if (isWrong) throw refused("invitation: wrong, used or expired (expected: an open one)");
        if (invitation.isEmpty()) requireOpen();
        Accounts.requireName(name);
        Passwords.requireGood(password, name);
        var hash = registry.passwords().hash(password);
        var roles = invitation.map(OneTimeToken::roles).orElse(USUAL_ROLES);
        var account = registry.accounts().add(name, hash, roles);
        invitation.ifPresent(link -> requireUnused(link, account));
        registry.note(
                context,
                account.person(),
                "sign-up",
                invitation.map(link -> "by invitation " + link.id()).orElse(""));
        return sessions.begin(HttpStatus.CREATED, context, account);
    }

    /// Two people with one invitation: the second one's account stays shut.
    private void requireUnused(OneTimeToken link, Account account) {
        if (registry.links().use(link)) return;
        registry.accounts().change(account, Set.of(), true);
        throw refused("invitation: used (expected: an open one)");
    }

    private void requireOpen() {
        switch (terms.signUp()) {
            case OPEN -> {}
            case INVITE -> throw refused("invitation: missing (expected: one of an administrator)");
            case CLOSED -> throw refused("sign-up: closed (expected: an administrator's link)");
        }
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(Reply.list("accounts", registry.accounts().all(), AccountRoutes::account));
    }

    /// A new account, whose owner chooses a password by a link.
    private HttpResponse add(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("roles", EXPIRY));
        var name = String.valueOf(context.pathParam("account"));
        var roles = fields.optionalTexts("roles").map(AccountRoutes::roles).orElse(USUAL_ROLES);
        var life = fields.seconds(EXPIRY, INVITATION_LIFE);
        var account = registry.accounts().add(name, "", roles);
        registry.note(context, "account-add", name + " as " + Words.list(roles));
        var link = registry.links().reset(Caller.of(context).id(), account.id(), life);
        return Reply.of(HttpStatus.CREATED, link(account(account), link));
    }

    private HttpResponse change(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("roles", "isDisabled"));
        var account = find(context);
        var roles = fields.optionalTexts("roles").map(AccountRoutes::roles).orElse(account.roles());
        boolean isDisabled = fields.flag("isDisabled", account.isDisabled());
        registry.accounts().change(account, roles, isDisabled);
        registry.note(
                context,
                "account-change",
                account.name()
                        + ": "
                        + (isDisabled ? "disabled, " : "enabled, ")
                        + Words.list(roles));
        if (isDisabled) {
            registry.sessions().endAll(account.id());
            registry.tokens().revokeAll(account.id());
        }
        if (isDisabled || !roles.contains(Role.PROVIDER)) {
            expel.accept(registry.devices().devicesOf(account.id()));
        }
        return Reply.ok(account(find(context)));
    }

    private HttpResponse reset(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of(EXPIRY));
        var account = find(context);
        var by = Caller.of(context).id();
        var link = registry.links().reset(by, account.id(), fields.seconds(EXPIRY, RESET_LIFE));
        registry.note(context, "password-link", account.name());
        return Reply.of(HttpStatus.CREATED, link(account(account), link));
    }

    /// Ends all sessions of the person; the one that asks is followed by a new one.
    private HttpResponse changePassword(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("current", "password"));
        var person = Caller.of(context);
        var account =
                registry.accounts()
                        .withId(person.id())
                        .orElseThrow(() -> Problem.notFound("account", person.name()));
        var limits = List.of(new Attempts.Limit("password " + account.id(), 5));
        registry.attempts().begin(limits);
        if (!registry.passwords().matches(fields.secret("current"), account.password())) {
            registry.note(context, "password-refused", "");
            throw refused("current: wrong (expected: the password until now)");
        }
        registry.attempts().succeeded(limits);
        setPassword(account, fields.secret("password"));
        registry.note(context, "password-change", "");
        return sessions.begin(HttpStatus.OK, context, account);
    }

    /// Whoever has the link may be the first to have the password again: all that was let in with
    /// the old one is out.
    private HttpResponse resetPassword(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("token", "password"));
        var limits = List.of(registry.byAddress("link", context, 20));
        registry.attempts().begin(limits);
        var link =
                registry.links()
                        .find(OneTimeToken.Kind.RESET, fields.secret("token"))
                        .orElseThrow(
                                () ->
                                        refused(
                                                "token: wrong, used or expired (expected: that of"
                                                        + " an open link)"));
        registry.attempts().succeeded(limits);
        var account = registry.accounts().withId(link.account()).orElseThrow();
        Passwords.requireGood(fields.secret("password"), account.name());
        if (!registry.links().use(link)) throw refused("token: used (expected: an open link)");
        setPassword(account, fields.secret("password"));
        registry.tokens().revokeAll(account.id());
        registry.note(context, account.person(), "password-reset", "by link " + link.id());
        if (account.isDisabled()) throw refused("account: disabled (expected: one in use)");
        return sessions.begin(HttpStatus.OK, context, account);
    }

    private void setPassword(Account account, String password) {
        Passwords.requireGood(password, account.name());
        registry.accounts().setPassword(account.id(), registry.passwords().hash(password));
        registry.sessions().endAll(account.id());
    }

    private HttpResponse invitations(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(
                Reply.list("invitations", registry.links().invitations(), this::invitation));
    }

    private HttpResponse invite(ServiceRequestContext context, HttpRequest request) {
        var fields = JsonFields.of(request, Set.of("roles", EXPIRY));
        var roles = fields.optionalTexts("roles").map(AccountRoutes::roles).orElse(USUAL_ROLES);
        var life = fields.seconds(EXPIRY, INVITATION_LIFE);
        var link = registry.links().invite(Caller.of(context).id(), roles, life);
        registry.note(context, "invite", link.token().id() + " as " + Words.list(roles));
        return Reply.of(HttpStatus.CREATED, invitation(link.token()).put("token", link.secret()));
    }

    private HttpResponse withdraw(ServiceRequestContext context, HttpRequest request) {
        var id = String.valueOf(context.pathParam("invitation"));
        var link =
                registry.links().invitations().stream()
                        .filter(open -> open.id().equals(id))
                        .findFirst();
        if (link.isEmpty() || !registry.links().use(link.get())) {
            throw Problem.notFound("invitation", id);
        }
        registry.note(context, "invitation-withdraw", id);
        return HttpResponse.of(HttpStatus.NO_CONTENT);
    }

    private Account find(ServiceRequestContext context) {
        var name = String.valueOf(context.pathParam("account"));
        return registry.accounts().find(name).orElseThrow(() -> Problem.notFound("account", name));
    }

    private static Set<Role> roles(List<String> words) {
        return Words.parse("roles", words, Role.class);
    }

    private static Problem refused(String detail) {
        return new Problem(HttpStatus.FORBIDDEN, detail);
    }

    private static ObjectNode link(ObjectNode object, OneTimeTokens.Created link) {
        return object.put("token", link.secret()).put("expiresAtMs", link.token().expiresAtMs());
    }

    private ObjectNode invitation(OneTimeToken link) {
        var object =
                Reply.object()
                        .put("id", link.id())
                        .put("createdAtMs", link.createdAtMs())
                        .put("expiresAtMs", link.expiresAtMs())
                        .put(
                                "createdBy",
                                registry.accounts()
                                        .nameOf(link.createdBy())
                                        .orElse(link.createdBy()));
        var roles = object.putArray("roles");
        link.roles().stream().sorted().forEach(role -> roles.add(Words.of(role)));
        return object;
    }

    private static ObjectNode account(Account account) {
        var object =
                Reply.object()
                        .put("id", account.id())
                        .put("name", account.name())
                        .put("isDisabled", account.isDisabled())
                        .put("hasPassword", !account.password().isEmpty())
                        .put("createdAtMs", account.createdAtMs());
        var roles = object.putArray("roles");
        account.roles().stream().sorted().forEach(role -> roles.add(Words.of(role)));
        return object;
    }
}
