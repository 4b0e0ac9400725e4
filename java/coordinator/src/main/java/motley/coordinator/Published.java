package motley.coordinator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Optional;

/// The newest parameters of a run as HTTP bodies, and where devices may still ask for them, those
/// before: one pooled copy each, which all readers share and that lives until the last of them is
/// done, also when the run has moved on. Any thread may call.
final class Published implements AutoCloseable {
    /// Memory for versions before the newest.
    private static final long OLDER_BYTES_MAX = 256L << 20;

    private record Body(long version, ByteBuf bytes) {}

    /// Newest first.
    private final ArrayDeque<Body> bodies = new ArrayDeque<>();

    private int older;

    /// From now on keeps up to `count` versions beside the newest, fewer where they are large.
    synchronized void keepOlder(int count) {
        older = count;
    }

    /// Adds `version` to what is published, unless it is the newest already.
    void publish(long version, MemorySegment parameters) {
        if (isNewest(version)) return;
        int sizeBytes = Math.toIntExact(parameters.byteSize());
        var copy = PooledByteBufAllocator.DEFAULT.directBuffer(sizeBytes);
        copy.writeBytes(parameters.asByteBuffer());
        synchronized (this) {
            bodies.addFirst(new Body(version, copy));
            long kept = Math.min(older, OLDER_BYTES_MAX / Math.max(1, sizeBytes));
            while (bodies.size() > kept + 1) bodies.removeLast().bytes().release();
        }
    }

    /// A body of `wanted`, to be released by the caller; empty if it is not there any more.
    synchronized Optional<ByteBuf> retain(long wanted) {
        for (var body : bodies) {
            if (body.version() == wanted) return Optional.of(body.bytes().retainedDuplicate());
        }
        return Optional.empty();
    }

    @Override
    public synchronized void close() {
        bodies.forEach(body -> body.bytes().release());
        bodies.clear();
    }

    private synchronized boolean isNewest(long wanted) {
        return !bodies.isEmpty() && bodies.getFirst().version() == wanted;
    }
}
