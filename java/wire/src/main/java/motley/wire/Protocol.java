package motley.wire;

import java.time.Duration;

/// Numbers both sides agree on.
public final class Protocol {
    private Protocol() {}

    public static final int VERSION = 1;

    /// Largest session message.
    public static final int MESSAGE_BYTES_MAX = 64 << 10;

    /// Bytes queued towards a peer before it counts as too slow.
    public static final int QUEUE_BYTES_MAX = 256 << 10;

    public static final int HTTP_PORT = 8080;
    public static final int DISCOVERY_PORT = 5005;

    public static final Duration HEARTBEAT = Duration.ofMillis(500);

    /// Silence after which a peer is taken for gone.
    public static final Duration SILENCE = Duration.ofMillis(2500);

    /// How long a new connection may take to its first message.
    public static final Duration CONNECT = Duration.ofSeconds(10);
}
