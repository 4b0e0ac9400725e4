package motley.coordinator;

import java.io.IOException;

/// Another program listens on the port already.
public final class PortInUseException extends IOException {
    private static final long serialVersionUID = 1;

    private final int port;

    PortInUseException(int port, Throwable cause) {
        super("port: %d is in use (expected: a free port)".formatted(port), cause);
        this.port = port;
    }

    public int port() {
        return port;
    }
}
