package motley.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// A picture file, brought to a size and a number of channels.
///
/// Each pixel of the result is the mean of the area of the picture that it covers, so that nothing
/// between is lost; a picture of another proportion is stretched. Grey is 0.299 red + 0.587 green +
/// 0.114 blue. Transparent parts lie on black.
/// Source of the weights: ITU-R BT.601.
///
/// @param rows and `cols` of the result
/// @param channels 1 (grey) or 3 (red, green, blue)
record Picture(int rows, int cols, int channels) {
    /// Bytes a file may have.
    static final int FILE_BYTES_MAX = 32 << 20;

    private static final long PIXELS_MAX = 1 << 24;
    private static final Set<String> FORMATS = Set.of("png", "jpeg", "bmp");

    /// What is wrong with a picture.
    static final class UnusableException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableException(String reason) {
            super(reason);
        }
    }

    /// Writes `[rows, cols, channels]` bytes to `to`.
    ///
    /// @throws UnusableException if it is no picture, or too large a one
    void read(byte[] file, MemorySegment to) throws UnusableException {
        resize(decode(file), to);
    }

    /// Rows and columns of a picture, as its header says.
    static int[] size(byte[] file) throws UnusableException {
        return with(file, reader -> new int[] {reader.getHeight(0), reader.getWidth(0)});
    }

    private static BufferedImage decode(byte[] file) throws UnusableException {
        return with(file, reader -> reader.read(0));
    }

    private interface Reading<T> {
        T of(ImageReader reader) throws IOException;
    }

    /// The library's readers throw what they happen to run into.
    private static <T> T with(byte[] file, Reading<T> reading) throws UnusableException {
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            var readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) throw new UnusableException("no picture");
            var reader = readers.next();
            try {
                requireFormat(reader.getFormatName());
                reader.setInput(in, true, true);
                requireModest(reader);
                return reading.of(reader);
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            var message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new UnusableException("damaged: " + message);
        }
    }

    private static void requireFormat(String name) throws UnusableException {
        if (FORMATS.contains(name.toLowerCase(Locale.ROOT))) return;
        throw new UnusableException(name + " (expected: PNG, JPEG or BMP)");
    }

    private static void requireModest(ImageReader reader) throws IOException, UnusableException {
        long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
        if (pixels >= 1 && pixels <= PIXELS_MAX) return;
        throw new UnusableException(
                "%d × %d pixels (expected: at most %d in all)"
                        .formatted(reader.getWidth(0), reader.getHeight(0), PIXELS_MAX));
    }

    private void resize(BufferedImage image, MemorySegment to) {
        for (int row = 0; row < rows; row++) {
            var rowSpan = Span.of(row, rows, image.getHeight());
            for (int col = 0; col < cols; col++) {
                var mean = mean(image, rowSpan, Span.of(col, cols, image.getWidth()));
                long at = ((long) row * cols + col) * channels;
                for (int c = 0; c < channels; c++) {
                    to.set(ValueLayout.JAVA_BYTE, at + c, (byte) Math.round(mean[c]));
                }
            }
        }
    }

    /// The part of an axis that a pixel of the result covers.
    ///
    /// @param from and `to` in pixels of the picture
    private record Span(double from, double to) {
        static Span of(int index, int count, int size) {
            return new Span((double) index * size / count, (double) (index + 1) * size / count);
        }

        int first() {
            return (int) Math.floor(from);
        }

        int end() {
            return (int) Math.ceil(to);
        }

        double weight(int at) {
            return Math.min(to, at + 1.0) - Math.max(from, at);
        }
    }

    private double[] mean(BufferedImage image, Span rowSpan, Span colSpan) {
        var sum = new double[channels];
        double weights = 0;
        for (int y = rowSpan.first(); y < Math.min(rowSpan.end(), image.getHeight()); y++) {
            for (int x = colSpan.first(); x < Math.min(colSpan.end(), image.getWidth()); x++) {
                double weight = rowSpan.weight(y) * colSpan.weight(x);
                add(image.getRGB(x, y), weight, sum);
                weights += weight;
            }
        }
        for (int c = 0; c < channels; c++) sum[c] /= weights;
        return sum;
    }

    private void add(int argb, double weight, double[] sum) {
        double shown = weight * (argb >>> 24) / 255;
        double red = argb >> 16 & 0xff;
        double green = argb >> 8 & 0xff;
        double blue = argb & 0xff;
        if (channels == 1) {
            sum[0] += shown * (0.299 * red + 0.587 * green + 0.114 * blue);
        } else {
            sum[0] += shown * red;
            sum[1] += shown * green;
            sum[2] += shown * blue;
        }
    }
}
