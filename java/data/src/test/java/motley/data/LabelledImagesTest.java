package motley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LabelledImagesTest {
    @TempDir Path directory;

    @Test
    void samplesAreCopiedScaledAndPadded() throws IOException {
        var images = write("train-images-idx3-ubyte", new int[] {2, 1, 2}, 0, 51, 255, 102);
        var labels = write("train-labels-idx1-ubyte", new int[] {2}, 1, 0);
        var data = LabelledImages.read(images, labels, 2);

        var batch = Tensor.onHeap(TensorType.f32(3, 1, 2, 1));
        var classes = Tensor.onHeap(TensorType.i32(3));
        classes.setInt(2, 9);
        data.copy(new int[] {1, 0}, batch, classes);

        assertThat(batch.toFloats()).containsExactly(1f, 0.4f, 0f, 0.2f, 0f, 0f);
        assertThat(classes.toInts()).containsExactly(0, 1, 0);
    }

    @Test
    void gzippedFilesAreReadUnderTheirNames() throws IOException {
        gzip(write("train-images-idx3-ubyte", new int[] {1, 1, 1}, 7));
        gzip(write("train-labels-idx1-ubyte", new int[] {1}, 3));
        write("t10k-images.idx3-ubyte", new int[] {1, 1, 1}, 9);
        write("t10k-labels.idx1-ubyte", new int[] {1}, 0);
        var dataset = ImageDataset.in(directory);
        assertThat(dataset.classes()).isEqualTo(4);
        assertThat(dataset.readTrain().label(0)).isEqualTo(3);
        assertThat(dataset.readTest().count()).isEqualTo(1);
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        write("train-labels-idx1-ubyte", new int[] {1}, 0);
        assertThatThrownBy(() -> ImageDataset.in(directory))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(directory + ": lacks train-images-idx3-ubyte or");
        assertThatThrownBy(() -> ImageDataset.in(directory.resolve("none")))
                .hasMessageContaining("no such directory");
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        var file = write("x", new int[] {2, 2, 1}, 1, 2, 3, 4);
        var whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> IdxFile.read(file))
                    .as("prefix of %d bytes", length)
                    .isInstanceOf(DatasetException.class);
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> IdxFile.read(file)).hasMessageContaining("longer than its header");
    }

    @Test
    void hostileHeadersAllocateNothing() throws IOException {
        var huge = write("huge", new int[] {Integer.MAX_VALUE, 1 << 20, 1 << 20});
        assertThatThrownBy(() -> IdxFile.read(huge)).hasMessageContaining("expected: fewer");
        var negative = write("negative", new int[] {-1});
        assertThatThrownBy(() -> IdxFile.read(negative)).hasMessageContaining("axis 0 of size -1");
        var floats = directory.resolve("floats");
        Files.write(floats, new byte[] {0, 0, 13, 1, 0, 0, 0, 1, 0});
        assertThatThrownBy(() -> IdxFile.read(floats)).hasMessageContaining("element type 13");
    }

    @Test
    void countsAndLabelsMustFit() throws IOException {
        var images = write("i", new int[] {2, 1, 1}, 0, 0);
        var few = write("few", new int[] {1}, 0);
        assertThatThrownBy(() -> LabelledImages.read(images, few, 10))
                .hasMessageEndingWith("1 labels (expected: 2, one per image of i)");
        var wrong = write("wrong", new int[] {2}, 3, 10);
        assertThatThrownBy(() -> LabelledImages.read(images, wrong, 10))
                .hasMessageEndingWith("label 10 of sample 1 (expected: in [0, 10))");
        assertThatThrownBy(() -> LabelledImages.read(images, images, 10))
                .hasMessageContaining("expected: rank 1");
    }

    private Path write(String name, int[] dims, int... bytes) throws IOException {
        var buffer = ByteBuffer.allocate(4 + 4 * dims.length + bytes.length);
        buffer.put((byte) 0).put((byte) 0).put((byte) 8).put((byte) dims.length);
        for (int dim : dims) buffer.putInt(dim);
        for (int value : bytes) buffer.put((byte) value);
        return Files.write(directory.resolve(name), buffer.array());
    }

    private static void gzip(Path file) throws IOException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(Path.of(file + ".gz")))) {
            out.write(Files.readAllBytes(file));
        }
        Files.delete(file);
    }
}
