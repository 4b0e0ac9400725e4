package motley.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;

/// The layout of the files that processes of one machine share, and the rule that makes torn
/// contents visible.
///
/// ```
/// bytes  0 …  7   magic
/// bytes  8 … 15   stamp of the writing that began last
/// bytes 16 … 23   stamp of the writing that ended last
/// bytes 24 … 31   number of elements
/// bytes 64 …      elements, f32
/// ```
///
/// All little-endian. A stamp is a parameter version or a lease. A writer sets the first stamp,
/// then the elements, then the second; a reader checks the second, copies, and checks the first.
/// Equal stamps mean that nobody wrote in between. Source: sequence locks; see Boehm, "Can seqlocks
/// get along with programming language memory models?", MSPC 2012, for the fences.
final class SharedFile {
    static final long HEADER_BYTES = 64;

    /// `motley` and a format number.
    private static final long MAGIC = 0x0001_79656c746f6dL;

    /// The stamp of a file without contents.
    private static final long NOTHING = -1;

    private static final long BEGUN = 8;
    private static final long ENDED = 16;
    private static final long ELEMENTS = 24;
    private static final ValueLayout.OfLong I64 =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD = I64.varHandle();

    private SharedFile() {}

    static long sizeBytes(int elements) {
        return HEADER_BYTES + 4L * elements;
    }

    /// Marks a new file as one of `elements` elements without contents.
    static void format(MemorySegment file, int elements) {
        WORD.setVolatile(file, BEGUN, NOTHING);
        WORD.setVolatile(file, ENDED, NOTHING);
        file.set(I64, ELEMENTS, elements);
        WORD.setVolatile(file, 0L, MAGIC);
    }

    /// Replaces the contents by `elements` under `stamp`, which is at least 0.
    static void write(MemorySegment file, long stamp, MemorySegment elements) {
        WORD.setVolatile(file, BEGUN, stamp);
        VarHandle.fullFence();
        MemorySegment.copy(elements, 0, file, HEADER_BYTES, elements.byteSize());
        VarHandle.fullFence();
        WORD.setVolatile(file, ENDED, stamp);
    }

    /// Copies the contents written under `stamp` into `into`.
    ///
    /// @return false if the file holds something else, or was overwritten meanwhile: then `into`
    ///     holds nothing of use
    static boolean read(MemorySegment file, long stamp, MemorySegment into) {
        if (!holds(file, stamp, into.byteSize())) return false;
        MemorySegment.copy(file, HEADER_BYTES, into, 0, into.byteSize());
        VarHandle.fullFence();
        return (long) WORD.getVolatile(file, BEGUN) == stamp;
    }

    /// The contents written under `stamp`, in place; empty if the file holds something else, or is
    /// being overwritten.
    static Optional<MemorySegment> view(MemorySegment file, long stamp) {
        long bytes = file.byteSize() - HEADER_BYTES;
        boolean isWhole =
                holds(file, stamp, bytes) && (long) WORD.getVolatile(file, BEGUN) == stamp;
        return isWhole ? Optional.of(file.asSlice(HEADER_BYTES, bytes)) : Optional.empty();
    }

    private static boolean holds(MemorySegment file, long stamp, long bytes) {
        return (long) WORD.getVolatile(file, 0L) == MAGIC
                && (long) WORD.getVolatile(file, ENDED) == stamp
                && file.get(I64, ELEMENTS) * 4 == bytes
                && file.byteSize() == HEADER_BYTES + bytes;
    }
}
