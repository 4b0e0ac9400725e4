package motley.coordinator.access;

import com.linecorp.armeria.common.Cookie;
import com.linecorp.armeria.common.RequestHeaders;
import java.util.Optional;

/// The cookie of a browser that is logged in. With encryption its name binds it to this host alone;
/// browsers keep no such cookie without.
final class SessionCookie {
    static final String SECURE_NAME = "__Host-motley-session";
    static final String PLAIN_NAME = "motley-session";

    private SessionCookie() {}

    static Optional<String> in(RequestHeaders headers, boolean isSecure) {
        return headers.cookies().stream()
                .filter(cookie -> cookie.name().equals(name(isSecure)))
                .map(Cookie::value)
                .findFirst();
    }

    static String set(String session, boolean isSecure) {
        return form(session, WebSessions.AGE_MAX.toSeconds(), isSecure);
    }

    static String clear(boolean isSecure) {
        return form("", 0, isSecure);
    }

    private static String form(String value, long maxAgeSeconds, boolean isSecure) {
        return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s"
                .formatted(name(isSecure), value, maxAgeSeconds, isSecure ? "; Secure" : "");
    }

    private static String name(boolean isSecure) {
        return isSecure ? SECURE_NAME : PLAIN_NAME;
    }
}
