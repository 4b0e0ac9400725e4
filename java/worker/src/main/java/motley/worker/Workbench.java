package motley.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import motley.data.HeldBack;
import motley.data.LabelledImages;
import motley.data.ShardIndex;
import motley.data.ShardedSamples;
import motley.data.SplitSamples;
import motley.program.Engine;
import motley.program.Limits;
import motley.program.Program;
import motley.program.ProgramCodec;
import motley.wire.BulkClient;
import motley.wire.RunManifest;

/// Fetches, verifies and compiles what a run needs, and keeps the last run ready: also while the
/// coordinator is away, so that a device that comes back works at once.
///
/// Confined to one thread. Closing it frees the run; the engine stays open.
final class Workbench implements AutoCloseable {
    /// Encoded programs are lists of a few hundred equations.
    private static final long PROGRAM_BYTES_MAX = 16 << 20;

    private final BlobCache blobs;
    private final Engine engine;
    /// What the owner lends; a program that needs more is refused unseen.
    private final long memoryBytes;

    private final ShardCache shards;
    private final OwnDatasets ownDatasets;
    private Optional<PreparedRun> last = Optional.empty();

    /// @param shards samples of stored data sets
    Workbench(BlobCache blobs, ShardCache shards, Engine engine, WorkerSettings settings) {
        this.shards = shards;
        this.blobs = blobs;
        this.engine = engine;
        memoryBytes = settings.memoryBytes();
        ownDatasets = settings.ownDatasets();
    }

    /// The run of `manifest` if it is ready.
    Optional<PreparedRun> ready(RunManifest manifest) {
        return last.filter(run -> run.manifest().equals(manifest));
    }

    /// From now on samples come from there.
    void attach(BulkClient bulk) {
        shards.attach(bulk);
    }

    /// What was sent for `lease` did not count.
    void takeBack(long lease) {
        last.ifPresent(run -> run.outgoing().takeBack(lease));
    }

    /// Makes the run of `manifest` ready in place of the one before.
    ///
    /// @throws IOException if a blob cannot be fetched
    /// @throws IllegalArgumentException if a program is refused or does not fit the manifest
    /// @throws InterruptedException if interrupted while waiting
    PreparedRun prepare(BulkClient bulk, RunManifest manifest)
            throws IOException, InterruptedException {
        close(); // There may not be memory for two.
        shards.attach(bulk);
        var programs =
                new PreparedRun.Programs(
                        program(bulk, manifest.gradientProgram()),
                        program(bulk, manifest.evaluateProgram()),
                        manifest.localProgram().isPresent()
                                ? Optional.of(program(bulk, manifest.localProgram().get()))
                                : Optional.empty());
        var samples = samples(bulk, manifest.dataset(), programs);
        var run = PreparedRun.open(manifest, programs, samples, engine);
        last = Optional.of(run);
        return run;
    }

    /// A blob, fetched if it is not here yet.
    ///
    /// @throws IOException if it cannot be fetched
    /// @throws InterruptedException if interrupted while waiting
    Path fetch(BulkClient bulk, String sha256) throws IOException, InterruptedException {
        return blobs.fetch(bulk, sha256);
    }

    private SplitSamples samples(
            BulkClient bulk, RunManifest.DatasetBlobs dataset, PreparedRun.Programs programs)
            throws IOException, InterruptedException {
        var input = PreparedRun.input(programs);
        return switch (dataset) {
            case RunManifest.Own(var name, var test) ->
                    new SplitSamples(ownDatasets.named(name), samples(bulk, test, programs).test());
            case RunManifest.HeldBack(var of, int count, long seed) ->
                    samples(bulk, of, programs).holding(new HeldBack(count, seed));
            case RunManifest.Images(var trainX, var trainY, var testX, var testY, int classes) ->
                    new SplitSamples(
                            images(bulk, trainX, trainY, classes),
                            images(bulk, testX, testY, classes));
            case RunManifest.Arrays(var file) -> SplitSamples.ofArrays(blobs.fetch(bulk, file));
            case RunManifest.Text(var file) -> SplitSamples.ofText(blobs.fetch(bulk, file), input);
            case RunManifest.Shards(var index) ->
                    ShardedSamples.of(
                            index(blobs.fetch(bulk, index)),
                            shards,
                            input,
                            PreparedRun.target(programs));
        };
    }

    private static ShardIndex index(Path file) throws IOException {
        long sizeBytes = Files.size(file);
        if (sizeBytes > ShardIndex.BYTES_MAX) {
            throw new IOException(
                    "index: %d bytes (expected: at most %d)"
                            .formatted(sizeBytes, ShardIndex.BYTES_MAX));
        }
        return ShardIndex.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
    }

    private LabelledImages images(BulkClient bulk, String images, String labels, int classes)
            throws IOException, InterruptedException {
        return LabelledImages.read(blobs.fetch(bulk, images), blobs.fetch(bulk, labels), classes);
    }

    private Program program(BulkClient bulk, String sha256)
            throws IOException, InterruptedException {
        var file = blobs.fetch(bulk, sha256);
        long sizeBytes = Files.size(file);
        if (sizeBytes > PROGRAM_BYTES_MAX) {
            throw new IOException(
                    "program %s: %d bytes (expected: at most %d)"
                            .formatted(sha256, sizeBytes, PROGRAM_BYTES_MAX));
        }
        var limits = Limits.DEFAULT.withPeakLiveBytesMax(memoryBytes);
        return ProgramCodec.decode(Files.readAllBytes(file), limits);
    }

    @Override
    public void close() {
        last.ifPresent(PreparedRun::close);
        last = Optional.empty();
    }
}
