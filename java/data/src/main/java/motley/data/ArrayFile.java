package motley.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import motley.tensor.Tensor;

/// Samples in an NPZ file, as `numpy.savez` writes it: arrays `x` and `y` whose first axis counts
/// the samples, and, if there are other samples to test with, `x_test` and `y_test`. Otherwise the
/// last tenth is for testing.
///
/// @param train the samples to learn from
/// @param test the samples to test with
public record ArrayFile(ArraySamples train, ArraySamples test) {
    private static final int TEST_SHARE = 10;

    /// Reads the whole file.
    ///
    /// @throws DatasetException if it is missing or unusable; the message says what is wrong
    public static ArrayFile read(Path file) {
        if (!Files.isRegularFile(file)) throw new DatasetException(file, "missing");
        try (var zip = new ZipFile(file.toFile())) {
            return read(file, zip);
        } catch (ZipException e) {
            throw new DatasetException(file, "not an NPZ file: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new DatasetException(file, "unreadable: " + e.getMessage(), e);
        }
    }

    private static ArrayFile read(Path file, ZipFile zip) throws IOException {
        var x = array(file, zip, "x");
        var y = array(file, zip, "y");
        int count = pairs(file, x, y, "y");
        boolean tests = zip.getEntry("x_test.npy") != null || zip.getEntry("y_test.npy") != null;
        if (!tests) return split(file, x, y);
        var xTest = array(file, zip, "x_test");
        var yTest = array(file, zip, "y_test");
        int testCount = pairs(file, xTest, yTest, "y_test");
        var train = new ArraySamples(x, y, 0, count);
        var test = new ArraySamples(xTest, yTest, 0, testCount);
        boolean alike =
                train.inputType().equals(test.inputType())
                        && train.targetType().equals(test.targetType());
        if (!alike) {
            throw new DatasetException(
                    file,
                    "x_test, y_test: %s, %s a sample (expected: %s, %s as in x, y)"
                            .formatted(
                                    test.inputType(),
                                    test.targetType(),
                                    train.inputType(),
                                    train.targetType()));
        }
        return new ArrayFile(train, test);
    }

    private static ArrayFile split(Path file, Tensor x, Tensor y) {
        int count = x.shape().dim(0);
        int tests = Math.max(1, count / TEST_SHARE);
        if (count < 2) throw new DatasetException(file, "x: 1 sample (expected: at least 2)");
        return new ArrayFile(
                new ArraySamples(x, y, 0, count - tests),
                new ArraySamples(x, y, count - tests, tests));
    }

    private static Tensor array(Path file, ZipFile zip, String name) throws IOException {
        var entry = zip.getEntry(name + ".npy");
        if (entry == null) throw new DatasetException(file, "lacks the array " + name);
        try (var in = new BufferedInputStream(zip.getInputStream(entry), 1 << 16)) {
            return NumpyArray.read(file, name, in);
        }
    }

    private static int pairs(Path file, Tensor x, Tensor y, String name) {
        int count = x.shape().dim(0);
        if (y.shape().dim(0) == count) return count;
        throw new DatasetException(
                file,
                "%s: %d samples (expected: %d, as many as inputs)"
                        .formatted(name, y.shape().dim(0), count));
    }
}
