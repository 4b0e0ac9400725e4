package motley.coordinator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import motley.coordinator.storage.BlobStore;
import motley.data.ShardIndex.Shard;
import motley.data.ShardedSamples;
import motley.data.SplitSamples;
import motley.nn.Model;

/// The samples of a stored data set, where its shards lie. Any thread may call.
final class StoredSamples implements ShardedSamples.Shelf {
    /// Shards that are mapped at once; a mapping costs addresses, not memory.
    private static final int OPEN_MAX = 64;

    private final BlobStore blobs;
    private final Map<String, MemorySegment> open = new LinkedHashMap<>(16, 0.75f, true);

    private StoredSamples(BlobStore blobs) {
        this.blobs = blobs;
    }

    /// @throws IOException if the index is gone
    static SplitSamples of(RunRequest.Stored stored, Model model, BlobStore blobs)
            throws IOException {
        var shelf = new StoredSamples(blobs);
        var index = Deposits.index(shelf.file(stored.index()));
        return ShardedSamples.of(index, shelf, model.input(), model.target());
    }

    @Override
    public synchronized MemorySegment open(Shard shard) throws IOException {
        var known = open.get(shard.sha256());
        if (known != null) return known;
        try (var channel = FileChannel.open(file(shard.sha256()), StandardOpenOption.READ)) {
            var bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            open.put(shard.sha256(), bytes);
            if (open.size() > OPEN_MAX) open.remove(open.keySet().iterator().next());
            return bytes;
        }
    }

    private Path file(String blob) throws IOException {
        return blobs.find(blob)
                .orElseThrow(() -> new IOException("blob: %s is gone".formatted(blob)));
    }
}
