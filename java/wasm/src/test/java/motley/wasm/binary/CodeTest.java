package motley.wasm.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Code that browsers would refuse is refused where it is written.
final class CodeTest {
    private static final FunctionType NOTHING = FunctionType.ofInts(0);

    private static void write(Consumer<Code> body) {
        new Module().function(NOTHING, body);
    }

    @Test
    void operandsOfAnotherTypeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(c -> c.i32(1).f32(2).op(Instruction.I32_ADD)))
                .withMessage("I32_ADD: finds F32 (expected: I32)");
    }

    @Test
    void missingOperandsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(c -> c.i32(1).op(Instruction.I32_ADD)))
                .withMessage("I32_ADD: finds nothing (expected: I32)");
    }

    @Test
    void valuesLeftBehindAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(c -> c.i32(1)))
                .withMessageContaining("[I32] are left");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(c -> c.i32(1).when(() -> c.i32(2))))
                .withMessageContaining("end of a block");
    }

    /// What lies below a block's own values is not its own.
    @Test
    void blocksDoNotReachOutside() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(c -> c.i32(1).i32(1).when(() -> c.op(Instruction.I32_EQZ))))
                .withMessage("I32_EQZ: finds nothing (expected: I32)");
    }

    @Test
    void immediatesMustFitTheInstruction() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(c -> c.i32(0).op(Instruction.V128_LOAD)))
                .withMessageContaining("V128_LOAD");
    }

    /// The smallest module with a function, byte by byte.
    @Test
    void modulesHaveTheBinaryFormat() {
        var module = new Module();
        var type = new FunctionType(List.of(), List.of(ValueType.I32));
        module.export("run", module.function(type, c -> c.i32(-1)));
        byte[] expected = {
            0,
            'a',
            's',
            'm',
            1,
            0,
            0,
            0, // magic and version
            1,
            5,
            1,
            0x60,
            0,
            1,
            0x7F, // one type: nothing to i32
            3,
            2,
            1,
            0, // one function of type 0
            7,
            7,
            1,
            3,
            'r',
            'u',
            'n',
            0,
            0, // exported
            10,
            6,
            1,
            4,
            0,
            0x41,
            0x7F,
            0x0B // no locals, i32.const -1, end
        };
        assertThat(module.withoutMemory()).isEqualTo(expected);
    }

    @Test
    void numbersAreLeb128() {
        assertThat(new Bytes().unsigned(624_485).toArray())
                .isEqualTo(new byte[] {(byte) 0xE5, (byte) 0x8E, 0x26});
        assertThat(new Bytes().signed(-123_456).toArray())
                .isEqualTo(new byte[] {(byte) 0xC0, (byte) 0xBB, 0x78});
        assertThat(new Bytes().unsigned(-1).size()).isEqualTo(5);
    }
}
