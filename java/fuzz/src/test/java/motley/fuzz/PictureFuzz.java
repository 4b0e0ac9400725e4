package motley.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/// A picture among others: PNG, JPEG or BMP by its first bytes.
public final class PictureFuzz {
    /// Two pictures of 2²⁴ pixels, and what the libraries decode them with.
    private static final long PIXELS_BYTES_MAX = 512L << 20;

    private PictureFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.ofFile(
                zipped(bytes), file -> SampleTrials.drain("pictures.zip", file), PIXELS_BYTES_MAX);
    }

    private static byte[] zipped(byte[] picture) {
        try {
            return SampleTrials.zip(Map.of("a/1.png", picture, "b/2.png", picture));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
    }
}
