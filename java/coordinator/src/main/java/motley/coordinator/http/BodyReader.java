package motley.coordinator.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.stream.SubscriptionOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a request's body part by part from a thread that may wait; the sender is slowed down to
/// the reader's pace. Close it, also half-way.
public final class BodyReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);

    /// Parts on their way at once.
    private static final int WINDOW = 8;

    /// How long a sender may be silent in the middle of a body. Memory is set aside for it.
    public static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private static final Duration REST_TIME_MAX = Duration.ofSeconds(1);
    private static final int REST_BYTES_MAX = 1 << 20;

    private final Duration silenceMax;
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final Inflow inflow = new Inflow();
    private @Nullable HttpData current;
    private boolean isAtEnd;

    private sealed interface Arrival {
        record Part(HttpData bytes) implements Arrival {}

        record End() implements Arrival {}

        record Failure(Throwable cause) implements Arrival {}
    }

    private BodyReader(Duration silenceMax) {
        this.silenceMax = silenceMax;
    }

    public static BodyReader of(HttpRequest request) {
        return of(request, SILENCE_MAX);
    }

    public static BodyReader of(HttpRequest request, Duration silenceMax) {
        var reader = new BodyReader(silenceMax);
        request.subscribe(reader.inflow, SubscriptionOption.WITH_POOLED_OBJECTS);
        return reader;
    }

    /// Takes a short body that nobody has asked for. HTTP/2 cuts off who still sends when the
    /// answer is there, and a client that is cut off may not look at the answer.
    public static void drop(HttpRequest request) {
        if (!request.isComplete() && !request.isEmpty()) of(request).close();
    }

    /// The next part, valid until the next call; empty at the end.
    ///
    /// @throws IOException if the sender is gone, or silent for too long
    public Optional<ByteBuffer> next() throws IOException, InterruptedException {
        return next(silenceMax);
    }

    private Optional<ByteBuffer> next(Duration wait) throws IOException, InterruptedException {
        free();
        var arrival = arrivals.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
        isAtEnd = !(arrival instanceof Arrival.Part);
        if (arrival == null) {
            throw new IOException("the sender was silent for " + wait.toMillis() + " ms");
        }
        return switch (arrival) {
            case Arrival.Part(var bytes) -> {
                current = bytes;
                inflow.more();
                yield Optional.of(bytes.byteBuf().nioBuffer());
            }
            case Arrival.End() -> Optional.empty();
            case Arrival.Failure(var cause) -> throw new IOException("the sender is gone", cause);
        };
    }

    /// Takes what is left of a short body first, as [#drop(HttpRequest)] does.
    @Override
    public void close() {
        try {
            skip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("what is left of a body: {}", e.getMessage());
        } finally {
            stop();
        }
    }

    private void skip() throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (long left = REST_BYTES_MAX; !isAtEnd && left > 0; ) {
            var time = REST_TIME_MAX.minusNanos(System.nanoTime() - start);
            left -= next(time).map(ByteBuffer::remaining).orElse(0);
        }
    }

    private void stop() {
        free();
        inflow.stop();
        for (var arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
            if (arrival instanceof Arrival.Part(var bytes)) bytes.close();
        }
    }

    private void free() {
        if (current != null) current.close();
        current = null;
    }

    private final class Inflow implements Subscriber<HttpObject> {
        private volatile @Nullable Subscription subscription;
        private volatile boolean isStopped;

        @Override
        public void onSubscribe(Subscription started) {
            subscription = started;
            started.request(WINDOW);
        }

        @Override
        public void onNext(HttpObject object) {
            if (!(object instanceof HttpData bytes)) {
                more();
                return;
            }
            if (isStopped) bytes.close();
            else arrivals.add(new Arrival.Part(bytes));
        }

        @Override
        public void onError(Throwable cause) {
            arrivals.add(new Arrival.Failure(cause));
        }

        @Override
        public void onComplete() {
            arrivals.add(new Arrival.End());
        }

        void more() {
            var running = subscription;
            if (running != null) running.request(1);
        }

        void stop() {
            isStopped = true;
            var running = subscription;
            if (running != null) running.cancel();
        }
    }
}
