package motley.coordinator.access;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;

/// Who sent the request that is being answered.
public final class Caller {
    private static final AttributeKey<Person> PERSON = AttributeKey.valueOf(Caller.class, "PERSON");

    private Caller() {}

    /// The person who asks; the owner where there are no accounts.
    public static Person of(ServiceRequestContext context) {
        var person = context.attr(PERSON);
        return person == null ? Person.OWNER : person;
    }

    /// Notes who asks, once that is known.
    public static void set(ServiceRequestContext context, Person person) {
        context.setAttr(PERSON, person);
    }
}
