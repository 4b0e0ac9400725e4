package motley.coordinator.access;

import java.util.EnumSet;
import java.util.Set;

/// Who asks for something, or owns it.
///
/// @param id never used again, also after the account is gone
public record Person(String id, String name, Set<Role> roles) {
    /// Whoever sits at a coordinator without accounts.
    public static final Person OWNER = new Person("owner", "owner", EnumSet.allOf(Role.class));

    public Person {
        roles = Set.copyOf(roles);
    }

    public boolean is(Role role) {
        return roles.contains(role);
    }

    /// Whether this person may see and change what `owner` owns.
    public boolean mayUse(String owner) {
        return is(Role.ADMINISTRATOR) || id.equals(owner);
    }
}
