package motley.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import motley.wasm.binary.FunctionType;
import motley.wasm.binary.Instruction;
import motley.wasm.binary.Module;
import org.junit.jupiter.api.Test;

/// The multiply-add of machines that have none.
final class FmaTest {
    private static final int COUNT = 100_000;
    private static final int Y = 4 * COUNT;
    private static final int Z = 8 * COUNT;
    private static final int RESULT = 12 * COUNT;

    /// Sums that cancel, ties of both roundings, subnormal and huge numbers, zeros, infinities.
    @Test
    void roundsOnce() {
        var random = new SplittableRandom(5);
        var in = ByteBuffer.allocate(RESULT).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < COUNT; i++) {
            float x = draw(random);
            float y = draw(random);
            in.putFloat(4 * i, x);
            in.putFloat(Y + 4 * i, y);
            in.putFloat(Z + 4 * i, addend(random, x, y));
        }
        try (var node = NodeProcess.start()) {
            node.load(0, module(), 32);
            node.write(0, 0, in.array());
            node.run(0, 1);
            var out = node.read(0, RESULT, 4 * COUNT);
            for (int i = 0; i < COUNT; i++) {
                float x = in.getFloat(4 * i);
                float y = in.getFloat(Y + 4 * i);
                float z = in.getFloat(Z + 4 * i);
                assertThat(Float.valueOf(out.getFloat(4 * i)))
                        .as("%s·%s + %s", x, y, z)
                        .isEqualTo(Float.valueOf(Math.fma(x, y, z)));
            }
        }
    }

    private static float draw(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> Float.intBitsToFloat(random.nextInt());
            case 1 -> (float) random.nextDouble(-2, 2);
            case 2 -> random.nextInt(-4096, 4097) * 0x1p-12f;
            default -> 1 + random.nextInt(-8, 9) * Math.ulp(1f);
        };
    }

    /// Often near the product, or a tie away from it.
    private static float addend(SplittableRandom random, float x, float y) {
        float product = x * y;
        return switch (random.nextInt(4)) {
            case 0 -> -product;
            case 1 -> -product + random.nextInt(-2, 3) * Math.ulp(product);
            case 2 -> Math.ulp(product) * random.nextInt(-3, 4) / 2;
            default -> draw(random);
        };
    }

    private static byte[] module() {
        var module = new Module();
        var fma = module.function(Fma.TYPE, Fma::exact);
        var run =
                module.function(
                        FunctionType.ofInts(0),
                        c -> {
                            var at = c.i32Local();
                            c.repeat(
                                    COUNT / 4,
                                    () -> {
                                        c.get(at);
                                        for (int offset : new int[] {0, Y, Z}) {
                                            c.get(at).memory(Instruction.V128_LOAD, offset);
                                        }
                                        c.call(fma).memory(Instruction.V128_STORE, RESULT);
                                        c.increase(at, 16);
                                    });
                        });
        module.export("run", run);
        module.memory(32);
        return module.toBytes();
    }
}
