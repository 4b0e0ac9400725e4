package motley.coordinator.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;

/// A method and a path, whom it is for, and what it does.
///
/// @param isLong whether its bodies may be of any length and take any time
public record Route(HttpMethod method, String path, Scope scope, boolean isLong, Handler handler) {
    /// Whom a route is for.
    public enum Scope {
        /// Everybody who can reach it.
        PUBLIC,
        /// Whoever is logged in, or has a token of a person. What they see and change of others is
        /// up to the route.
        PEOPLE,
        /// People who may ask for training.
        REQUESTORS,
        /// People who may offer devices.
        PROVIDERS,
        /// People who may do everything.
        ADMINISTRATORS,
        /// People who may do everything, and programs that only watch for them.
        MONITORS,
        /// People, for what belongs to their own account.
        ACCOUNT,
        /// People, and devices with the token of their session.
        DEVICES_TOO,
        /// A device with the token of its session.
        DEVICE
    }

    /// Answers a request, on a thread of its own; may wait.
    public interface Handler {
        /// @throws Problem if the request cannot be answered
        /// @throws IllegalArgumentException if a field of it is wrong
        HttpResponse answer(ServiceRequestContext context, HttpRequest request)
                throws IOException, InterruptedException;
    }

    /// A route whose request fits in memory and is answered soon.
    public static Route brief(HttpMethod method, String path, Scope scope, Handler handler) {
        return new Route(method, path, scope, false, handler);
    }

    /// A route with bodies of any length.
    public static Route lengthy(HttpMethod method, String path, Scope scope, Handler handler) {
        return new Route(method, path, scope, true, handler);
    }
}
