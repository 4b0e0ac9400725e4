package motley.coordinator;

import static motley.tensor.Require.require;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import motley.wire.encoding.EncodedVector;
import motley.wire.encoding.Encoding;
import org.jspecify.annotations.Nullable;

/// Contributions of one run that came as HTTP bodies and wait for their submission.
///
/// Room is given per lease, when the run expects a body for it, and taken back with the lease.
/// Memory is reused, and bounded by the number of leases and a budget shared with other runs. Any
/// thread may call.
final class Inbox implements AutoCloseable {
    private final Encoding encoding;
    private final int elementsMax;
    private final long sizeBytes;
    private final Budget budget;
    private final Arena arena = Arena.ofShared();
    private final ArrayDeque<MemorySegment> spare = new ArrayDeque<>();
    private final Map<Long, Slot> slots = new HashMap<>();
    private int taken;
    private boolean isClosed;

    /// Bytes left for all inboxes.
    static final class Budget {
        private long leftBytes;

        Budget(long bytes) {
            leftBytes = bytes;
        }

        synchronized boolean take(long bytes) {
            if (leftBytes < bytes) return false;
            leftBytes -= bytes;
            return true;
        }

        synchronized void giveBack(long bytes) {
            leftBytes += bytes;
        }
    }

    /// What is there for a lease.
    private static final class Slot {
        final String device;
        final int elements;
        @Nullable MemorySegment body;
        @Nullable EncodedVector vector;
        boolean isWriting;
        volatile boolean isGone;

        Slot(String device, int elements) {
            this.device = device;
            this.elements = elements;
        }
    }

    /// @param elementsMax of a contribution
    Inbox(Encoding encoding, int elementsMax, Budget budget) {
        this.encoding = encoding;
        this.elementsMax = elementsMax;
        sizeBytes = encoding.sizeBytesMax(elementsMax);
        this.budget = budget;
    }

    /// Expects a body of `elements` for `lease` from `device`.
    synchronized void expect(long lease, String device, int elements) {
        require(
                elements >= 1 && elements <= elementsMax,
                "elements: %d (expected: 1 to %d)",
                elements,
                elementsMax);
        slots.put(lease, new Slot(device, elements));
    }

    /// Takes the body out of the slot of `lease`, if it is whole. Give it back by [#release].
    synchronized Optional<EncodedVector> body(long lease) {
        var slot = slots.get(lease);
        return slot == null ? Optional.empty() : Optional.ofNullable(slot.vector);
    }

    /// Expects nothing for `lease` any more.
    synchronized void release(long lease) {
        var slot = slots.remove(lease);
        if (slot != null) drop(slot);
    }

    /// Expects nothing any more.
    synchronized void releaseAll() {
        slots.values().forEach(this::drop);
        slots.clear();
    }

    /// Begins to write the body of `lease`.
    synchronized Begun begin(long lease, String device) {
        var slot = slots.get(lease);
        if (isClosed || slot == null || !slot.device.equals(device)) return new Begun.Unwanted();
        if (slot.isWriting || slot.vector != null) return new Begun.Repeated();
        if (slot.body == null) slot.body = take();
        if (slot.body == null) return new Begun.NoRoom();
        slot.isWriting = true;
        return new Begun.Writing(new Body(slot, slot.body));
    }

    /// How a body begins.
    sealed interface Begun {
        /// Append to `body`, then finish it.
        record Writing(Body body) implements Begun {}

        /// This device has no such lease.
        record Unwanted() implements Begun {}

        /// A body is there, or being written.
        record Repeated() implements Begun {}

        /// Too many bodies wait; try again in a second.
        record NoRoom() implements Begun {}
    }

    /// A body being written, by one thread at a time.
    final class Body {
        private final Slot slot;
        private final MemorySegment memory;
        private long at;

        private Body(Slot slot, MemorySegment memory) {
            this.slot = slot;
            this.memory = memory;
        }

        /// @return false if this would be more than a contribution has, or nobody waits for it any
        ///     more: a slow sender must not hold memory beyond its lease
        boolean append(ByteBuffer part) {
            if (slot.isGone) return false;
            int length = part.remaining();
            if (at + length > sizeBytesMax()) return false;
            MemorySegment.copy(MemorySegment.ofBuffer(part), 0, memory, at, length);
            at += length;
            return true;
        }

        /// Whether the run still waits for it.
        boolean isWanted() {
            return !slot.isGone;
        }

        long sizeBytes() {
            return at;
        }

        long sizeBytesMax() {
            return encoding.sizeBytesMax(slot.elements);
        }

        /// Ends the writing; the body counts if it is well-formed.
        ///
        /// @return what is wrong with it; empty if nothing is
        Optional<String> finish() {
            var opened = EncodedVector.open(encoding, slot.elements, memory.asSlice(0, at));
            synchronized (Inbox.this) {
                slot.isWriting = false;
                var flaw =
                        switch (opened) {
                            case EncodedVector.Opened.Whole(var vector) -> {
                                slot.vector = vector;
                                yield Optional.<String>empty();
                            }
                            case EncodedVector.Opened.Flawed(var reason) -> Optional.of(reason);
                        };
                if (slot.isGone) recycle(slot);
                return flaw;
            }
        }

        /// Ends the writing half-way.
        void abandon() {
            synchronized (Inbox.this) {
                slot.isWriting = false;
                if (slot.isGone) recycle(slot);
            }
        }
    }

    /// No body may be in use by the run; those being written are freed as they end.
    @Override
    public synchronized void close() {
        isClosed = true;
        releaseAll();
        freeIfUnused();
    }

    private void drop(Slot slot) {
        slot.isGone = true;
        if (!slot.isWriting) recycle(slot);
    }

    private void recycle(Slot slot) {
        if (slot.body == null) return;
        spare.add(slot.body);
        slot.body = null;
        slot.vector = null;
        freeIfUnused();
    }

    private @Nullable MemorySegment take() {
        var reused = spare.poll();
        if (reused != null) return reused;
        if (!budget.take(sizeBytes)) return null;
        taken++;
        return arena.allocate(sizeBytes, 64);
    }

    private void freeIfUnused() {
        if (!isClosed || spare.size() < taken) return;
        budget.giveBack(taken * sizeBytes);
        taken = 0;
        spare.clear();
        if (arena.scope().isAlive()) arena.close();
    }
}
