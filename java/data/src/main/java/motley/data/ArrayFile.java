package motley.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import motley.tensor.Tensor;

/// Samples in an NPZ file, as `numpy.savez` writes it: arrays `x` and `y` whose first axis counts
/// the samples, and, if there are other samples to test with, `x_test` and `y_test`. Otherwise the
/// last tenth is for testing.
///
/// @param train the samples to learn from
/// @param test the samples to test with
public record ArrayFile(ArraySamples train, ArraySamples test) {
    private static final int TEST_SHARE = 10;
    private static final long ENTRY_BYTES_MAX = 4L << 30;

    /// Reads the whole file.
    ///
    /// @throws DatasetException if it is missing or unusable; the message says what is wrong
    public static ArrayFile read(Path file) {
        if (!Files.isRegularFile(file)) throw new DatasetException(file, "missing");
        try (var zip = ZipDirectory.open(file.toString(), file)) {
            var entries = new TreeMap<String, ZipEntry>();
            for (var entry : zip.files()) entries.put(entry.getName(), entry);
            return new Reading(file, zip, entries).read();
        } catch (IOException e) {
            throw new DatasetException(file, "unreadable: " + e.getMessage(), e);
        }
    }

    /// A file that is being read.
    private record Reading(Path file, ZipDirectory zip, Map<String, ZipEntry> entries) {
        ArrayFile read() throws IOException {
            var x = array("x");
            var y = array("y");
            int count = pairs(file, x, y, "y");
            boolean tests = entries.containsKey("x_test.npy") || entries.containsKey("y_test.npy");
            if (!tests) return split(file, x, y);
            var xTest = array("x_test");
            var yTest = array("y_test");
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

        private Tensor array(String name) throws IOException {
            var entry = entries.get(name + ".npy");
            if (entry == null) throw new DatasetException(file, "lacks the array " + name);
            return NumpyArray.read(file + ": " + name, () -> zip.open(entry, ENTRY_BYTES_MAX));
        }
    }

    private static ArrayFile split(Path file, Tensor x, Tensor y) {
        int count = x.shape().dim(0);
        int tests = Math.max(1, count / TEST_SHARE);
        if (count < 2) throw new DatasetException(file, "x: 1 sample (expected: at least 2)");
        return new ArrayFile(
                new ArraySamples(x, y, 0, count - tests),
                new ArraySamples(x, y, count - tests, tests));
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
