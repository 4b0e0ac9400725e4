package motley.coordinator.access;

import java.util.Set;

/// A token with which programs act for a person. What it is itself is only known to them.
///
/// @param name for people
record ApiToken(
        String id,
        String owner,
        String name,
        Set<TokenScope> scopes,
        long createdAtMs,
        long expiresAtMs) {
    ApiToken {
        scopes = Set.copyOf(scopes);
    }
}
