package motley.data;

import static motley.tensor.Require.require;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.TreeSet;
import motley.data.ShardIndex.Shard;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Samples of which only some are here: a batch is gathered from the shards that it touches.
///
/// As thread-safe as its shelf.
public final class ShardedSamples implements Samples {
    private final ShardIndex index;
    private final ShardIndex.Part part;
    private final Shelf shelf;
    private final TensorType inputType;
    private final TensorType targetType;

    /// First sample of each shard; at the end the count of all.
    private final int[] firsts;

    /// Where shards are.
    public interface Shelf {
        /// The bytes of a shard, valid as long as they are reachable.
        ///
        /// @throws IOException if it cannot be had
        MemorySegment open(Shard shard) throws IOException, InterruptedException;
    }

    private ShardedSamples(
            ShardIndex index,
            ShardIndex.Part part,
            Shelf shelf,
            TensorType input,
            TensorType target) {
        this.index = index;
        this.part = part;
        this.shelf = shelf;
        inputType = input;
        targetType = target;
        firsts = new int[part.shards().size() + 1];
        for (int i = 0; i < part.shards().size(); i++) {
            firsts[i + 1] = firsts[i] + part.shards().get(i).count();
        }
    }

    /// Both parts of an index, in the shapes that a program takes, where they differ from the
    /// stored ones in axes of size 1 alone.
    ///
    /// @param input of one sample
    /// @param target of one sample
    /// @throws IllegalArgumentException if the samples do not fit these types, or there are none to
    ///     test with
    public static SplitSamples of(
            ShardIndex index, Shelf shelf, TensorType input, TensorType target) {
        requireFits("inputs", index.form().input(), input);
        requireFits("targets", index.form().target(), target);
        return new SplitSamples(
                new ShardedSamples(index, index.train(), shelf, input, target),
                new ShardedSamples(index, index.test(), shelf, input, target));
    }

    /// @throws IllegalArgumentException if rows of `column` cannot be taken for `wanted`
    public static void requireFits(String what, Column column, TensorType wanted) {
        require(
                column.fits(wanted),
                "%s: %s (expected: %s, what the model takes)",
                what,
                column.type(),
                wanted);
    }

    @Override
    public int count() {
        return part.count();
    }

    @Override
    public TensorType inputType() {
        return inputType;
    }

    @Override
    public TensorType targetType() {
        return targetType;
    }

    /// Brings every shard that `samples` touch to the shelf.
    @Override
    public void prepare(int[] samples) throws IOException, InterruptedException {
        var shards = new TreeSet<Integer>();
        for (int sample : samples) shards.add(shardOf(sample));
        for (int shard : shards) shelf.open(part.shards().get(shard));
    }

    /// @throws UncheckedIOException if a shard cannot be had
    @Override
    public void copy(int[] samples, Tensor inputs, Tensor targets) {
        Batch.requireFits(this, samples, inputs, targets);
        inputs.data().fill((byte) 0);
        targets.data().fill((byte) 0);
        var input = index.form().input();
        var target = index.form().target();
        for (int row = 0; row < samples.length; row++) {
            int number = shardOf(samples[row]);
            var shard = part.shards().get(number);
            var bytes = open(shard);
            int within = samples[row] - firsts[number];
            long targetsAt = (long) shard.count() * input.rowBytes();
            input.copy(bytes, (long) within * input.rowBytes(), inputs, row);
            target.copy(bytes, targetsAt + (long) within * target.rowBytes(), targets, row);
        }
    }

    private int shardOf(int sample) {
        require(
                sample >= 0 && sample < count(),
                "sample: %d (expected: under %d)",
                sample,
                count());
        int found = Arrays.binarySearch(firsts, sample);
        return found >= 0 ? found : -found - 2;
    }

    private MemorySegment open(Shard shard) {
        try {
            var bytes = shelf.open(shard);
            long expected = index.shardBytes(shard.count());
            if (bytes.byteSize() == expected) return bytes;
            throw new IOException(
                    "shard %s: %d bytes (expected: %d)"
                            .formatted(shard.sha256(), bytes.byteSize(), expected));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
