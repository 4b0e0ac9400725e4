package motley.wire.encoding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import motley.wire.encoding.ParameterFrame.Applied;
import org.junit.jupiter.api.Test;

/// Frames give back every bit of the rounded parameters, or say that they do not.
final class ParameterFrameProperties {
    private static final OptionalLong NOTHING = OptionalLong.empty();

    @Test
    void differencesLeadToTheSameBits() throws IOException {
        for (long seed = 0; seed < 10; seed++) {
            var random = new SplittableRandom(seed);
            int elements = random.nextInt(1, 10_000);
            var parameters = new float[elements];
            for (int i = 0; i < elements; i++) parameters[i] = (float) random.nextGaussian();
            var held = MemorySegment.ofArray(new float[elements]);
            var words = words(parameters);
            assertThat(apply(ParameterFrame.whole(0, words), 0, NOTHING, held))
                    .isEqualTo(Applied.DONE);
            for (int version = 1; version < 5; version++) {
                for (int i = 0; i < elements; i++) {
                    parameters[i] += (float) (random.nextGaussian() * 1e-3);
                }
                var next = words(parameters);
                var frame = ParameterFrame.difference(version, next, version - 1, words);
                assertThat(apply(frame, version, OptionalLong.of(version - 1), held))
                        .as("seed %d, version %d", seed, version)
                        .isEqualTo(Applied.DONE);
                var expected = MemorySegment.ofArray(new float[elements]);
                ParameterFrame.widen(next, expected);
                assertThat(held.mismatch(expected)).isEqualTo(-1);
                words = next;
            }
        }
    }

    /// A step of an optimizer changes little.
    @Test
    void differencesAreSmall() {
        var random = new SplittableRandom(1);
        int elements = 100_000;
        var parameters = new float[elements];
        for (int i = 0; i < elements; i++) parameters[i] = (float) random.nextGaussian() * 0.05f;
        var before = words(parameters);
        for (int i = 0; i < elements; i++) parameters[i] += (random.nextBoolean() ? 1 : -1) * 1e-4f;
        var frame = ParameterFrame.difference(1, words(parameters), 0, before);
        assertThat(frame.length).isLessThan(elements * 3 / 4);
    }

    @Test
    void otherWordsThanWereMeantAreNoticed() throws IOException {
        var before = words(1, 2, 3);
        var frame = ParameterFrame.difference(7, words(1, 2, 4), 6, before);
        var other = MemorySegment.ofArray(new float[] {1, 2, 2.5f});
        assertThat(apply(frame, 7, OptionalLong.of(6), other)).isEqualTo(Applied.OTHER_HASH);
        assertThat(apply(frame, 7, OptionalLong.of(5), other)).isEqualTo(Applied.OTHER_BASE);
        assertThat(apply(frame, 7, NOTHING, other)).isEqualTo(Applied.OTHER_BASE);
        frame[20] ^= 1;
        var right = MemorySegment.ofArray(new float[] {1, 2, 3});
        assertThat(apply(frame, 7, OptionalLong.of(6), right)).isEqualTo(Applied.OTHER_HASH);
    }

    @Test
    void malformedFramesAreRefused() {
        var frame = ParameterFrame.whole(7, words(1, 2, 3));
        var into = MemorySegment.ofArray(new float[3]);
        assertThatThrownBy(() -> apply(frame, 8, NOTHING, into))
                .hasMessage("parameters: version 7 (expected: 8)");
        assertThatThrownBy(() -> apply(Arrays.copyOf(frame, 47), 7, NOTHING, into))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> apply(Arrays.copyOf(frame, 50), 7, NOTHING, into))
                .isInstanceOf(IOException.class);
        var longer = ParameterFrame.whole(7, words(1, 2, 3, 4));
        assertThatThrownBy(() -> apply(longer, 7, NOTHING, into))
                .hasMessage("parameters: longer than expected");
        var random = new SplittableRandom(1);
        for (int i = 0; i < 500; i++) {
            var broken = frame.clone();
            broken[48 + random.nextInt(frame.length - 48)] ^= (byte) (1 << random.nextInt(8));
            try {
                apply(broken, 7, NOTHING, into);
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    private static Applied apply(byte[] frame, long version, OptionalLong held, MemorySegment into)
            throws IOException {
        return ParameterFrame.apply(new ByteArrayInputStream(frame), version, held, into);
    }

    private static MemorySegment words(float... parameters) {
        var words = MemorySegment.ofArray(new byte[2 * parameters.length]);
        ParameterFrame.round(MemorySegment.ofArray(parameters), words);
        return words;
    }
}
