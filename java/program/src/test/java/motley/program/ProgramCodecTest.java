package motley.program;

import static motley.tensor.TensorType.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import motley.tensor.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProgramCodecTest {
    /// `exp(sum(v0, axis 1))`, as in the format's documentation.
    private static final String EXAMPLE =
            """
            4d4f5450 01
            01  00 02 02 03
            02
              20 01 01  00 01 01
              01 01 01  03
            01 02
            """;

    @Test
    void theDocumentedExampleIsTheEncoding() {
        var b = new ProgramBuilder();
        var x = b.param(f32(2, 3));
        var program = b.build(List.of(b.exp(b.sum(x, 1))));
        assertThat(ProgramCodec.encode(program)).isEqualTo(bytes(EXAMPLE));
        assertThat(decode(EXAMPLE)).isEqualTo(program);
        assertThat(ProgramHash.of(program).hex())
                .isEqualTo("a3e0da5592b2d1355598dc13bcb9b02e605139273b9b504c746e2d5f70059b50");
        assertThat(ProgramHash.ofBytes(bytes(EXAMPLE))).isEqualTo(ProgramHash.of(program));
    }

    /// The tables are what other languages read and what old programs were written with.
    @Test
    void everyOpAndWordHasANumber() {
        var numbers = new HashSet<Integer>();
        for (var code : OpCode.values()) {
            assertThat(code.number()).isBetween(1, 127);
            assertThat(numbers.add(code.number())).as("%s", code).isTrue();
        }
        assertThat(EnumSet.copyOf(OpCode.UNARY_KINDS)).hasSize(UnaryKind.values().length);
        assertThat(EnumSet.copyOf(OpCode.BINARY_KINDS)).hasSize(BinaryKind.values().length);
        assertThat(EnumSet.copyOf(OpCode.COMPARE_KINDS)).hasSize(CompareKind.values().length);
        assertThat(EnumSet.copyOf(OpCode.REDUCE_KINDS)).hasSize(ReduceKind.values().length);
        assertThat(EnumSet.copyOf(OpCode.DTYPES)).hasSize(DType.values().length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4d4f5451                      | byte 4: magic (expected: MOTP)",
                "4d4f5450 02                   | byte 5: version: 2 (expected: 1)",
                "4d4f5450 01 ffffffff0f"
                        + " | byte 10: params: 4294967295 (expected: at most 8192)",
                "4d4f5450 01 ffffffff1f        | byte 10: number (expected: under 2^32)",
                "4d4f5450 01 ffffffffff01      | byte 10: number (expected: under 2^32)",
                "4d4f5450 01 8000              | byte 7: number (expected: its shortest form)",
                "4d4f5450 01 8040              | byte 7: params: 8192 (expected: more bytes)",
                "4d4f5450 01 01 03 00          | byte 7: param: 3 (expected: under 3)",
                "4d4f5450 01 01 00 09 010101010101010101 | byte 8: param: 9 (expected: at most 8)",
                "4d4f5450 01 01 00 01 00"
                        + " | byte 9: dims: [0] (expected: every dimension at least 1)",
                "4d4f5450 01 00 01 7f 00       | byte 8: op: 127",
                "4d4f5450 01 00 01 01 01 01 03 | byte 10: operand: 1 back (expected: in [1, 0])",
                "4d4f5450 01 00 00 01 00       | byte 9: result: v0",
                "4d4f5450 01 00 00 01 ffffffff0f | byte 13: result: v4294967295",
                "4d4f5450 01 00 00 00 00       | byte 8: 1 more bytes (expected: the end)",
                "4d4f5450 01 00 01 60 00 00 00 010000000000f87f 00"
                        + " | byte 19: value (expected: one NaN)",
            })
    void refusalsNameTheByte(String hex, String message) {
        assertThatExceptionOfType(InvalidProgramException.class)
                .isThrownBy(() -> decode(hex))
                .withMessage(message);
    }

    @Test
    void longBytesOfClaimsAreRefusedEarly() {
        var zeros = Arrays.copyOf(bytes("4d4f5450 01"), 1 << 20);
        assertThatExceptionOfType(InvalidProgramException.class)
                .isThrownBy(() -> ProgramCodec.decode(zeros, Limits.DEFAULT))
                .withMessage("byte 8: 1048568 more bytes (expected: the end)");
    }

    @Test
    void programsOverTheLimitsAreRefused() {
        var limits = Limits.DEFAULT.withFlopsMax(10);
        assertThatExceptionOfType(InvalidProgramException.class)
                .isThrownBy(() -> ProgramCodec.decode(bytes(EXAMPLE), limits))
                .withMessageStartingWith("equation 1: FLOPs so far: 38 (expected: at most 10)");
    }

    @Test
    void hashesAreHexadecimal() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ProgramHash("A3"))
                .withMessage("hex: A3 (expected: 64 lower-case hexadecimal digits)");
    }

    @Test
    void illFormedProgramsAreNotEncoded() {
        var stray = new Var(0, f32(2));
        var program = new Program(List.of(), List.of(), List.of(stray));
        assertThatExceptionOfType(InvalidProgramException.class)
                .isThrownBy(() -> ProgramCodec.encode(program))
                .withMessage("result v0: f32[2] (expected: a value assigned before)");
    }

    private static Program decode(String hex) {
        return ProgramCodec.decode(bytes(hex), Limits.DEFAULT);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
}
