package motley.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every Java source has the one layout: google-java-format, four spaces, a hundred columns.
///
/// With the system property `format` set to `apply`, sources are rewritten instead.
final class TidyFormat {
    private static final String REMEDY = "mvn -q -pl java/format verify -Dformat=apply";
    private static final Pattern CUT_DOC = Pattern.compile("(?m)(^( *)///.*\\n\\2)// ");
    private static final Formatter FORMATTER =
            new Formatter(JavaFormatterOptions.builder().style(Style.AOSP).build());

    @Test
    void everySourceIsFormatted() throws IOException {
        boolean apply = System.getProperty("format", "check").equals("apply");
        var unformatted = sources().parallelStream().filter(source -> differs(source, apply));
        assertThat(unformatted.toList()).as("repair with: %s", REMEDY).isEmpty();
    }

    @Test
    void otherLayoutIsFound() throws FormatterException {
        var source = "class A {\n  /// Doc.\n  int f(int a){return a;}}\n";
        assertThat(format(source))
                .isEqualTo(
                        """
                        class A {
                            /// Doc.
                            int f(int a) {
                                return a;
                            }
                        }
                        """);
    }

    @Test
    void longDocCommentStaysOne() throws FormatterException {
        var words = "/// " + "word ".repeat(18) + "word";
        assertThat(format(words + " end wrapped\nclass A {}\n"))
                .isEqualTo(words + "\n/// end wrapped\nclass A {}\n");
    }

    /// The formatter breaks a `///` line that is too long into one of these and ordinary comments,
    /// which would cut the documentation off; those lines get their third slash back.
    private static String format(String source) throws FormatterException {
        var ordered = ImportOrderer.reorderImports(source, Style.GOOGLE);
        var text = FORMATTER.formatSource(RemoveUnusedImports.removeUnusedImports(ordered));
        var broken = CUT_DOC.matcher(text);
        while (broken.find()) {
            text = broken.replaceAll("$1/// ");
            broken = CUT_DOC.matcher(text);
        }
        return text;
    }

    /// Whether `source` still differs from its formatted text after this call.
    private static boolean differs(Path source, boolean apply) {
        try {
            var text = Files.readString(source);
            var formatted = format(text);
            boolean same = text.equals(formatted);
            if (!same && apply) Files.writeString(source, formatted);
            return !same && !apply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (FormatterException e) {
            throw new IllegalStateException(source + ": " + e.getMessage(), e);
        }
    }

    private static List<Path> sources() throws IOException {
        try (var paths = Files.walk(Path.of("..").toRealPath())) {
            return paths.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.toString().contains("/target/"))
                    .sorted()
                    .toList();
        }
    }
}
