package motley.coordinator.access;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;

/// Who sent the request that is being answered.
public final class Caller {
    private static final AttributeKey<Person> PERSON = AttributeKey.valueOf(Caller.class, "PERSON");
    private static final AttributeKey<Credential> CREDENTIAL =
            AttributeKey.valueOf(Caller.class, "CREDENTIAL");

    private Caller() {}

    /// The person who asks; the owner where there are no accounts, nobody where a device asks or a
    /// request that proves nothing.
    public static Person of(ServiceRequestContext context) {
        var person = context.attr(PERSON);
        return person == null ? Person.NOBODY : person;
    }

    /// Notes who asks, once that is known.
    public static void set(ServiceRequestContext context, Person person) {
        context.setAttr(PERSON, person);
    }

    /// What the person who asks has shown.
    static Credential credential(ServiceRequestContext context) {
        var credential = context.attr(CREDENTIAL);
        return credential == null ? new Credential.None() : credential;
    }

    static void set(ServiceRequestContext context, Admission admission) {
        set(context, admission.person());
        context.setAttr(CREDENTIAL, admission.credential());
    }
}
