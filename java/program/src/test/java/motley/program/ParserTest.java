package motley.program;

import static motley.tensor.TensorType.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ParserTest {
    private static final String SOFTMAX =
            """
            param v0: f32[2, 3]
            v1: f32[2] = reduce(v0, kind=max, axes=[1])
            v2: f32[2, 3] = broadcast(v1, shape=[2, 3], axes=[0])
            v3: f32[2, 3] = sub(v0, v2)
            v4: f32[2, 3] = exp(v3)
            v5: f32[2] = reduce(v4, kind=sum, axes=[1])
            v6: f32[2, 3] = broadcast(v5, shape=[2, 3], axes=[0])
            v7: f32[2, 3] = div(v4, v6)
            return v7, v5
            """;

    static List<EveryOp.Use> uses() {
        return EveryOp.uses();
    }

    @ParameterizedTest
    @MethodSource("uses")
    void printedProgramsAreReadBack(EveryOp.Use use) {
        var program = use.program();
        assertThat(Parser.parse(Printer.print(program))).isEqualTo(program);
    }

    @Test
    void aProgramOnAPageIsPrintedAsWritten() {
        var b = new ProgramBuilder();
        var x = b.param(f32(2, 3));
        var shifted = b.sub(x, b.alongOutermost(b.maxOver(x, 1), x.type().shape()));
        var exp = b.exp(shifted);
        var sum = b.sum(exp, 1);
        var softmax = b.div(exp, b.alongOutermost(sum, x.type().shape()));
        var program = b.build(List.of(softmax, sum));
        assertThat(Printer.print(program)).isEqualTo(SOFTMAX);
        assertThat(Parser.parse(SOFTMAX)).isEqualTo(program);
    }

    @Test
    void commentsEmptyLinesAndSpacesDoNotCount() {
        var loose = "# A softmax.\r\n\n" + SOFTMAX.replace("(", " ( ").replace("\n", " # so\n\n");
        assertThat(Parser.parse(loose)).isEqualTo(Parser.parse(SOFTMAX));
        assertThat(Parser.parse("return").results()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "param v1: f32[2]             | 3, column 7: 'v1' (expected: 'v2')",
                "param v2 f32[2]              | 3, column 10: 'f32' (expected: ':')",
                "param v2: f64[2]" + " | 3, column 11: 'f64' (expected: one of [f32, i32, bool])",
                "param v2: f32[2              | 3, column 16: the end of the line (expected: ',')",
                "param v2: f32[2,]            | 3, column 17: ']' (expected: an integer)",
                "param v2: f32[[2]]           | 3, column 15: '[' (expected: an integer)",
                "param v2: f32[0]"
                        + " | 3, column 17: dims: [0] (expected: every dimension at"
                        + " least 1)",
                "param v2: f32[1,1,1,1,1,1,1,1,1] | 3, column 30: ',' (expected: ']')",
                "param v2: f32[9999999999]"
                        + " | 3, column 15: '9999999999' (expected: an integer of 32"
                        + " bits)",
                "let v2: f32[2]" + " | 3, column 1: 'let' (expected: param, a value or return)",
                "v2: f32[2] = foo(v0)         | 3, column 14: 'foo' (expected: an op)",
                "v2: f32[2] = unary(v0)       | 3, column 14: 'unary' (expected: an op)",
                "v2: f32[2] = exp v0          | 3, column 18: 'v0' (expected: '(')",
                "v2: f32[2] = exp(v2)" + " | 3, column 18: 'v2' (expected: a value assigned above)",
                "v2: f32[2] = exp(v0,)        | 3, column 20: ',' (expected: ')')",
                "v2: f32[2] = exp(v0) v1      | 3, column 22: 'v1' (expected: the end of the line)",
                "v2: f32[] = reduce(v0, axes=[0]) | 3, column 24: 'axes' (expected: 'kind')",
                "v2: f32[] = reduce(v0, kind=add)"
                        + " | 3, column 29: 'add' (expected: one of [sum, max, min])",
                "v2: f32[] = fill(type=f32[], value=0x1)"
                        + " | 3, column 36: '0x1' (expected: a number)",
                "v2: f32[] = max_pool(v0, window=[2])"
                        + " | 3, column 36: window: [2] (expected: 2 numbers)",
                "return v0, 5                 | 3, column 12: '5' (expected: a value)",
                "return v0 v1                 | 3, column 11: 'v1' (expected: the end of the line)",
                "é" + " | 3, column 1: 'é' (expected: param, a value or return)",
            })
    void refusalsNameLineColumnFoundAndExpected(String line, String message) {
        assertRefused("param v0: f32[2]\nparam v1: f32[2]\n" + line, "line " + message);
    }

    @Test
    void returnIsTheLastLineAndTheOnlyOne() {
        assertRefused("", "line 1, column 1: the end of the line (expected: return)");
        assertRefused(
                "return\nreturn", "line 2, column 1: 'return' (expected: nothing after return)");
        assertRefused(
                "v0: f32[] = fill(type=f32[], value=0)\nparam v1: f32[]",
                "line 2, column 1: 'param' (expected: a value or return)");
    }

    /// What is spelled well is still verified.
    @Test
    void illTypedProgramsAreRefused() {
        assertRefused(
                "param v0: f32[2]\nv1: f32[3] = exp(v0)\nreturn v1",
                "equation 0: v1: f32[3] (expected: f32[2])\n  > v1: f32[3] = exp(v0)");
    }

    @Test
    void lengthsAndCountsAreLimited() {
        var comment = "# ".repeat(Parser.LINE_CHARS_MAX / 2);
        assertThat(Parser.parse(comment + "\nreturn").results()).isEmpty();
        assertRefused(comment + "#", "line 1: 65537 characters (expected: at most 65536)");

        var limits = new Limits(1, 1, 1, 1, 9, 99, 99, 99);
        var exp = "param v0: f32[2]\nv1: f32[2] = exp(v0)\n";
        assertThat(Parser.parse(exp + "return v1", limits).results()).hasSize(1);
        assertRefused(
                "param v0: f32[2]\nparam v1: f32[2]",
                limits,
                "line 2, column 7: 'v1' (expected: at most 1 params)");
        assertRefused(
                exp + "v2: f32[2] = exp(v0)",
                limits,
                "line 3, column 1: 'v2' (expected: at most 1 equations)");
        assertRefused(
                exp + "return v0, v0",
                limits,
                "line 3, column 12: 'v0' (expected: at most 1 results)");
        assertRefused(
                "param v0: f32[2]\nv1: f32[2] = add(v0, v0)",
                limits,
                "line 2, column 22: 'v0' (expected: at most 1 operands)");
    }

    /// Characters of the golden text replaced at random: refused, or a program that is printed as
    /// something that reads back as itself; never another exception.
    @Test
    void damagedTextIsRefusedOrAnotherProgram() {
        var alphabet = "v0123456789=,:()[]#. -\nfE@é";
        for (long seed = 0; seed < 3_000; seed++) {
            var random = new SplittableRandom(seed);
            var text = new StringBuilder(SOFTMAX);
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                text.setCharAt(random.nextInt(text.length()), c);
            }
            try {
                var program = Parser.parse(text.toString());
                assertThat(Parser.parse(Printer.print(program))).isEqualTo(program);
            } catch (InvalidProgramException refused) {
                assertThat(refused)
                        .as("reproduce with: seed %d", seed)
                        .hasMessageContaining("expected");
            }
        }
    }

    private static void assertRefused(String text, String message) {
        assertRefused(text, Limits.DEFAULT, message);
    }

    private static void assertRefused(String text, Limits limits, String message) {
        assertThatExceptionOfType(InvalidProgramException.class)
                .isThrownBy(() -> Parser.parse(text, limits))
                .withMessage(message);
    }
}
