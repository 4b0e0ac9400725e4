package motley.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the pages name as proof is there: tests, their methods, scripts.
final class TidyPromises {
    private static final Pattern NAMED =
            Pattern.compile(
                    "`([A-Z]\\w+(?:Test|Contract|Properties|Golden|Simulation))(?:\\.(\\w+))?`"
                            + "|`(e2e/[\\w-]+\\.sh)[` ]");

    @Test
    void testsAndScriptsThatPagesNameAreThere() throws IOException {
        var tests = tests();
        var missing = new ArrayList<String>();
        for (var page : pages()) {
            for (var name : missing(Files.readString(page), tests)) {
                missing.add(Tree.name(page) + ": " + name);
            }
        }
        assertThat(missing).isEmpty();
    }

    /// Each line of the checklist says how it is known.
    @Test
    void everyLineOfTheSecurityChecklistIsShownBySomething() throws IOException {
        var lines = Files.readAllLines(Tree.ROOT.resolve("docs/security.md"));
        var rows =
                lines.subList(lines.indexOf("## Checklist"), lines.size()).stream()
                        .filter(line -> line.startsWith("| "))
                        .skip(1)
                        .toList();
        assertThat(rows).hasSizeGreaterThan(20);
        for (var row : rows) assertThat(NAMED.matcher(row).find()).as(row).isTrue();
    }

    @Test
    void plantedNamesAreFound() {
        var tests = Map.of("AppleTest", "void isRound() {}");
        assertThat(missing("`AppleTest`, `AppleTest.isRound`", tests)).isEmpty();
        assertThat(missing("`PearTest` `AppleTest.isBlue`", tests))
                .containsExactly("PearTest", "AppleTest.isBlue");
        assertThat(missing("`e2e/no-such.sh --full`", tests)).containsExactly("e2e/no-such.sh");
    }

    private static List<String> missing(String page, Map<String, String> tests) {
        var missing = new ArrayList<String>();
        var named = NAMED.matcher(page);
        while (named.find()) {
            var script = named.group(3);
            if (script != null) {
                if (!Files.exists(Tree.ROOT.resolve(script))) missing.add(script);
                continue;
            }
            var source = tests.get(named.group(1));
            var method = named.group(2);
            if (source == null) missing.add(named.group(1));
            else if (method != null && !source.contains(" " + method + "(")) {
                missing.add(named.group(1) + "." + method);
            }
        }
        return missing;
    }

    private static List<Path> pages() throws IOException {
        try (var files = Files.list(Tree.ROOT.resolve("docs"))) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }

    /// Sources of tests by the names of their classes.
    private static Map<String, String> tests() throws IOException {
        var tests = new TreeMap<String, String>();
        for (var file : Tree.javaSources()) {
            var name = file.getFileName().toString();
            var source = Files.readString(file);
            tests.merge(
                    name.substring(0, name.length() - ".java".length()), source, String::concat);
        }
        return tests;
    }
}
