package motley.worker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.data.LabelledImages;
import motley.data.SplitSamples;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.ProgramCodec;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import motley.wire.RunManifest;

/// A run small enough to compute by hand: images of 2·2 pixels, one matrix `w` of parameters.
///
/// With `score = image·w` summed over the classes, the gradient program's loss is
/// `Σ weight·(score + (row + 1)·id)`, which tells apart samples and rows; `correct` is `Σ weight`;
/// the gradient is `dw[pixel, class] = Σ weight·image[pixel]`. The evaluation's loss is
/// `Σ weight·score`, its `correct` is `Σ weight·label`.
record TinyRun(RunManifest manifest, Map<String, byte[]> blobs, PreparedRun.Programs programs) {
    static final int PIXELS = 4;
    static final int CLASSES = 3;
    static final int TRAIN = 10;
    static final int TEST = 5;
    static final long SEED = 17;
    static final TensorType PARAMETERS = TensorType.f32(PIXELS, CLASSES);

    static TinyRun of(String name, int microBatch) {
        var blobs = new LinkedHashMap<String, byte[]>();
        var programs =
                new PreparedRun.Programs(gradientProgram(microBatch), evaluateProgram(microBatch));
        var manifest =
                new RunManifest(
                        name,
                        "tiny",
                        keep(blobs, ProgramCodec.encode(programs.gradient())),
                        keep(blobs, ProgramCodec.encode(programs.evaluate())),
                        new RunManifest.Images(
                                keep(blobs, images(TRAIN)),
                                keep(blobs, labels(TRAIN)),
                                keep(blobs, images(TEST)),
                                keep(blobs, labels(TEST)),
                                CLASSES),
                        microBatch,
                        SEED,
                        PIXELS * CLASSES);
        return new TinyRun(manifest, blobs, programs);
    }

    /// Byte `pixel` of image `sample`.
    static int pixel(int sample, int pixel) {
        return (17 * sample + 60 * pixel + 1) % 256;
    }

    static int label(int sample) {
        return sample % CLASSES;
    }

    SplitSamples samples(Path directory) throws IOException {
        var files = (RunManifest.Images) manifest.dataset();
        return new SplitSamples(
                read(directory, files.trainImages(), files.trainLabels()),
                read(directory, files.testImages(), files.testLabels()));
    }

    private LabelledImages read(Path directory, String images, String labels) throws IOException {
        return LabelledImages.read(file(directory, images), file(directory, labels), CLASSES);
    }

    private Path file(Path directory, String sha256) throws IOException {
        var bytes = Optional.ofNullable(blobs.get(sha256)).orElseThrow();
        return Files.write(directory.resolve(sha256), bytes);
    }

    static Program gradientProgram(int batch) {
        var b = new ProgramBuilder();
        var in = inputs(b, batch);
        var ids = b.param(TensorType.i32(batch));
        b.param(TensorType.i32(2));
        var places = b.shift(b.convert(b.iota(Shape.of(batch), 0), DType.F32), 1);
        var marks = b.mul(places, b.convert(ids, DType.F32));
        var loss = b.sumAll(b.mul(in.weights(), b.add(in.scores(b), marks)));
        var spread = b.alongOutermost(in.weights(), Shape.of(batch, CLASSES));
        var gradient = b.matmul(b.transpose(in.rows(b), 1, 0), spread);
        return b.build(List.of(loss, b.sumAll(in.weights()), gradient));
    }

    static Program evaluateProgram(int batch) {
        var b = new ProgramBuilder();
        var in = inputs(b, batch);
        var loss = b.sumAll(b.mul(in.weights(), in.scores(b)));
        var correct = b.sumAll(b.mul(in.weights(), b.convert(in.labels(), DType.F32)));
        return b.build(List.of(loss, correct));
    }

    private static Inputs inputs(ProgramBuilder b, int batch) {
        return new Inputs(
                b.param(PARAMETERS),
                b.param(TensorType.f32(batch, 2, 2, 1)),
                b.param(TensorType.i32(batch)),
                b.param(TensorType.f32(batch)));
    }

    private record Inputs(Var w, Var images, Var labels, Var weights) {
        Var rows(ProgramBuilder b) {
            return b.reshape(images, Shape.of(images.type().shape().dim(0), PIXELS));
        }

        Var scores(ProgramBuilder b) {
            return b.sum(b.matmul(rows(b), w), 1);
        }
    }

    private static byte[] images(int count) {
        var bytes = ByteBuffer.allocate(16 + count * PIXELS);
        bytes.put(new byte[] {0, 0, 8, 3}).putInt(count).putInt(2).putInt(2);
        for (int sample = 0; sample < count; sample++) {
            for (int i = 0; i < PIXELS; i++) bytes.put((byte) pixel(sample, i));
        }
        return bytes.array();
    }

    private static byte[] labels(int count) {
        var bytes = ByteBuffer.allocate(8 + count);
        bytes.put(new byte[] {0, 0, 8, 1}).putInt(count);
        for (int sample = 0; sample < count; sample++) bytes.put((byte) label(sample));
        return bytes.array();
    }

    private static String keep(Map<String, byte[]> blobs, byte[] bytes) {
        var name = sha256(bytes);
        blobs.put(name, bytes);
        return name;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
