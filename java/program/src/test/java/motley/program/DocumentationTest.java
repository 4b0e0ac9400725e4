package motley.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// `docs/ops.md` and `docs/protocol/program-format.md` say what the code says.
final class DocumentationTest {
    private static final Path DOCS = Path.of("../../docs");
    private static final Pattern FORM = Pattern.compile("(?m)^\\| `(\\w+)\\((.*?)\\)` \\|");
    private static final Pattern KIND = Pattern.compile("(?m)^\\| `(\\w+)` \\|");
    private static final Pattern NUMBERED =
            Pattern.compile("(?m)^\\| (\\d+) \\| `(\\w+)` \\| (.*?) ?\\|$");
    private static final Pattern WORDS =
            Pattern.compile("(?m)^\\| (dtypes|unary|binary|compare|reduce) \\| (.*) \\|$");

    @Test
    void everyOpIsListedWithItsStaticParameters() throws IOException {
        var listed = new TreeMap<String, String>();
        for (var row : rows(FORM, "ops.md")) {
            assertThat(listed.put(row.group(1), row.group(2))).as(row.group(1)).isNull();
        }
        assertThat(listed.keySet()).isEqualTo(functions());
        for (var use : EveryOp.uses()) {
            var form = List.of(listed.getOrDefault(Printer.name(use.op()), "").split(", "));
            assertThat(form.subList(operandCount(use), form.size()))
                    .as("%s", use)
                    .containsExactlyElementsOf(staticNames(use.op()));
        }
    }

    /// The operands named in the form, of which `concatenate` has one for all.
    private static int operandCount(EveryOp.Use use) {
        return use.op() instanceof Op.Concatenate ? 1 : use.in().size();
    }

    private static Set<String> staticNames(Op op) {
        return op instanceof Op.Unary || op instanceof Op.Binary
                ? Set.of() // The name says it.
                : parameters(op).keySet();
    }

    /// The printed names of all ops: from the sealed hierarchy, and the kinds that are functions.
    private static Set<String> functions() {
        var records =
                EveryOp.records(Op.class).stream()
                        .map(Class::getSimpleName)
                        .map(
                                name ->
                                        name.replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                                                .toLowerCase(Locale.ROOT));
        var names = records.filter(name -> !name.equals("unary") && !name.equals("binary"));
        var kinds = Stream.<Enum<?>[]>of(UnaryKind.values(), BinaryKind.values());
        return Stream.concat(names, kinds.flatMap(Arrays::stream).map(OpCode::word))
                .collect(Collectors.toSet());
    }

    @Test
    void everyWordOfCompareAndReduceIsListed() throws IOException {
        var kinds = rows(KIND, "ops.md").stream().map(row -> row.group(1)).toList();
        var expected = new ArrayList<>(words(OpCode.COMPARE_KINDS));
        expected.addAll(words(OpCode.REDUCE_KINDS));
        assertThat(kinds).isEqualTo(expected);
    }

    @Test
    void theFormatListsEveryNumberWithItsStaticParameters() throws IOException {
        var listed = new LinkedHashSet<String>();
        for (var row : rows(NUMBERED, "protocol/program-format.md")) {
            listed.add(row.group(1) + " " + row.group(2) + " " + row.group(3));
        }
        var expected = new LinkedHashSet<String>();
        for (var code : OpCode.ALL) {
            var op = EveryOp.uses().stream().map(EveryOp.Use::op);
            var parameters =
                    parameters(op.filter(o -> OpCode.of(o) == code).findFirst().orElseThrow());
            var form =
                    parameters.entrySet().stream()
                            .map(p -> "`" + p.getKey() + "`: " + p.getValue())
                            .collect(Collectors.joining(", "));
            expected.add(code.number() + " " + code.label() + " " + form);
        }
        assertThat(listed).isEqualTo(expected);
    }

    @Test
    void theFormatListsEveryWordInOrder() throws IOException {
        var listed =
                rows(WORDS, "protocol/program-format.md").stream()
                        .map(row -> List.of(row.group(2).replace("`", "").split(", ")))
                        .toList();
        assertThat(listed)
                .containsExactly(
                        words(OpCode.DTYPES),
                        words(OpCode.UNARY_KINDS),
                        words(OpCode.BINARY_KINDS),
                        words(OpCode.COMPARE_KINDS),
                        words(OpCode.REDUCE_KINDS));
    }

    @Test
    void theExampleOfTheFormatIsTheEncoding() throws IOException {
        var blocks = Files.readString(DOCS.resolve("protocol/program-format.md")).split("```\n");
        var program = Parser.parse(blocks[blocks.length - 3]);
        var hex =
                blocks[blocks.length - 1].lines().map(line -> line.split(" {3,}(?=[\"0-9a-z])")[0]);
        assertThat(HexFormat.of().formatHex(ProgramCodec.encode(program)))
                .isEqualTo(hex.collect(Collectors.joining()).replace(" ", ""));
    }

    private static List<String> words(List<? extends Enum<?>> table) {
        return table.stream().map(OpCode::word).toList();
    }

    private static List<MatchResult> rows(Pattern row, String page) throws IOException {
        return row.matcher(Files.readString(DOCS.resolve(page))).results().toList();
    }

    /// Names of static parameters with their atoms.
    private static Map<String, String> parameters(Op op) {
        var names = new LinkedHashMap<String, String>();
        OpForm.write(
                op,
                new OpForm.Sink() {
                    @Override
                    public <E extends Enum<E>> void word(String name, List<E> words, E value) {
                        names.put(name, "word");
                    }

                    @Override
                    public void integer(String name, int value) {
                        names.put(name, "integer");
                    }

                    @Override
                    public void integers(String name, List<Integer> values) {
                        names.put(name, "integers");
                    }

                    @Override
                    public void real(String name, double value) {
                        names.put(name, "real");
                    }

                    @Override
                    public void type(String name, TensorType type) {
                        names.put(name, "type");
                    }
                });
        return names;
    }
}
