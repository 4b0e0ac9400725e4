package motley.worker;

import java.io.IOException;
import java.time.Duration;

/// No coordinator answered a search; the message says what to try.
public final class NoCoordinatorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoCoordinatorException(int port, Duration waited) {
        super(
                ("no coordinator answered within %d s on UDP port %d of this machine and its"
                                + " networks: start one with `motley serve` (`motley serve"
                                + " --listen 0.0.0.0` for other machines), or name it as in"
                                + " `motley join http://HOST:8080`;"
                                + " `motley doctor` looks for what is in the way")
                        .formatted(waited.toSeconds(), port));
    }

    NoCoordinatorException(int port, IOException cause) {
        super(
                ("cannot search for a coordinator on UDP port %d: %s; name it as in"
                                + " `motley join http://HOST:8080`")
                        .formatted(port, cause.getMessage()),
                cause);
    }
}
