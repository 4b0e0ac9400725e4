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
/// bytes 24 … 31   bytes there is room for
/// bytes 32 … 39   bytes in use
/// bytes 64 …      contents
/// ```
///
/// All little-endian. A stamp is a parameter version or a lease. A writer sets the first stamp,
/// then the contents, then the second; a reader checks the second, copies, and checks the first.
/// Equal stamps mean that nobody wrote in between. Source: sequence locks; see Boehm, "Can seqlocks
/// get along with programming language memory models?", MSPC 2012, for the fences.
final class SharedFile {
    static final long HEADER_BYTES = 64;

    /// `motley` and a format number.
    private static final long MAGIC = 0x0002_79656c746f6dL;

    /// The stamp of a file without contents.
    private static final long NOTHING = -1;

    private static final long BEGUN = 8;
    private static final long ENDED = 16;
    private static final long ROOM = 24;
    private static final long USED = 32;
    private static final ValueLayout.OfLong I64 =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle WORD = I64.varHandle();

    private SharedFile() {}

    static long sizeBytes(long roomBytes) {
        return HEADER_BYTES + roomBytes;
    }

    /// Marks a new file as one without contents.
    static void format(MemorySegment file) {
        WORD.setVolatile(file, BEGUN, NOTHING);
        WORD.setVolatile(file, ENDED, NOTHING);
        file.set(I64, ROOM, file.byteSize() - HEADER_BYTES);
        file.set(I64, USED, 0);
        WORD.setVolatile(file, 0L, MAGIC);
    }

    /// Replaces the contents under `stamp`, which is at least 0.
    static void write(MemorySegment file, long stamp, MemorySegment contents) {
        WORD.setVolatile(file, BEGUN, stamp);
        VarHandle.fullFence();
        file.set(I64, USED, contents.byteSize());
        MemorySegment.copy(contents, 0, file, HEADER_BYTES, contents.byteSize());
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
        long bytes = file.get(I64, USED);
        boolean fits = bytes >= 0 && bytes <= file.byteSize() - HEADER_BYTES;
        boolean isWhole =
                fits && holds(file, stamp, bytes) && (long) WORD.getVolatile(file, BEGUN) == stamp;
        return isWhole ? Optional.of(file.asSlice(HEADER_BYTES, bytes)) : Optional.empty();
    }

    private static boolean holds(MemorySegment file, long stamp, long bytes) {
        return (long) WORD.getVolatile(file, 0L) == MAGIC
                && (long) WORD.getVolatile(file, ENDED) == stamp
                && file.get(I64, USED) == bytes
                && file.get(I64, ROOM) == file.byteSize() - HEADER_BYTES;
    }
}
