package motley.coordinator.datasets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.IntPredicate;
import motley.coordinator.storage.BlobStore;
import motley.data.DatasetException;
import motley.data.SampleFile;
import motley.data.SampleFiles;
import motley.data.SampleOrder;
import motley.data.ShardCutter;
import motley.data.ShardIndex;

/// Cuts the samples of files into shards. Memory is bounded by a few shards and rows.
final class Preparation {
    private static final int LOOK_EVERY = 256;

    private final BlobStore blobs;
    private final Recipe recipe;
    private final Watch watch;
    private long sizeBytes;

    /// Is told how far it is, and may end it.
    interface Watch {
        /// @throws IOException to end it
        void at(long samples, long sizeBytes) throws IOException;
    }

    /// What came of it.
    record Outcome(ShardIndex index, String indexSha256, long sizeBytes, String description) {}

    Preparation(BlobStore blobs, Recipe recipe, Watch watch) {
        this.blobs = blobs;
        this.recipe = recipe;
        this.watch = watch;
    }

    /// @param before the version that the samples are added to
    /// @throws DatasetException naming what is wrong with a file
    Outcome run(SampleFiles.Parts parts, Optional<ShardIndex> before) throws IOException {
        var form = parts.train().form();
        before.ifPresent(index -> requireAlike(index, parts.train()));
        var tally = new Tally(form);
        var train = new ShardCutter(form, this::put);
        var test = new ShardCutter(form, this::put);
        if (parts.test().isPresent()) {
            cut(parts.train(), _ -> false, tally, train, test);
            cut(parts.test().get(), _ -> true, tally, train, test);
        } else {
            cut(parts.train(), split(parts.train()), tally, train, test);
        }
        var added = new ShardIndex(form, tally.classes(), train.finish(), test.finish());
        var index = before.map(old -> joined(old, added)).orElse(added);
        var text = index.text();
        if (text.length() > ShardIndex.BYTES_MAX) {
            throw new IOException("index: %d bytes (expected: fewer)".formatted(text.length()));
        }
        var name = blobs.put(text.getBytes(StandardCharsets.US_ASCII));
        long bytes = index.shards().stream().mapToLong(s -> index.shardBytes(s.count())).sum();
        return new Outcome(index, name, bytes, describe(parts.train(), tally).toString());
    }

    private static void requireAlike(ShardIndex old, SampleFile file) {
        if (old.form().equals(file.form())) return;
        throw new IllegalArgumentException(
                "samples: %s with %s (expected: %s with %s, as in the versions before)"
                        .formatted(
                                file.form().input(),
                                file.form().target(),
                                old.form().input(),
                                old.form().target()));
    }

    private static ShardIndex joined(ShardIndex old, ShardIndex added) {
        return new ShardIndex(
                old.form(),
                Math.max(old.classes(), added.classes()),
                old.train().plus(added.train()),
                old.test().plus(added.test()));
    }

    /// Which samples are for testing: a share of them, drawn by the seed. At least one stays on
    /// either side.
    private IntPredicate split(SampleFile file) {
        int tests = (int) Math.round(recipe.testShare() * file.count());
        if (recipe.testShare() > 0) tests = Math.clamp(tests, 1, Math.max(1, file.count() - 1));
        if (file.count() == 1) return _ -> false;
        var order = new SampleOrder(recipe.seed(), 0, file.count());
        int end = tests;
        return sample -> end > 0 && order.sampleAt(sample) < end;
    }

    private void cut(
            SampleFile file, IntPredicate isTest, Tally tally, ShardCutter train, ShardCutter test)
            throws IOException {
        var input = MemorySegment.ofArray(new byte[file.form().input().rowBytes()]);
        var target = MemorySegment.ofArray(new byte[file.form().target().rowBytes()]);
        try (var reader = file.open()) {
            for (int i = 0; i < file.count(); i++) {
                reader.next(input, target);
                tally.add(input, target);
                (isTest.test(i) ? test : train).add(input, target);
                if (i % LOOK_EVERY == 0) watch.at(i, sizeBytes);
            }
        }
    }

    /// A shard that is there already is not written again.
    private String put(MemorySegment bytes) throws IOException {
        sizeBytes += bytes.byteSize();
        var name = Sha256.of(bytes);
        if (blobs.find(name).isPresent()) return name;
        return blobs.put(bytes);
    }

    private ObjectNode describe(SampleFile file, Tally tally) {
        var object = tally.json(file.classNames());
        object.put("input", file.form().input().type().toString());
        object.put("target", file.form().target().type().toString());
        object.put("inputForm", file.form().input().form().text());
        object.put("classes", tally.classes());
        return object;
    }
}
