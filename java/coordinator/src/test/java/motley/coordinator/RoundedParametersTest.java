package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;
import motley.wire.encoding.ParameterFrame;
import org.junit.jupiter.api.Test;

final class RoundedParametersTest {
    private static final int ELEMENTS = 1000;

    @Test
    void deviceIsSentWhatHasChanged() throws IOException {
        try (var rounded = new RoundedParameters(ELEMENTS)) {
            var held = MemorySegment.ofArray(new float[ELEMENTS]);
            for (long version = 1; version < 70; version++) {
                var floats = rounded.round(version, parameters(version));
                var since = version == 1 ? OptionalLong.empty() : OptionalLong.of(version - 1);
                var frame = rounded.frame(version, since).orElseThrow();
                boolean isWhole = version == 1 || version % RoundedParameters.WHOLE_EVERY == 0;
                assertThat(base(frame)).isEqualTo(isWhole ? -1 : version - 1);
                ParameterFrame.apply(new ByteArrayInputStream(frame), version, since, held);
                assertThat(held.mismatch(floats)).isEqualTo(-1);
            }
            assertThat(base(rounded.frame(69, OptionalLong.of(66)).orElseThrow())).isEqualTo(66);
            assertThat(base(rounded.frame(69, OptionalLong.of(3)).orElseThrow())).isEqualTo(-1);
            assertThat(rounded.frame(2, OptionalLong.empty())).isEmpty();
            assertThat(rounded.frame(70, OptionalLong.empty())).isEmpty();
        }
    }

    @Test
    void framesAreMadeOnce() {
        try (var rounded = new RoundedParameters(ELEMENTS)) {
            rounded.round(1, parameters(1));
            rounded.round(2, parameters(2));
            var frame = rounded.frame(2, OptionalLong.of(1)).orElseThrow();
            assertThat(rounded.frame(2, OptionalLong.of(1)).orElseThrow()).isSameAs(frame);
        }
    }

    private static long base(byte[] frame) {
        return MemorySegment.ofArray(frame).get(ValueLayout.JAVA_LONG_UNALIGNED, 8);
    }

    private static MemorySegment parameters(long version) {
        var floats = new float[ELEMENTS];
        for (int i = 0; i < ELEMENTS; i++) floats[i] = 0.1f * i + 0.01f * version;
        return MemorySegment.ofArray(floats);
    }
}
