package motley.coordinator.access;

import java.util.Set;

/// A link that is good once.
///
/// @param account whose password it sets; empty for an invitation
/// @param roles of the account that an invitation makes
record OneTimeToken(
        String id,
        Kind kind,
        String account,
        Set<Role> roles,
        String createdBy,
        long createdAtMs,
        long expiresAtMs) {
    enum Kind {
        INVITATION,
        RESET
    }

    OneTimeToken {
        roles = Set.copyOf(roles);
    }
}
