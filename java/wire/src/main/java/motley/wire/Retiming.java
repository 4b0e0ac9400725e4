package motley.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes a device's session keep the time that the coordinator asks for.
///
/// Confined to the thread that opens the session until [#follow] has returned.
final class Retiming implements Session.Handler<FromCoordinator> {
    private final Session.Handler<FromCoordinator> handler;
    private @Nullable SessionLink<FromDevice, FromCoordinator, ?, ?> link;

    Retiming(Session.Handler<FromCoordinator> handler) {
        this.handler = handler;
    }

    void follow(SessionLink<FromDevice, FromCoordinator, ?, ?> session) {
        link = session;
    }

    @Override
    public void received(FromCoordinator message) {
        message.retiming().ifPresent(Objects.requireNonNull(link)::retime);
        handler.received(message);
    }

    @Override
    public void closed(String why) {
        handler.closed(why);
    }
}
