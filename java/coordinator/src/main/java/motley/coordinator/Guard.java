package motley.coordinator;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Optional;
import motley.coordinator.access.Access;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route;

/// Lets requests of devices and people through, or says why not.
final class Guard {
    private static final String SCHEME = "Bearer ";

    private final Access access;
    private final Fleet fleet;

    Guard(Access access, Fleet fleet) {
        this.access = access;
        this.fleet = fleet;
    }

    /// @throws Problem if the request may not pass
    void check(Route route, ServiceRequestContext context, RequestHeaders headers) {
        access.check(route, context, headers, device(headers).isPresent());
    }

    /// @throws Problem if the request may not open a device's session
    void checkSocket(ServiceRequestContext context, RequestHeaders headers) {
        access.checkSocket(context, headers);
    }

    /// The device that sends a request.
    Optional<Device> device(RequestHeaders headers) {
        return Optional.ofNullable(headers.get(HttpHeaderNames.AUTHORIZATION))
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .flatMap(value -> fleet.holderOf(value.substring(SCHEME.length()).strip()));
    }
}
