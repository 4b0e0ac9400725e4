package motley.coordinator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The newest parameters of a run as HTTP bodies: one pooled copy that all readers share and that
/// lives until the last of them is done, also when the run has moved on. Any thread may call.
final class Published implements AutoCloseable {
    private long version = -1;
    private @Nullable ByteBuf body;

    /// Replaces what is published, unless `newVersion` is that already.
    void publish(long newVersion, MemorySegment parameters) {
        if (isPublished(newVersion)) return;
        int sizeBytes = Math.toIntExact(parameters.byteSize());
        var copy = PooledByteBufAllocator.DEFAULT.directBuffer(sizeBytes);
        copy.writeBytes(parameters.asByteBuffer());
        synchronized (this) {
            if (body != null) body.release();
            body = copy;
            version = newVersion;
        }
    }

    /// A body of `wanted`, to be released by the caller; empty if that is not the newest version.
    synchronized Optional<ByteBuf> retain(long wanted) {
        if (body == null || version != wanted) return Optional.empty();
        return Optional.of(body.retainedDuplicate());
    }

    @Override
    public synchronized void close() {
        if (body != null) body.release();
        body = null;
    }

    private synchronized boolean isPublished(long wanted) {
        return body != null && version == wanted;
    }
}
