package motley.coordinator;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route.Scope;

/// Lets requests through, or says why not.
final class Guard {
    private static final String SCHEME = "Bearer ";
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Access access;
    private final Fleet fleet;

    Guard(Access access, Fleet fleet) {
        this.access = access;
        this.fleet = fleet;
    }

    /// @throws Problem if the request may not pass
    void check(Scope scope, RequestHeaders headers) {
        if (access.token().isEmpty()) checkLocal(headers);
        boolean isAllowed =
                switch (scope) {
                    case PUBLIC -> true;
                    case PEOPLE -> isPerson(headers);
                    case DEVICES_TOO -> isPerson(headers) || device(headers).isPresent();
                    case DEVICE -> device(headers).isPresent();
                };
        if (isAllowed) return;
        if (scope == Scope.PEOPLE && device(headers).isPresent()) {
            throw new Problem(HttpStatus.FORBIDDEN, "this route is not for devices");
        }
        throw new Problem(
                HttpStatus.UNAUTHORIZED,
                "authorization: wrong or missing (expected: a bearer token)");
    }

    /// The device that sends a request.
    Optional<Device> device(RequestHeaders headers) {
        return bearer(headers).flatMap(fleet::holderOf);
    }

    private boolean isPerson(RequestHeaders headers) {
        return access.isJoinToken(bearer(headers).orElse(""));
    }

    private static Optional<String> bearer(RequestHeaders headers) {
        return Optional.ofNullable(headers.get(HttpHeaderNames.AUTHORIZATION))
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip());
    }

    /// Without a token, being on this machine is the only proof. A page of another origin in a
    /// browser here must not use it, neither directly nor through a name that it makes resolve to
    /// this machine.
    private static void checkLocal(RequestHeaders headers) {
        var authority = Optional.ofNullable(headers.authority()).orElse("");
        var origin = Optional.ofNullable(headers.get(HttpHeaderNames.ORIGIN));
        boolean isForeign = origin.isPresent() && !isSame(origin.get(), authority);
        if (!LOCAL_NAMES.contains(host(authority)) || isForeign) {
            throw new Problem(
                    HttpStatus.FORBIDDEN,
                    "host: %s, origin: %s (expected: this machine by a local name)"
                            .formatted(authority, origin.orElse("none")));
        }
    }

    private static String host(String authority) {
        int port = authority.lastIndexOf(':');
        return port > authority.lastIndexOf(']') ? authority.substring(0, port) : authority;
    }

    private static boolean isSame(String origin, String authority) {
        try {
            return authority.equals(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
