package motley.worker;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Flow;
import motley.wire.FromCoordinator.Assign;

/// Exchange as raw HTTP bodies of little-endian f32.
record HttpExchange(HttpClient http, URI coordinator, String sessionToken) implements BulkExchange {
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int GONE = 410;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    @Override
    public boolean readParameters(Assign assign, MemorySegment into)
            throws IOException, InterruptedException {
        var task = assign.task();
        var path = "/v1/runs/%s/parameters/%d".formatted(task.run(), task.parameterVersion());
        var request = request(path).GET().build();
        var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (var body = response.body()) {
            int status = response.statusCode();
            if (status == NOT_FOUND || status == GONE) return false;
            requireSuccess(path, status);
            fill(into, body);
            return true;
        }
    }

    private static void fill(MemorySegment into, InputStream body) throws IOException {
        var block = new byte[BLOCK_BYTES];
        var source = MemorySegment.ofArray(block);
        long at = 0;
        while (at < into.byteSize()) {
            int wanted = (int) Math.min(BLOCK_BYTES, into.byteSize() - at);
            int read = body.readNBytes(block, 0, wanted);
            if (read < wanted) {
                throw new IOException(
                        "parameters: %d bytes (expected: %d)"
                                .formatted(at + read, into.byteSize()));
            }
            MemorySegment.copy(source, 0, into, at, read);
            at += read;
        }
        if (body.read() >= 0) {
            throw new IOException("parameters: over %d bytes".formatted(into.byteSize()));
        }
    }

    @Override
    public boolean writeContribution(Assign assign, MemorySegment contribution)
            throws IOException, InterruptedException {
        var task = assign.task();
        var path = "/v1/runs/%s/contributions/%d".formatted(task.run(), task.lease());
        var body =
                HttpRequest.BodyPublishers.fromPublisher(
                        new Blocks(contribution), contribution.byteSize());
        var request = request(path).PUT(body).build();
        var response = http.send(request, HttpResponse.BodyHandlers.discarding());
        int status = response.statusCode();
        if (status == NOT_FOUND || status == GONE || status == CONFLICT) return false;
        requireSuccess(path, status);
        return true;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(coordinator.resolve(path))
                .header("Authorization", "Bearer " + sessionToken)
                .timeout(ANSWER);
    }

    private static void requireSuccess(String path, int status) throws IOException {
        if (status / 100 != 2) {
            throw new IOException("%s: status %d (expected: 200)".formatted(path, status));
        }
    }

    /// Publishes memory in blocks: the ready-made publisher of byte arrays sends 16 KiB at a time,
    /// which costs a third of the throughput.
    private record Blocks(MemorySegment bytes) implements Flow.Publisher<ByteBuffer> {
        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(new BlockSubscription(bytes, subscriber));
        }
    }

    /// Hands out the next block whenever one is asked for. One call at a time, as the HTTP client
    /// promises.
    private static final class BlockSubscription implements Flow.Subscription {
        private final MemorySegment bytes;
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private long at;
        private long wanted;
        private boolean isSending;
        private boolean isDone;

        BlockSubscription(MemorySegment bytes, Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.bytes = bytes;
            this.subscriber = subscriber;
        }

        @Override
        public synchronized void request(long count) {
            wanted += count;
            if (isSending) return; // Asked from within onNext: the loop below goes on.
            isSending = true;
            while (wanted > 0 && !isDone) sendNext();
            isSending = false;
        }

        private void sendNext() {
            wanted--;
            long size = Math.min(BLOCK_BYTES, bytes.byteSize() - at);
            var block = bytes.asSlice(at, size).asByteBuffer().asReadOnlyBuffer();
            at += size;
            subscriber.onNext(block);
            if (at < bytes.byteSize() || isDone) return;
            isDone = true;
            subscriber.onComplete();
        }

        @Override
        public synchronized void cancel() {
            isDone = true;
        }
    }
}
