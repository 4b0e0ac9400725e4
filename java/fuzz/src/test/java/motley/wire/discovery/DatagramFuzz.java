package motley.wire.discovery;

import java.nio.ByteBuffer;
import motley.fuzz.Trial;

/// A datagram that somebody sent to the port of discovery.
public final class DatagramFuzz {
    private DatagramFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        return Trial.of(
                () -> {
                    var datagram = Datagram.decode(ByteBuffer.wrap(bytes));
                    if (datagram.isEmpty()) throw new IllegalArgumentException("none of ours");
                    boolean isSame = Datagram.decode(datagram.get().encode()).equals(datagram);
                    if (!isSame) throw new AssertionError("another one when written and read");
                });
    }
}
