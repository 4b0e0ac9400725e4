package motley.coordinator.access;

import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.InstantSource;
import org.jdbi.v3.core.Jdbi;

/// Everything that is known of people and of what lets them in.
///
/// @param links invitations and links to a new password
/// @param joins what lets devices in
record Registry(
        Accounts accounts,
        WebSessions sessions,
        ApiTokens tokens,
        OneTimeTokens links,
        JoinTokens joins,
        DeviceOwners devices,
        AuditLog audit,
        Passwords passwords,
        Attempts attempts) {
    /// @param key a secret that is not in the database
    static Registry of(Jdbi jdbi, InstantSource clock, String key) {
        return new Registry(
                new Accounts(jdbi, clock),
                new WebSessions(jdbi, clock),
                new ApiTokens(jdbi, clock),
                new OneTimeTokens(jdbi, clock),
                new JoinTokens(jdbi, clock, key),
                new DeviceOwners(jdbi, clock),
                new AuditLog(jdbi, clock),
                new Passwords(),
                new Attempts(clock));
    }

    /// Notes what the caller did.
    void note(ServiceRequestContext context, String action, String subject) {
        note(context, Caller.of(context), action, subject);
    }

    /// Notes what somebody did who has only just shown who they are.
    void note(ServiceRequestContext context, Person person, String action, String subject) {
        audit.note(person, action, subject, Proxies.client(context));
    }
}
