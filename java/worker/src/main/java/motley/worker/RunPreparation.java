package motley.worker;

import java.io.IOException;
import java.nio.file.Files;
import motley.data.LabelledImages;
import motley.program.Engine;
import motley.program.Limits;
import motley.program.Program;
import motley.program.ProgramCodec;
import motley.wire.BulkClient;
import motley.wire.RunManifest;

/// Fetches, verifies and compiles what a run needs.
///
/// @param memoryBytes what the owner lends; a program that needs more is refused unseen
record RunPreparation(BlobCache blobs, Engine engine, long memoryBytes) {
    /// Encoded programs are lists of a few hundred equations.
    private static final long PROGRAM_BYTES_MAX = 16 << 20;

    /// @throws IOException if a blob cannot be fetched
    /// @throws IllegalArgumentException if a program is refused or does not fit the manifest
    /// @throws InterruptedException if interrupted while waiting
    PreparedRun prepare(BulkClient bulk, RunManifest manifest)
            throws IOException, InterruptedException {
        var programs =
                new PreparedRun.Programs(
                        program(bulk, manifest.gradientProgram()),
                        program(bulk, manifest.evaluateProgram()));
        var files = manifest.dataset();
        var train =
                LabelledImages.read(
                        blobs.fetch(bulk, files.trainImages()),
                        blobs.fetch(bulk, files.trainLabels()),
                        files.classes());
        var test =
                LabelledImages.read(
                        blobs.fetch(bulk, files.testImages()),
                        blobs.fetch(bulk, files.testLabels()),
                        files.classes());
        return new PreparedRun(manifest, programs, new PreparedRun.Samples(train, test), engine);
    }

    private Program program(BulkClient bulk, String sha256)
            throws IOException, InterruptedException {
        var file = blobs.fetch(bulk, sha256);
        if (Files.size(file) > PROGRAM_BYTES_MAX) {
            throw new IOException("program %s: over %d bytes".formatted(sha256, PROGRAM_BYTES_MAX));
        }
        var limits = Limits.DEFAULT.withPeakLiveBytesMax(memoryBytes);
        return ProgramCodec.decode(Files.readAllBytes(file), limits);
    }
}
