package motley.coordinator.access;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Optional;
import java.util.Set;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route;

/// Lets requests through, or says why not.
///
/// @param token that in the home folder; empty where nothing is asked
record Gate(Registry registry, Optional<String> token, Proxies proxies) {
    /// What a page must send back of [SessionRoutes]' answer to change something.
    static final String CSRF_HEADER = "x-motley-csrf";

    private static final String SCHEME = "Bearer ";
    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    /// What a request needs beside being somebody's.
    private record Need(Optional<Role> role, TokenScope scope) {}

    void check(
            Route route,
            ServiceRequestContext context,
            RequestHeaders headers,
            boolean isOfDevice) {
        requireThisOrigin(SAFE.contains(route.method()), context, headers);
        if (isOfDevice) {
            requireForDevices(route);
            return;
        }
        var admission =
                token.isEmpty()
                        ? Optional.of(new Admission(Person.OWNER, new Credential.None()))
                        : admission(context, headers);
        admission.ifPresent(known -> Caller.set(context, known));
        if (route.scope() == Route.Scope.PUBLIC) return;
        var known = admission.filter(a -> route.scope() != Route.Scope.DEVICE);
        var asking =
                known.orElseThrow(
                        () ->
                                new Problem(
                                        HttpStatus.UNAUTHORIZED,
                                        "authorization: wrong or missing (expected: a bearer token"
                                                + " or a session)"));
        requireAllowed(route, asking);
        if (asking.credential() instanceof Credential.Cookie(var session)) {
            requireCsrf(route, headers, session);
        }
    }

    /// A page of another origin must not open a device's session: it would make a device of
    /// everybody who looks at it. The token, where one is needed, is in the session.
    ///
    /// @throws Problem if the request may not pass
    void checkSocket(ServiceRequestContext context, RequestHeaders headers) {
        requireThisOrigin(false, context, headers);
    }

    /// The bearer token of a request.
    static Optional<String> bearer(RequestHeaders headers) {
        return Optional.ofNullable(headers.get(HttpHeaderNames.AUTHORIZATION))
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip());
    }

    /// A browser says where the page comes from that sends a request. Where nothing is asked, being
    /// on this machine is the only proof, and a name that somebody makes resolve to it is none.
    private void requireThisOrigin(
            boolean isSafe, ServiceRequestContext context, RequestHeaders headers) {
        boolean isForeign = proxies.isForeign(context, headers);
        var authority = proxies.authority(context, headers);
        boolean isRefused =
                token.isEmpty()
                        ? isForeign || !LOCAL_NAMES.contains(host(authority))
                        : isForeign && !isSafe;
        if (!isRefused) return;
        var origin = Optional.ofNullable(headers.get(HttpHeaderNames.ORIGIN)).orElse("none");
        var expected = token.isEmpty() ? "this machine by a local name" : "a page of this server";
        throw new Problem(
                HttpStatus.FORBIDDEN,
                "host: %s, origin: %s (expected: %s)".formatted(authority, origin, expected));
    }

    private static void requireForDevices(Route route) {
        switch (route.scope()) {
            case PUBLIC, DEVICES_TOO, DEVICE -> {}
            case PEOPLE, REQUESTORS, PROVIDERS, ADMINISTRATORS, MONITORS, ACCOUNT ->
                    throw new Problem(HttpStatus.FORBIDDEN, "this route is not for devices");
        }
    }

    private Optional<Admission> admission(ServiceRequestContext context, RequestHeaders headers) {
        var bearer = bearer(headers);
        if (bearer.isPresent()) return holderOf(bearer.get());
        return SessionCookie.in(headers, proxies.isSecure(context))
                .flatMap(
                        session ->
                                registry.sessions()
                                        .accountOf(session)
                                        .flatMap(registry.accounts()::person)
                                        .map(
                                                p ->
                                                        new Admission(
                                                                p,
                                                                new Credential.Cookie(session))));
    }

    private Optional<Admission> holderOf(String bearer) {
        if (token.filter(home -> Secret.isEqual(home, bearer)).isPresent()) {
            return Optional.of(new Admission(Person.OWNER, new Credential.HomeToken()));
        }
        return registry.tokens()
                .withSecret(bearer)
                .flatMap(
                        found ->
                                registry.accounts()
                                        .person(found.owner())
                                        .map(p -> new Admission(p, new Credential.Token(found))));
    }

    private static void requireAllowed(Route route, Admission asking) {
        var need = need(route);
        var role = need.role;
        if (role.isPresent() && !asking.person().is(role.get())) {
            throw new Problem(
                    HttpStatus.FORBIDDEN,
                    "roles: %s (expected: %s)"
                            .formatted(Words.list(asking.person().roles()), Words.of(role.get())));
        }
        var scopes = asking.credential().scopes();
        if (scopes.contains(need.scope)) return;
        throw new Problem(
                HttpStatus.FORBIDDEN,
                "scopes of the token: %s (expected: %s)"
                        .formatted(Words.list(scopes), Words.of(need.scope)));
    }

    private static Need need(Route route) {
        var usual = SAFE.contains(route.method()) ? TokenScope.READ : TokenScope.TRAIN;
        return switch (route.scope()) {
            case PUBLIC, PEOPLE -> new Need(Optional.empty(), usual);
            case REQUESTORS, DEVICES_TOO, DEVICE -> new Need(Optional.of(Role.REQUESTOR), usual);
            case PROVIDERS -> new Need(Optional.of(Role.PROVIDER), TokenScope.DEVICES);
            case ADMINISTRATORS -> new Need(Optional.of(Role.ADMINISTRATOR), TokenScope.ADMIN);
            case MONITORS -> new Need(Optional.of(Role.ADMINISTRATOR), TokenScope.METRICS);
            case ACCOUNT -> new Need(Optional.empty(), TokenScope.ACCOUNT);
        };
    }

    private static void requireCsrf(Route route, RequestHeaders headers, String session) {
        if (SAFE.contains(route.method())) return;
        var offered = Optional.ofNullable(headers.get(CSRF_HEADER)).orElse("");
        if (Secret.isEqual(WebSessions.csrf(session), offered)) return;
        throw new Problem(
                HttpStatus.FORBIDDEN,
                CSRF_HEADER + ": wrong or missing (expected: csrf of GET /v1/session)");
    }

    private static String host(String authority) {
        int port = authority.lastIndexOf(':');
        return port > authority.lastIndexOf(']') ? authority.substring(0, port) : authority;
    }
}
