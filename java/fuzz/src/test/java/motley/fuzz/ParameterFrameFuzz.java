package motley.fuzz;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import motley.wire.encoding.ParameterFrame;

/// A version of the parameters, whole or as the difference to one that is held.
public final class ParameterFrameFuzz {
    private static final int WORDS = 5_000;

    private ParameterFrameFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.of(
                () -> {
                    var applied = apply(bytes);
                    if (applied == ParameterFrame.Applied.DONE) return;
                    throw new IllegalArgumentException("frame: " + applied);
                });
    }

    /// Frames are refused as what the network does is: the reader asks again.
    private static ParameterFrame.Applied apply(byte[] bytes) {
        var parameters = MemorySegment.ofArray(new byte[4 * WORDS]);
        try {
            var in = new ByteArrayInputStream(bytes);
            return ParameterFrame.apply(in, 1, OptionalLong.of(0), parameters);
        } catch (IOException e) {
            throw new IllegalArgumentException("frame: cut off or another", e);
        }
    }
}
