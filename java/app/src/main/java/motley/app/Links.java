package motley.app;

import java.net.URI;
import java.util.Optional;

/// Links to a coordinator that carry a secret behind the `#`, which browsers send to nobody.
final class Links {
    private Links() {}

    /// What a link carries for `purpose`, such as `join`.
    static Optional<String> secret(URI link, String purpose) {
        return Optional.ofNullable(link.getFragment())
                .filter(fragment -> fragment.startsWith(purpose + "="))
                .map(fragment -> fragment.substring(purpose.length() + 1));
    }

    static String of(URI coordinator, String purpose, String secret) {
        return "%s/#%s=%s".formatted(coordinator, purpose, secret);
    }
}
