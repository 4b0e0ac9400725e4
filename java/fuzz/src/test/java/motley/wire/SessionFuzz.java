package motley.wire;

import java.util.Arrays;
import motley.fuzz.Trial;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.DeviceMessage;

/// A message of a session, from a device or, if the first byte is odd, from a coordinator. What is
/// taken is written and read again as the same.
public final class SessionFuzz {
    private SessionFuzz() {}

    /// Called by Jazzer.
    public static void fuzzerTestOneInput(byte[] bytes) {
        var _ = takes(bytes);
    }

    /// Whether it is taken.
    public static boolean takes(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > Protocol.MESSAGE_BYTES_MAX) return false;
        var body = Arrays.copyOfRange(bytes, 1, bytes.length);
        boolean isFromDevice = (bytes[0] & 1) == 0;
        return Trial.of(
                () -> {
                    if (isFromDevice) read(new DeviceCodec(), DeviceMessage.parseFrom(body));
                    else read(new CoordinatorCodec(), CoordinatorMessage.parseFrom(body));
                });
    }

    private static <M, P extends com.google.protobuf.MessageLite> void read(
            Codec<M, P> codec, P envelope) {
        var message = codec.decode(envelope);
        boolean isSame = codec.decode(codec.encode(message)).equals(message);
        if (!isSame) throw new AssertionError("another message when written and read: " + message);
    }
}
