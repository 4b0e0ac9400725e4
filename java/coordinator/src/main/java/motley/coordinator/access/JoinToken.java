package motley.coordinator.access;

/// What lets devices in, as devices of its owner.
///
/// @param name for people
/// @param devices how many came with it
record JoinToken(
        String id, String owner, String name, long createdAtMs, long expiresAtMs, int devices) {}
