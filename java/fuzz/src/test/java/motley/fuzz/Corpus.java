package motley.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// Inputs that targets begin with, a folder a target; those that once were findings are named
/// `finding-…`, those that must be taken `honest-…`.
final class Corpus {
    private Corpus() {}

    static byte[] bytes(String target, String name) {
        try {
            return Files.readAllBytes(folder(target).resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": no " + name, e);
        }
    }

    /// The names of a target's inputs, sorted.
    static List<String> names(String target) throws IOException {
        try (var files = Files.list(folder(target))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Path folder(String target) {
        var found = Corpus.class.getResource("corpus/" + target);
        try {
            return Path.of(Objects.requireNonNull(found, target).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(target + ": not in a folder of files", e);
        }
    }
}
