package motley.coordinator;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.server.ServerBuilder;

/// What every answer tells browsers, unless it says something else itself: it is no page, nobody
/// shows it inside of theirs, keeps it or guesses what it is.
final class SafeHeaders {
    private static final String NO_PAGE = "default-src 'none'; frame-ancestors 'none'";
    private static final String ONLY_TLS = "max-age=31536000";

    private SafeHeaders() {}

    /// @param isEncrypted whether browsers are to come with encryption from now on
    static void addTo(ServerBuilder server, boolean isEncrypted) {
        server.disableServerHeader()
                .setHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, NO_PAGE)
                .setHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .setHeader(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
                .setHeader(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
                .setHeader("cross-origin-resource-policy", "same-origin")
                .setHeader(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (isEncrypted) server.setHeader(HttpHeaderNames.STRICT_TRANSPORT_SECURITY, ONLY_TLS);
    }
}
