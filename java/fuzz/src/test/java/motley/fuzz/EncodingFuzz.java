package motley.fuzz;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import motley.wire.encoding.EncodedVector;
import motley.wire.encoding.Encoding;

/// A contribution in one of the encodings; the first bytes say which, and of how many elements.
public final class EncodingFuzz {
    private static final List<String> ENCODINGS =
            List.of(
                    "f32",
                    "bf16",
                    "int8",
                    "int4",
                    "top-k:0.01",
                    "top-k:0.3",
                    "e3m0",
                    "int2",
                    "low-rank:1",
                    "low-rank:3");
    private static final int HEAD_BYTES = 3;

    private EncodingFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        if (bytes.length < HEAD_BYTES) return false;
        var encoding = Encoding.parse(ENCODINGS.get((bytes[0] & 0xff) % ENCODINGS.size()));
        int elements = 1 + ((bytes[1] & 0xff) << 8 | (bytes[2] & 0xff));
        var body = MemorySegment.ofArray(Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length));
        return Trial.of(
                () -> {
                    switch (EncodedVector.open(encoding, elements, body)) {
                        case EncodedVector.Opened.Flawed(var reason) ->
                                throw new IllegalArgumentException(reason);
                        case EncodedVector.Opened.Whole(var vector) ->
                                vector.copyInto(MemorySegment.ofArray(new byte[4 * elements]));
                    }
                });
    }
}
