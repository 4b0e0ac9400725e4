package motley.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// How sources look: lengths, names, and what does not belong in them.
///
/// Where a rule makes a piece of code worse, the function says so in a comment that begins with
/// `Tidy:` and gives the reason; then its length and depth are its own affair.
final class TidySources {
    private static final int FILE_LINES = 500;
    private static final int LINE_COLUMNS = 100;
    private static final int FUNCTION_LINES = 70;
    private static final int DEPTH = 3;

    private static final Set<String> EMPTY_WORDS =
            Set.of(
                    "Abstract",
                    "Base",
                    "Data",
                    "Helper",
                    "Impl",
                    "Info",
                    "Manager",
                    "Support",
                    "Util",
                    "Utils");

    private static final Pattern TYPE_NAME =
            Pattern.compile("\\b(?:class|interface|enum|record)\\s+([A-Z]\\w*)");
    private static final Pattern WORD = Pattern.compile("[A-Z][a-z0-9]*");

    /// In two parts, so that this file keeps the rule it states.
    private static final Pattern LEFTOVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b|@Dis" + "abled\\b");

    private static final Pattern DEAD_CODE = Pattern.compile("^\\s*//(?!/).*[;{}]\\s*$");

    /// What is wrong with a source, each with its line.
    private interface Rule {
        List<String> violations(String source);
    }

    @Test
    void filesAreShort() throws IOException {
        check(TidySources::longFile);
    }

    @Test
    void linesAreShort() throws IOException {
        check(TidySources::longLines);
    }

    @Test
    void functionsAreShortAndShallow() throws IOException {
        check(TidySources::longOrDeepFunctions);
    }

    /// Prints what the lengths are; the aim is a median of 6 lines and a ninth decile of 25.
    @Test
    void lengthsArePrinted() throws IOException {
        var lengths = new ArrayList<Integer>();
        for (var source : Tree.javaSources()) {
            if (source.toString().contains("/src/test/")) continue;
            Function.in(JavaText.of(Files.readString(source))).forEach(f -> lengths.add(f.lines()));
        }
        lengths.sort(null);
        int count = lengths.size();
        if (count == 0) return;
        System.out.printf(
                "%d functions; median %d lines, ninth decile %d, longest %d%n",
                count, lengths.get(count / 2), lengths.get(count * 9 / 10), lengths.getLast());
    }

    @Test
    void typesAreNamedForWhatTheyAre() throws IOException {
        check(TidySources::emptyNames);
    }

    @Test
    void nothingIsLeftOver() throws IOException {
        check(TidySources::leftovers);
    }

    @Test
    void longFileIsFound() {
        assertThat(longFile("\n".repeat(FILE_LINES))).isEmpty();
        assertThat(longFile("\n".repeat(FILE_LINES + 1))).hasSize(1);
    }

    @Test
    void longLineIsFound() {
        assertThat(longLines("x".repeat(LINE_COLUMNS) + "\n")).isEmpty();
        assertThat(longLines("x".repeat(LINE_COLUMNS + 1) + "\n")).hasSize(1);
        assertThat(longLines("/// https://" + "x".repeat(LINE_COLUMNS) + "\n")).isEmpty();
    }

    @Test
    void longFunctionIsFound() {
        var body = "x();\n".repeat(FUNCTION_LINES - 2);
        assertThat(longOrDeepFunctions("class A {\nvoid f() {\n" + body + "}\n}\n")).isEmpty();
        assertThat(longOrDeepFunctions("class A {\nvoid f() {\n" + body + ";\n}\n}\n")).hasSize(1);
    }

    @Test
    void deepFunctionIsFound() {
        var deep = "class A { void f() { for (;;) { if (a) { while (b) { %s } } } } }";
        assertThat(longOrDeepFunctions(deep.formatted("x();"))).isEmpty();
        assertThat(longOrDeepFunctions(deep.formatted("do { x(); } while (c);"))).hasSize(1);
        assertThat(longOrDeepFunctions(deep.formatted("// Tidy: loops.\nif (c) { }"))).isEmpty();
    }

    @Test
    void emptyNameIsFound() {
        assertThat(emptyNames("final class ShapeUtils {}")).hasSize(1);
        assertThat(emptyNames("record DatasetBasement() {}")).isEmpty();
        assertThat(emptyNames("/// A class Helper.\nrecord Shape() {}")).isEmpty();
    }

    @Test
    void leftoverIsFound() {
        assertThat(leftovers("// TO" + "DO: later\n")).hasSize(1);
        assertThat(leftovers("// foo(bar);\n")).hasSize(1);
        assertThat(leftovers("/// For example `a;`\n// A sentence.\n")).isEmpty();
    }

    private static void check(Rule rule) throws IOException {
        var violations = new ArrayList<String>();
        for (var source : Tree.javaSources()) {
            for (var violation : rule.violations(Files.readString(source))) {
                violations.add(Tree.name(source) + ":" + violation);
            }
        }
        assertThat(violations).isEmpty();
    }

    private static List<String> longFile(String source) {
        long lines = source.lines().count();
        return lines <= FILE_LINES
                ? List.of()
                : List.of("1: %d lines (expected: at most %d)".formatted(lines, FILE_LINES));
    }

    /// An address cannot be broken.
    private static List<String> longLines(String source) {
        return lines(
                source,
                line ->
                        line.codePointCount(0, line.length()) > LINE_COLUMNS
                                && !line.contains("://"),
                "longer than " + LINE_COLUMNS + " columns");
    }

    private static List<String> leftovers(String source) {
        return lines(
                source,
                line -> LEFTOVER.matcher(line).find() || DEAD_CODE.matcher(line).find(),
                "left over");
    }

    private static List<String> lines(String source, Predicate<String> wrong, String what) {
        var lines = source.lines().toList();
        return IntStream.range(0, lines.size())
                .filter(i -> wrong.test(lines.get(i)))
                .mapToObj(i -> (i + 1) + ": " + what + ": " + lines.get(i).strip())
                .toList();
    }

    private static List<String> longOrDeepFunctions(String source) {
        var lines = source.lines().toList();
        return Function.in(JavaText.of(source)).stream()
                .filter(f -> f.lines() > FUNCTION_LINES || f.depth() > DEPTH)
                .filter(f -> !isExplained(lines.subList(f.line() - 1, f.line() - 1 + f.lines())))
                .map(
                        f ->
                                "%d: %s has %d lines, depth %d (expected: at most %d and %d)"
                                        .formatted(
                                                f.line(),
                                                f.name(),
                                                f.lines(),
                                                f.depth(),
                                                FUNCTION_LINES,
                                                DEPTH))
                .toList();
    }

    private static boolean isExplained(List<String> lines) {
        return lines.stream().anyMatch(line -> line.contains("// Tidy: "));
    }

    private static List<String> emptyNames(String source) {
        var text = JavaText.of(source);
        var matches = TYPE_NAME.matcher(text.code());
        var violations = new ArrayList<String>();
        while (matches.find()) {
            var name = matches.group(1);
            if (words(name).stream().anyMatch(EMPTY_WORDS::contains)) {
                violations.add(text.line(matches.start()) + ": " + name + " says nothing");
            }
        }
        return violations;
    }

    private static List<String> words(String name) {
        return WORD.matcher(name).results().map(match -> match.group()).toList();
    }
}
