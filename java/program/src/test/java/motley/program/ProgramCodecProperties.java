package motley.program;

import static motley.tensor.TensorType.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ProgramCodecProperties {
    private static final int PROGRAMS = 100;
    private static final int CASES = 4_000;
    /// Bytes a decode may allocate per byte given: an equation of two bytes becomes a dozen
    /// objects,
    /// and a refused one is printed with its neighbours.
    private static final long BYTES_PER_BYTE = 1_000;
    /// What a decode may allocate for bytes of any length, most of it the message of a refusal.
    private static final long BYTES_ALWAYS = 100_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void everyOpSurvivesTheRoundTrip() {
        for (var use : EveryOp.uses()) {
            var program = use.program();
            assertThat(decode(ProgramCodec.encode(program))).as("%s", use).isEqualTo(program);
        }
    }

    @Test
    void randomProgramsSurviveTheRoundTrip() {
        for (long seed = 0; seed < PROGRAMS; seed++) {
            var program = program(seed);
            assertThat(decode(ProgramCodec.encode(program))).as(reproduce(seed)).isEqualTo(program);
        }
    }

    @Test
    void everyPrefixIsRefused() {
        for (long seed = 0; seed < PROGRAMS; seed++) {
            var bytes = ProgramCodec.encode(program(seed));
            for (int length = 0; length < bytes.length; length++) {
                var prefix = Arrays.copyOf(bytes, length);
                assertThatExceptionOfType(InvalidProgramException.class)
                        .as(reproduce(seed))
                        .isThrownBy(() -> decode(prefix));
            }
        }
    }

    /// Damaged bytes are refused, or they are the one encoding of another program that verifies. No
    /// other exception passes, and none makes the decoder allocate out of proportion.
    @Test
    void damageIsRefusedOrAnotherProgram() {
        assertThat(survivors(Long.MAX_VALUE)).isBetween(CASES / 50, CASES / 2); // Loads classes.
        survivors(BYTES_ALWAYS);
    }

    private static int survivors(long bytesAlways) {
        int survivors = 0;
        for (long seed = 0; seed < PROGRAMS; seed++) {
            var random = new SplittableRandom(seed);
            var bytes = ProgramCodec.encode(program(seed));
            for (int i = 0; i < CASES / PROGRAMS; i++) {
                var damaged = damaged(bytes, random);
                long allocated = THREADS.getCurrentThreadAllocatedBytes();
                if (survives(damaged, seed)) survivors++;
                allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
                assertThat(allocated - bytesAlways)
                        .as(reproduce(seed))
                        .isLessThan(BYTES_PER_BYTE * damaged.length);
            }
        }
        return survivors;
    }

    private static boolean survives(byte[] bytes, long seed) {
        Program program;
        try {
            program = decode(bytes);
        } catch (InvalidProgramException refused) {
            return false;
        } catch (RuntimeException escaped) {
            return fail(reproduce(seed) + ": " + HexFormat.of().formatHex(bytes), escaped);
        }
        assertThat(ProgramCodec.encode(program)).as(reproduce(seed)).isEqualTo(bytes);
        return true;
    }

    /// The bound per byte holds where it is the only one that counts.
    @Test
    void longProgramsTakeMemoryInProportion() {
        var b = new ProgramBuilder();
        var x = b.param(f32());
        for (int i = 0; i < 20_000; i++) x = b.exp(x);
        var bytes = ProgramCodec.encode(b.build(List.of(x)));
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        decode(bytes);
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        assertThat(allocated).isLessThan(BYTES_PER_BYTE * bytes.length);
    }

    /// One to three bytes replaced, removed, repeated, or with one bit flipped.
    private static byte[] damaged(byte[] original, SplittableRandom random) {
        var bytes = new ArrayList<Byte>();
        for (byte b : original) bytes.add(b);
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            int at = random.nextInt(bytes.size());
            byte b = bytes.get(at);
            switch (random.nextInt(4)) {
                case 0 -> bytes.set(at, (byte) random.nextInt(256));
                case 1 -> bytes.set(at, (byte) (b ^ 1 << random.nextInt(8)));
                case 2 -> bytes.remove(at);
                default -> bytes.add(at, b);
            }
        }
        var damaged = new byte[bytes.size()];
        for (int i = 0; i < damaged.length; i++) damaged[i] = bytes.get(i);
        return damaged;
    }

    @Test
    void equalProgramsHaveEqualHashesAndOthersOthers() {
        var hashes = new ArrayList<ProgramHash>();
        for (long seed = 0; seed < PROGRAMS; seed++) {
            var program = program(seed);
            assertThat(ProgramHash.of(program)).isEqualTo(ProgramHash.of(program(seed)));
            hashes.add(ProgramHash.of(program));
        }
        assertThat(hashes).doesNotHaveDuplicates();
    }

    /// A dozen uses of ops, on values that exist where their types fit.
    private static Program program(long seed) {
        var random = new SplittableRandom(seed);
        var all = EveryOp.uses();
        var uses = new ArrayList<EveryOp.Use>();
        for (int i = 0; i < 12; i++) uses.add(all.get(random.nextInt(all.size())));
        var b = new ProgramBuilder();
        var values = new ArrayList<>(List.of(b.param(f32(2, 3))));
        for (var use : uses) use.in().forEach(type -> values.add(b.param(type)));
        for (var use : uses) {
            var in = new ArrayList<Var>();
            for (var type : use.in()) {
                var fitting = values.stream().filter(v -> v.type().equals(type)).toList();
                in.add(fitting.get(random.nextInt(fitting.size())));
            }
            values.add(b.apply(use.op(), in.toArray(Var[]::new)));
        }
        return b.build(List.of(values.getLast(), values.get(random.nextInt(values.size()))));
    }

    private static Program decode(byte[] bytes) {
        return ProgramCodec.decode(bytes, Limits.DEFAULT);
    }

    private static String reproduce(long seed) {
        return "reproduce with: ProgramCodecProperties.program(%d)".formatted(seed);
    }
}
