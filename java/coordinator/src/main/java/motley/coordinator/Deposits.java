package motley.coordinator;

import static motley.tensor.Require.require;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import motley.coordinator.storage.BlobStore;
import motley.data.DatasetException;
import motley.data.Samples;
import motley.data.ShardIndex;
import motley.data.ShardedSamples;
import motley.data.SplitSamples;
import motley.interchange.Safetensors;
import motley.interchange.TensorFile;
import motley.nn.Model;
import motley.nn.ParameterSpec;
import motley.tensor.DType;
import motley.tensor.Shape;

/// What people deposited as blobs, looked at before a run relies on it.
final class Deposits {
    private static final int IDX_UNSIGNED_BYTE = 8;

    private Deposits() {}

    /// @throws IllegalArgumentException if a blob is missing, is not in the form that the request
    ///     says, or does not fit
    static void requireFit(RunRequest request, Model model, BlobStore blobs) {
        switch (request.dataset()) {
            case RunRequest.Images(var train, var test, int _) -> {
                requireFit("train", train, model, blobs);
                if (test.samples() > 0) requireFit("test", test, model, blobs);
            }
            case RunRequest.Whole whole -> requireFit(whole, model, blobs);
            case RunRequest.Stored stored -> requireFit(stored, model, blobs);
            case RunRequest.HeldBack held -> requireFit(request.with(held.whole()), model, blobs);
            case RunRequest.OnDevices own -> requireFit(request.with(own.test()), model, blobs);
        }
    }

    /// Looks at the index alone: its shards were looked at when they were cut.
    private static void requireFit(RunRequest.Stored stored, Model model, BlobStore blobs) {
        var file = blobs.find(stored.index());
        require(
                file.isPresent(),
                "dataset.index: %s (expected: a blob that is here)",
                stored.index());
        var index = index(file.orElseThrow());
        requireCount("trainSamples", stored.trainSamples(), index.train().count());
        requireCount("testSamples", stored.testSamples(), index.test().count());
        ShardedSamples.requireFits("dataset inputs", index.form().input(), model.input());
        ShardedSamples.requireFits("dataset targets", index.form().target(), model.target());
        boolean isOfClasses = index.form().target().type().dtype() == DType.I32;
        require(
                !isOfClasses || (index.classes() >= 1 && index.classes() <= model.classes()),
                "dataset classes: %d (expected: 1 to %d, what %s tells apart)",
                index.classes(),
                model.classes(),
                model.name());
        for (var shard : index.shards()) {
            require(
                    blobs.find(shard.sha256()).isPresent(),
                    "dataset shard: %s (expected: a blob that is here)",
                    shard.sha256());
        }
    }

    static ShardIndex index(Path file) {
        try {
            require(
                    Files.size(file) <= ShardIndex.BYTES_MAX,
                    "dataset.index: over %d bytes",
                    ShardIndex.BYTES_MAX);
            return ShardIndex.parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads the samples as devices will.
    private static void requireFit(RunRequest.Whole whole, Model model, BlobStore blobs) {
        var field = "dataset." + whole.form().field;
        var file = blobs.find(whole.blob());
        require(file.isPresent(), "%s: %s (expected: a blob that is here)", field, whole.blob());
        try {
            var samples = samples(whole.form(), file.orElseThrow(), model);
            var train = samples.train();
            require(
                    train.inputType().equals(model.input())
                            && train.targetType().equals(model.target()),
                    "%s: %s with targets %s (expected: %s with %s, what %s takes)",
                    field,
                    train.inputType(),
                    train.targetType(),
                    model.input(),
                    model.target(),
                    model.name());
            requireCount("trainSamples", whole.trainSamples(), train);
            requireCount("testSamples", whole.testSamples(), samples.test());
            train.requireClasses(model.classes());
            samples.test().requireClasses(model.classes());
        } catch (DatasetException e) {
            throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
        }
    }

    private static SplitSamples samples(RunRequest.Form form, Path file, Model model) {
        return switch (form) {
            case ARRAYS -> SplitSamples.ofArrays(file);
            case TEXT -> SplitSamples.ofText(file, model.input());
        };
    }

    private static void requireCount(String field, int count, Samples samples) {
        requireCount(field, count, samples.count());
    }

    private static void requireCount(String field, int count, int found) {
        require(
                count == found,
                "dataset.%s: %d (expected: %d, what the blob holds)",
                field,
                count,
                found);
    }

    /// Reads parameters for `specs` into `into`: safetensors, or raw f32 of exactly their length.
    ///
    /// @throws IOException if the blob is missing or holds something else
    static void readWeights(
            BlobStore blobs, String name, List<ParameterSpec> specs, MemorySegment into)
            throws IOException {
        var file =
                blobs.find(name)
                        .orElseThrow(
                                () -> new IOException("weights: %s: no such blob".formatted(name)));
        try (var channel = FileChannel.open(file, StandardOpenOption.READ);
                var arena = Arena.ofConfined()) {
            long sizeBytes = channel.size();
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, sizeBytes, arena);
            if (sizeBytes == into.byteSize()) into.copyFrom(bytes);
            else copy(Safetensors.read(file, arena), specs, into);
        }
    }

    /// Other tensors in the file are ignored.
    private static void copy(TensorFile file, List<ParameterSpec> specs, MemorySegment into)
            throws IOException {
        long at = 0;
        for (var spec : specs) {
            var tensor = file.tensors().get(spec.name());
            if (tensor == null || !tensor.type().equals(spec.type())) {
                var found = tensor == null ? "missing" : tensor.type().toString();
                throw new IOException(
                        "weights: %s is %s (expected: %s)"
                                .formatted(spec.name(), found, spec.type()));
            }
            long sizeBytes = spec.type().sizeBytes();
            into.asSlice(at, sizeBytes).copyFrom(tensor.data());
            at += sizeBytes;
        }
    }

    private static void requireFit(
            String part, RunRequest.Part files, Model model, BlobStore blobs) {
        var images = shape(part + "Images", files.images(), blobs);
        var labels = shape(part + "Labels", files.labels(), blobs);
        int samples = files.samples();
        require(
                labels.equals(Shape.of(samples)),
                "%sLabels: %s (expected: [%d])",
                part,
                labels,
                samples);
        var input = model.inputShape();
        require(
                images.dim(0) == samples && images.count() == (long) samples * input.count(),
                "%sImages: %s (expected: %d images of %s)",
                part,
                images,
                samples,
                input);
    }

    private static Shape shape(String field, String blob, BlobStore blobs) {
        var file = blobs.find(blob);
        require(file.isPresent(), "dataset.%s: %s (expected: a blob that is here)", field, blob);
        try {
            return shape(field, file.orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Shape shape(String field, Path file) throws IOException {
        long sizeBytes = Files.size(file);
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            int magic = sizeBytes < 4 ? -1 : in.readInt();
            int rank = magic & 0xff;
            boolean isIdx = magic >>> 8 == IDX_UNSIGNED_BYTE && rank >= 1 && rank <= 4;
            require(
                    isIdx && sizeBytes >= 4 + 4L * rank,
                    "dataset.%s: no IDX file of bytes (expected: one, not compressed)",
                    field);
            var dims = new Integer[rank];
            for (int axis = 0; axis < rank; axis++) dims[axis] = in.readInt();
            var shape = Shape.of(dims);
            require(
                    sizeBytes == 4 + 4L * rank + shape.count(),
                    "dataset.%s: %d bytes (expected: %s of elements)",
                    field,
                    sizeBytes,
                    shape);
            return shape;
        }
    }
}
