package motley.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The pages of `docs/learn` show the code and the output of the programs they name, and nothing
/// else. That the programs print this is checked by `docs/learn/check`, end to end.
final class GuideTest {
    private static final Path GUIDE = Path.of("../../docs/learn");
    private static final Pattern BLOCK = Pattern.compile("(?s)```(java|text)\n(.*?)```");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^):#]+)\\)");

    @Test
    void everyProgramCompiles() throws IOException {
        for (var program : files("code", ".java")) {
            var errors = new StringWriter();
            SourceProgram.compile(program, errors);
            assertThat(errors.toString()).as("%s", program).isEmpty();
        }
    }

    @Test
    void pagesShowWhatIsInTheirPrograms() throws IOException {
        assertThat(files("", ".md")).hasSize(11);
        for (var page : files("", ".md")) {
            assertThat(strangers(Files.readString(page))).as("%s", page).isEmpty();
        }
    }

    @Test
    void linksLeadToFiles() throws IOException {
        for (var page : files("", ".md")) {
            var links = LINK.matcher(Files.readString(page)).results().map(r -> r.group(1));
            assertThat(links.map(GUIDE::resolve)).as("%s", page).allMatch(Files::exists);
        }
    }

    @Test
    void changedCodeAndOutputAreFound() throws IOException {
        assertThat(strangers("code/Programs.java\n```java\nint x = 7;\n```\n")).hasSize(1);
        assertThat(strangers("code/Programs.java\n```text\n[14.0, 78.0]\n```\n")).hasSize(1);
        assertThat(strangers("code/Programs.java\n```text\nCpuEngine [14.0, 77.0]\n```\n"))
                .isEmpty();
    }

    /// The blocks of `page` that stand in none of the files it may show.
    private static List<String> strangers(String page) throws IOException {
        var shown = new ArrayList<String>();
        for (var file : files("code", ".java")) {
            if (!page.contains(stem(file) + ".java")) continue;
            shown.add("\n" + Files.readString(file));
            var output = file.resolveSibling(stem(file) + ".txt");
            if (Files.exists(output)) shown.add("\n" + Files.readString(output));
        }
        return BLOCK.matcher(page)
                .results()
                .map(block -> block.group(2))
                .filter(block -> shown.stream().noneMatch(text -> text.contains("\n" + block)))
                .toList();
    }

    private static String stem(Path file) {
        var name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    private static List<Path> files(String folder, String ending) throws IOException {
        try (var files = Files.list(GUIDE.resolve(folder))) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }
}
