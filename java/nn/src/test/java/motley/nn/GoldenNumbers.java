package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Named rows of numbers that a script in tools/golden wrote: one line each, a name and its
/// numbers.
record GoldenNumbers(Map<String, double[]> rows) {
    /// Reads a resource of this package.
    static GoldenNumbers read(String resource) {
        try (var in = GoldenNumbers.class.getResourceAsStream(resource)) {
            var rows = new LinkedHashMap<String, double[]>();
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (var line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
                var words = line.split(" ");
                var numbers = Arrays.stream(words).skip(1).mapToDouble(Double::parseDouble);
                rows.put(words[0], numbers.toArray());
            }
            return new GoldenNumbers(rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Every number is that of the row, up to `tolerance` times one plus its magnitude.
    void assertRow(String name, double[] actual, double tolerance) {
        var expected = rows.get(name);
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < actual.length; i++) {
            double bound = tolerance * (1 + Math.abs(expected[i]));
            assertThat(actual[i]).as("%s %d", name, i).isCloseTo(expected[i], within(bound));
        }
    }
}
