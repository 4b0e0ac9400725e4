package motley.coordinator;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.sse.ServerSentEvent;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.common.stream.StreamWriter;
import com.linecorp.armeria.server.streaming.ServerSentEvents;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// What happens in one run, as server-sent events: first the run as it is, then everything as it
/// happens, until the run is over. A reader too slow for that is dropped; it may come back and
/// begins with the run as it is then.
final class EventStream implements Consumer<RunEvent> {
    private static final int WAITING_MAX = 1_000;

    private final String run;
    private final boolean withTimes;
    private final StreamWriter<ServerSentEvent> out = StreamMessage.streaming();
    private final AtomicInteger waiting = new AtomicInteger();

    private EventStream(String run, boolean withTimes) {
        this.run = run;
        this.withTimes = withTimes;
    }

    /// @param withTimes whether to tell where the time of each round went
    static HttpResponse of(RunHandle run, Listeners listeners, boolean withTimes) {
        var stream = new EventStream(run.id(), withTimes);
        var listening = listeners.add(stream);
        var _ = stream.out.whenComplete().handle((done, cause) -> ended(listening));
        stream.send("run", Json.run(run.view()).toString());
        var _ = run.whenOver().thenAccept(stream::finish);
        return ServerSentEvents.fromPublisher(stream.out);
    }

    @Override
    public void accept(RunEvent event) {
        if (!event.run().equals(run)) return;
        if (event instanceof RunEvent.Timed && !withTimes) return;
        var json = Json.event(event);
        send(json.get("type").textValue(), json.toString());
    }

    private void finish(RunView view) {
        send("run", Json.run(view).toString());
        out.close();
    }

    private void send(String type, String data) {
        if (waiting.incrementAndGet() > WAITING_MAX) {
            out.abort();
            return;
        }
        if (!out.tryWrite(ServerSentEvent.builder().event(type).data(data).build())) return;
        var _ = out.whenConsumed().thenRun(() -> waiting.set(0));
    }

    private static boolean ended(AutoCloseable listening) {
        try {
            listening.close();
            return true;
        } catch (Exception e) {
            throw new IllegalStateException("a listener is removed without fail", e);
        }
    }
}
