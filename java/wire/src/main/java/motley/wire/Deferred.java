package motley.wire;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A handler that is known only once the session it belongs to exists.
///
/// Confined to the thread that opens the session until [#set] has returned.
final class Deferred<I> implements Session.Handler<I> {
    private Session.@Nullable Handler<I> handler;

    void set(Session.Handler<I> handler) {
        this.handler = handler;
    }

    @Override
    public void received(I message) {
        Objects.requireNonNull(handler).received(message);
    }

    @Override
    public void closed(String why) {
        Objects.requireNonNull(handler).closed(why);
    }
}
