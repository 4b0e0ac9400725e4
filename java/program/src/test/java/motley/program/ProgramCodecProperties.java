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
import motley.programs.Options;
import motley.programs.RandomPrograms;
import org.junit.jupiter.api.Test;

final class ProgramCodecProperties {
    private static final int PROGRAMS = 50;
    private static final int CASES = 3_000;
    private static final long DAMAGE_SEED = 17;
    /// Bytes a decode may allocate per byte given: an equation of two bytes becomes a dozen
    /// objects, and a refused one is printed with its neighbours.
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
        int survivors = survivors(Long.MAX_VALUE); // Loads the classes, which allocates once.
        assertThat(survivors).as("both ways are taken").isBetween(CASES / 50, CASES / 2);
        assertThat(survivors(BYTES_ALWAYS)).isEqualTo(survivors);
    }

    private static int survivors(long bytesAlways) {
        var corpus = new ArrayList<Program>();
        for (long seed = 0; seed < PROGRAMS; seed++) corpus.add(program(seed));
        for (var use : EveryOp.uses()) corpus.add(use.program());
        var random = new SplittableRandom(DAMAGE_SEED);
        int survivors = 0;
        for (int i = 0; i < CASES; i++) {
            var damaged = damaged(ProgramCodec.encode(corpus.get(i % corpus.size())), random);
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            if (survives(damaged)) survivors++;
            allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
            assertThat(allocated - bytesAlways)
                    .as(HexFormat.of().formatHex(damaged))
                    .isLessThan(BYTES_PER_BYTE * damaged.length);
        }
        return survivors;
    }

    private static boolean survives(byte[] bytes) {
        Program program;
        try {
            program = decode(bytes);
        } catch (InvalidProgramException refused) {
            return false;
        } catch (RuntimeException escaped) {
            return fail(HexFormat.of().formatHex(bytes), escaped);
        }
        assertThat(ProgramCodec.encode(program))
                .as(HexFormat.of().formatHex(bytes))
                .isEqualTo(bytes);
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

    private static Program program(long seed) {
        return RandomPrograms.generate(seed, Options.forEngines()).program();
    }

    private static Program decode(byte[] bytes) {
        return ProgramCodec.decode(bytes, Limits.DEFAULT);
    }

    private static String reproduce(long seed) {
        return "reproduce with: RandomPrograms.generate(%d, Options.forEngines())".formatted(seed);
    }
}
