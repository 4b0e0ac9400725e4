package motley.fuzz;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import motley.cpu.CpuEngine;
import motley.cpu.CpuSettings;
import motley.program.Limits;
import motley.program.Parser;
import motley.program.Printer;
import motley.program.Program;
import motley.program.ProgramCodec;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// A program as devices get it. What the verifier lets pass has no other encoding, is printed and
/// parsed as the same, and is compiled and run on whatever numbers.
public final class ProgramFuzz {
    /// What is more is not run, to try many.
    private static final Limits LIMITS =
            new Limits(64, 64, 64, 16, 1 << 12, 1 << 20, 1 << 20, 1 << 22);

    private ProgramFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.of(
                () -> {
                    var program = ProgramCodec.decode(bytes, LIMITS);
                    if (!Arrays.equals(ProgramCodec.encode(program), bytes)) {
                        throw new AssertionError("two encodings of one program");
                    }
                    var printed = Printer.print(program);
                    if (!Parser.parse(printed, LIMITS).equals(program)) {
                        throw new AssertionError("another program when printed and parsed");
                    }
                    run(program, bytes);
                });
    }

    private static void run(Program program, byte[] bytes) {
        try (var engine = CpuEngine.open(new CpuSettings(1))) {
            var params =
                    program.params().stream()
                            .map(param -> filled(param.type(), bytes))
                            .toArray(Tensor[]::new);
            engine.run(program, params);
        } catch (IllegalArgumentException e) {
            throw new AssertionError("verified and then refused", e);
        }
    }

    /// The input's bytes as numbers, again and again; as truth values their lowest bits.
    private static Tensor filled(TensorType type, byte[] bytes) {
        var tensor = Tensor.onHeap(type);
        var data = tensor.data();
        boolean isTruth = type.dtype() == motley.tensor.DType.BOOL;
        for (long at = 0; at < data.byteSize(); at++) {
            byte next = bytes[(int) (at % bytes.length)];
            data.set(ValueLayout.JAVA_BYTE, at, isTruth ? (byte) (next & 1) : next);
        }
        return tensor;
    }
}
