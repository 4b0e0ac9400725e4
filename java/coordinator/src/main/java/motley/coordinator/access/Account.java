package motley.coordinator.access;

import java.util.Set;

/// A person's account.
///
/// @param password its Argon2id hash
record Account(
        String id,
        String name,
        String password,
        Set<Role> roles,
        boolean isDisabled,
        long createdAtMs) {
    Account {
        roles = Set.copyOf(roles);
    }

    Person person() {
        return new Person(id, name, roles);
    }
}
