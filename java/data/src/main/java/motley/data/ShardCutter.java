package motley.data;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import motley.data.ShardIndex.Shard;

/// Gathers samples into shards of equal size, each handed on as soon as it is full. Equal samples
/// from the first on give equal shards.
///
/// Confined to one thread.
public final class ShardCutter {
    /// Bytes of a shard, about.
    public static final int SHARD_BYTES = 4 << 20;

    private final SampleForm form;
    private final Sink sink;
    private final int samplesMax;
    private final MemorySegment inputs;
    private final MemorySegment targets;
    private final List<Shard> shards = new ArrayList<>();
    private int count;

    /// Where shards go.
    public interface Sink {
        /// @return the SHA-256 of `bytes`, by which they are found again
        String put(MemorySegment bytes) throws IOException;
    }

    public ShardCutter(SampleForm form, Sink sink) {
        this.form = form;
        this.sink = sink;
        samplesMax = Math.max(1, SHARD_BYTES / form.sizeBytes());
        var bytes = new byte[samplesMax * form.sizeBytes()];
        long inputBytes = (long) samplesMax * form.input().rowBytes();
        inputs = MemorySegment.ofArray(bytes).asSlice(0, inputBytes);
        targets = MemorySegment.ofArray(bytes).asSlice(inputBytes);
    }

    /// Adds a sample, a row of each.
    public void add(MemorySegment input, MemorySegment target) throws IOException {
        long inputBytes = form.input().rowBytes();
        long targetBytes = form.target().rowBytes();
        MemorySegment.copy(input, 0, inputs, count * inputBytes, inputBytes);
        MemorySegment.copy(target, 0, targets, count * targetBytes, targetBytes);
        if (++count == samplesMax) flush();
    }

    /// The shards of all samples.
    public ShardIndex.Part finish() throws IOException {
        flush();
        return new ShardIndex.Part(shards);
    }

    private void flush() throws IOException {
        if (count == 0) return;
        var whole = MemorySegment.ofArray(new byte[count * form.sizeBytes()]);
        long inputBytes = (long) count * form.input().rowBytes();
        MemorySegment.copy(inputs, 0, whole, 0, inputBytes);
        MemorySegment.copy(targets, 0, whole, inputBytes, whole.byteSize() - inputBytes);
        shards.add(new Shard(sink.put(whole), count));
        count = 0;
    }
}
