package motley.worker;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.data.ShardIndex.Shard;
import motley.data.ShardedSamples;
import motley.wire.BulkClient;

/// Shards of data sets, fetched when a task touches them, and as many kept as the owner lends disk
/// for: those that were used last. Several processes may share the folder.
///
/// A shard that is open stays readable when it is removed, on systems that allow it.
///
/// Confined to one thread.
final class ShardCache implements ShardedSamples.Shelf {
    /// Shards that are mapped at once; a mapping costs addresses, not memory.
    private static final int OPEN_MAX = 256;

    private final BlobCache blobs;
    private final long bytesMax;
    private Optional<BulkClient> bulk = Optional.empty();
    private final Map<String, MemorySegment> open = new LinkedHashMap<>(16, 0.75f, true);
    private long fetched;

    /// @param bytesMax that all shards on disk may have together
    ShardCache(Path directory, long bytesMax) {
        require(bytesMax >= 1, "shard cache: %d bytes (expected: at least 1)", bytesMax);
        blobs = new BlobCache(directory);
        this.bytesMax = bytesMax;
    }

    /// From now on shards come from there.
    void attach(BulkClient source) {
        bulk = Optional.of(source);
    }

    /// Shards that were not here and had to be fetched, so far.
    long fetched() {
        return fetched;
    }

    @Override
    public MemorySegment open(Shard shard) throws IOException, InterruptedException {
        var known = open.get(shard.sha256());
        if (known != null) return known;
        var bytes = map(fetch(shard.sha256()));
        open.put(shard.sha256(), bytes);
        if (open.size() > OPEN_MAX) forgetEldest();
        return bytes;
    }

    private void forgetEldest() {
        Iterator<String> eldest = open.keySet().iterator();
        eldest.next();
        eldest.remove();
    }

    private Path fetch(String sha256) throws IOException, InterruptedException {
        var source = bulk.orElseThrow(() -> new IOException("shards: no coordinator yet"));
        var file = blobs.directory().resolve(sha256);
        boolean isHere = Files.isRegularFile(file);
        blobs.fetch(source, sha256);
        if (isHere) touch(file);
        else {
            fetched++;
            shrink(sha256);
        }
        return file;
    }

    /// Mapped until nobody reads it any more.
    private static MemorySegment map(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }

    private static void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }

    private record Kept(Path file, long sizeBytes, FileTime usedAt) {}

    /// Removes what was used longest ago until the rest fits; never `newest`.
    private void shrink(String newest) throws IOException {
        var kept = new ArrayList<Kept>();
        for (var file : files()) look(file).ifPresent(kept::add);
        long bytes = kept.stream().mapToLong(Kept::sizeBytes).sum();
        kept.sort(Comparator.comparing(Kept::usedAt).thenComparing(Kept::file));
        for (var shard : kept) {
            if (bytes <= bytesMax) return;
            if (shard.file.getFileName().toString().equals(newest)) continue;
            Files.deleteIfExists(shard.file);
            open.remove(shard.file.getFileName().toString());
            bytes -= shard.sizeBytes;
        }
    }

    /// Empty where another process was faster.
    private static Optional<Kept> look(Path file) throws IOException {
        try {
            return Optional.of(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(blobs.directory())) {
            return files.toList();
        }
    }
}
