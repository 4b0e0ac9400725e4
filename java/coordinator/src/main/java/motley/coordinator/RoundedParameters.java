package motley.coordinator;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import motley.wire.encoding.ParameterFrame;

/// Versions of a run's parameters rounded to bfloat16, as frames for devices far away: whole, or as
/// the difference to a version that a device holds.
///
/// The newest versions are kept, at most [#VERSIONS_MAX] of them in at most [#KEPT_BYTES_MAX], but
/// always two. A device that holds an older one, or none, or one of another [#WHOLE_EVERY]
/// versions, gets the whole. Frames are made by the threads of requests, once each.
///
/// [#frame] may be called by any thread; the rest belongs to the thread of the run.
final class RoundedParameters implements AutoCloseable {
    static final int VERSIONS_MAX = 64;
    static final long KEPT_BYTES_MAX = 64L << 20;

    /// A device that has applied so many differences gets the whole, so that nothing it might have
    /// wrong stays.
    static final int WHOLE_EVERY = 64;

    private static final int FRAMES_MAX = 8;
    private static final long NOTHING_HELD = -1;

    private final Arena arena = Arena.ofShared();
    private final int elements;
    private final MemorySegment floats;

    /// Guarded by this, oldest first.
    private final ArrayDeque<Version> versions = new ArrayDeque<>();

    private long newest = -1;

    /// @param frames by the version that they are the difference to
    private record Version(long number, MemorySegment words, Map<Long, Frame> frames) {}

    /// Bytes that nobody changes.
    private static final class Frame {
        final byte[] bytes;

        Frame(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    /// @param elements of the parameters
    RoundedParameters(int elements) {
        this.elements = elements;
        floats = arena.allocate(4L * elements, 64);
    }

    /// Rounds `parameters`, unless they are of the newest version.
    ///
    /// @return what devices compute with, little-endian f32, changed by the next version
    MemorySegment round(long version, MemorySegment parameters) {
        if (version == newest) return floats;
        var words = MemorySegment.ofArray(new byte[Math.multiplyExact(2, elements)]);
        ParameterFrame.round(parameters, words);
        ParameterFrame.widen(words, floats);
        newest = version;
        keep(new Version(version, words, new ConcurrentHashMap<>()));
        return floats;
    }

    /// The frame of `version` for a device that holds `held`; empty if it is kept no more.
    Optional<byte[]> frame(long version, OptionalLong held) {
        var wanted = find(version);
        if (wanted.isEmpty()) return Optional.empty();
        long base = held.orElse(NOTHING_HELD);
        boolean isNear = base >= 0 && base / WHOLE_EVERY == version / WHOLE_EVERY;
        var before = isNear ? find(base) : Optional.<Version>empty();
        return Optional.of(frame(wanted.get(), before).bytes);
    }

    private static Frame frame(Version version, Optional<Version> before) {
        long base = before.map(Version::number).orElse(NOTHING_HELD);
        if (version.frames.size() >= FRAMES_MAX && !version.frames.containsKey(base)) {
            return make(version, before);
        }
        return version.frames.computeIfAbsent(base, _ -> make(version, before));
    }

    private static Frame make(Version version, Optional<Version> before) {
        var bytes =
                before.isEmpty()
                        ? ParameterFrame.whole(version.number, version.words)
                        : ParameterFrame.difference(
                                version.number,
                                version.words,
                                before.get().number,
                                before.get().words);
        return new Frame(bytes);
    }

    private synchronized Optional<Version> find(long number) {
        return versions.stream().filter(version -> version.number == number).findFirst();
    }

    private synchronized void keep(Version version) {
        if (!versions.isEmpty()) versions.getLast().frames.clear();
        versions.addLast(version);
        long kept = Math.clamp(KEPT_BYTES_MAX / (2L * elements), 2, VERSIONS_MAX);
        while (versions.size() > kept) versions.removeFirst();
    }

    @Override
    public synchronized void close() {
        versions.clear();
        arena.close();
    }
}
