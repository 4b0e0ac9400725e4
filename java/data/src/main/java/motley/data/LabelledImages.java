package motley.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Images of unsigned bytes with one label each.
///
/// Thread-safe: nothing changes after it was read.
public final class LabelledImages implements Samples {
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Shape imageShape; // [rows, cols, channel]
    private final ByteBuffer pixels;
    private final ByteBuffer labels;

    private LabelledImages(Shape imageShape, ByteBuffer pixels, ByteBuffer labels) {
        this.imageShape = imageShape;
        this.pixels = pixels;
        this.labels = labels;
    }

    /// Reads images `[count, rows, cols]` or `[count, rows, cols, channel]` and labels `[count]`.
    ///
    /// @param classes labels lie in `[0, classes)`
    /// @throws DatasetException if a file is unusable, the counts differ or a label is out of range
    public static LabelledImages read(Path imagesFile, Path labelsFile, int classes) {
        var images = IdxFile.read(imagesFile);
        var labels = IdxFile.read(labelsFile);
        labels.requireRank(labelsFile, 1);
        if (images.shape().rank() != 4) images.requireRank(imagesFile, 3);
        if (images.count() != labels.count()) {
            throw new DatasetException(
                    labelsFile,
                    "%d labels (expected: %d, one per image of %s)"
                            .formatted(labels.count(), images.count(), imagesFile.getFileName()));
        }
        for (int sample = 0; sample < labels.count(); sample++) {
            int label = labels.unsigned(sample);
            if (label >= classes) {
                throw new DatasetException(
                        labelsFile,
                        "label %d of sample %d (expected: in [0, %d))"
                                .formatted(label, sample, classes));
            }
        }
        return new LabelledImages(imageShape(images.shape()), images.elements(), labels.elements());
    }

    private static Shape imageShape(Shape images) {
        int channels = images.rank() == 4 ? images.dim(3) : 1;
        return new Shape(List.of(images.dim(1), images.dim(2), channels));
    }

    /// `[rows, cols, channel]` of every image.
    public Shape imageShape() {
        return imageShape;
    }

    @Override
    public int count() {
        return labels.limit();
    }

    @Override
    public TensorType inputType() {
        return new TensorType(DType.F32, imageShape);
    }

    @Override
    public TensorType targetType() {
        return TensorType.i32();
    }

    public int label(int sample) {
        return Byte.toUnsignedInt(labels.get(sample));
    }

    /// Pixels are scaled to [0, 1].
    @Override
    public void copy(int[] samples, Tensor images, Tensor labels) {
        Batch.requireFits(this, samples, images, labels);
        images.data().fill((byte) 0);
        labels.data().fill((byte) 0);
        for (int row = 0; row < samples.length; row++) {
            copyImage(samples[row], images.data(), row);
            labels.setInt(row, label(samples[row]));
        }
    }

    private void copyImage(int sample, MemorySegment images, int row) {
        int size = imageShape.count();
        int from = sample * size;
        long to = (long) row * size * Float.BYTES;
        for (int i = 0; i < size; i++) {
            float pixel = Byte.toUnsignedInt(pixels.get(from + i)) / 255f;
            images.set(F32, to + (long) i * Float.BYTES, pixel);
        }
    }
}
