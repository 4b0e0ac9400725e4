package motley.coordinator.storage;

import static motley.tensor.Require.require;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where a database of PostgreSQL is.
///
/// @param url `jdbc:postgresql://HOST:PORT/NAME?user=USER`, with whatever else its driver knows:
///     `currentSchema=NAME` keeps several coordinators in one database apart, `sslmode=verify-full`
///     encrypts
/// @param password empty: what the driver finds by itself, such as `~/.pgpass`
public record DatabaseAddress(String url, Optional<String> password) {
    private static final String PREFIX = "jdbc:postgresql:";
    private static final Pattern SECRET = Pattern.compile("(?i)([?&]password=)[^&]*");

    /// @throws IllegalArgumentException if `url` is none of PostgreSQL
    public DatabaseAddress {
        require(
                url.startsWith(PREFIX) && url.length() > PREFIX.length(),
                "database: %s (expected: jdbc:postgresql://HOST:PORT/NAME?user=USER)",
                withoutSecret(url));
    }

    /// The address as people may see it.
    @Override
    public String toString() {
        return withoutSecret(url);
    }

    private static String withoutSecret(String url) {
        return SECRET.matcher(url).replaceAll("$1…");
    }
}
