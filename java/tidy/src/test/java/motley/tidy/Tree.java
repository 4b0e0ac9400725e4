package motley.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The files of the project, as the rules see them.
final class Tree {
    static final Path ROOT = Path.of("").toAbsolutePath().getParent().getParent();

    /// Folders of outputs, which no rule looks into.
    private static final Set<String> OUTPUTS =
            Set.of(".git", "target", "build", "node_modules", "dist", "__pycache__", ".venv");

    private Tree() {}

    /// The names of the folders in `java/` that are modules, sorted.
    static List<String> modules() throws IOException {
        try (var folders = Files.list(ROOT.resolve("java"))) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /// All hand-written Java sources.
    static List<Path> javaSources() throws IOException {
        return walk(ROOT, path -> path.toString().endsWith(".java"));
    }

    /// What git tracks, or every file where there is no git, as far as it can be read as text.
    static List<Path> texts() throws IOException {
        if (!Files.exists(ROOT.resolve(".git"))) return walk(ROOT, Tree::isText);
        var git = new ProcessBuilder("git", "ls-files", "-z").directory(ROOT.toFile()).start();
        var names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Stream.of(names.split("\0", -1))
                .filter(name -> !name.isEmpty())
                .map(ROOT::resolve)
                .filter(path -> Files.isRegularFile(path) && isText(path))
                .toList();
    }

    /// The class files of a module's main sources.
    static List<Path> classFiles(String module) throws IOException {
        var classes = ROOT.resolve("java").resolve(module).resolve("target/classes");
        if (!Files.isDirectory(classes)) {
            throw new IllegalStateException(
                    "%s: not compiled (expected: a dependency of java/tidy)".formatted(module));
        }
        try (var paths = Files.walk(classes)) {
            return paths.filter(path -> path.toString().endsWith(".class"))
                    .filter(path -> !path.endsWith("module-info.class"))
                    .sorted()
                    .toList();
        }
    }

    /// The path from the root, for messages.
    static String name(Path path) {
        return ROOT.relativize(path).toString();
    }

    private static List<Path> walk(Path folder, Predicate<Path> wanted) throws IOException {
        try (var entries = Files.list(folder)) {
            var found = new ArrayList<Path>();
            for (var entry : entries.sorted().toList()) {
                if (Files.isRegularFile(entry) && wanted.test(entry)) found.add(entry);
                boolean isOutput = OUTPUTS.contains(entry.getFileName().toString());
                if (Files.isDirectory(entry) && !isOutput) found.addAll(walk(entry, wanted));
            }
            return found;
        }
    }

    private static boolean isText(Path path) {
        try (var in = Files.newInputStream(path)) {
            for (byte b : in.readNBytes(8000)) {
                if (b == 0) return false;
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
