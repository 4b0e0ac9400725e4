package motley.coordinator.datasets;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpStatus;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.storage.BlobStore;
import motley.data.Column.Form;
import motley.data.ShardIndex;
import motley.data.ShardedSamples;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// The first samples of a data set, to look at: as pictures where they are some, else as numbers.
record Preview(BlobStore blobs, ShardIndex index) {
    private static final int NUMBERS_MAX = 100;

    ObjectNode of(int count) throws IOException {
        var samples =
                ShardedSamples.of(
                                index,
                                shard ->
                                        MemorySegment.ofArray(
                                                Files.readAllBytes(file(shard.sha256()))),
                                index.form().input().type(),
                                index.form().target().type())
                        .train();
        int shown = Math.min(count, samples.count());
        var part = samples.part(0, shown);
        var object = Reply.object();
        var array = object.putArray("samples");
        for (int i = 0; i < shown; i++) {
            var inputs = one(samples.inputType());
            var targets = one(samples.targetType());
            part.copy(new int[] {i}, inputs, targets);
            var sample = array.addObject();
            if (isPicture()) sample.put("picture", picture(inputs));
            else numbers(sample, "input", inputs);
            numbers(sample, "target", targets);
        }
        return object;
    }

    private static Tensor one(TensorType type) {
        return Tensor.onHeap(type.with(type.shape().prepend(1)));
    }

    private Path file(String sha256) {
        return blobs.find(sha256)
                .orElseThrow(
                        () ->
                                new Problem(
                                        HttpStatus.NOT_FOUND,
                                        "shard: %s is gone".formatted(sha256)));
    }

    private boolean isPicture() {
        var shape = index.form().input().shape();
        return index.form().input().form() == Form.UNIT
                && shape.rank() == 3
                && (shape.dim(2) == 1 || shape.dim(2) == 3);
    }

    private static void numbers(ObjectNode sample, String name, Tensor row) {
        var numbers = sample.putArray(name);
        int count = Math.min(row.shape().count(), NUMBERS_MAX);
        switch (row.type().dtype()) {
            case F32 -> IntStream.range(0, count).forEach(i -> numbers.add(row.getFloat(i)));
            case I32 -> IntStream.range(0, count).forEach(i -> numbers.add(row.getInt(i)));
            case BOOL -> IntStream.range(0, count).forEach(i -> numbers.add(row.getBoolean(i)));
        }
    }

    /// A PNG file as a data URL.
    private static String picture(Tensor row) throws IOException {
        Shape shape = row.shape(); // [1, rows, cols, channel]
        int channels = shape.dim(3);
        var image = new BufferedImage(shape.dim(2), shape.dim(1), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < shape.dim(1); y++) {
            for (int x = 0; x < shape.dim(2); x++) {
                int at = (y * shape.dim(2) + x) * channels;
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    rgb = rgb << 8 | Math.round(255 * row.getFloat(at + Math.min(c, channels - 1)));
                }
                image.setRGB(x, y, rgb);
            }
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
