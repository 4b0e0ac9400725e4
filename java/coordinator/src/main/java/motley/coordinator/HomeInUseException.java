package motley.coordinator;

import java.io.IOException;
import java.nio.file.Path;

/// Another coordinator works in the same home folder; two would take each other's runs.
public final class HomeInUseException extends IOException {
    private static final long serialVersionUID = 1;

    HomeInUseException(Path home) {
        super(
                "home: %s is in use by another coordinator (expected: one of its own)"
                        .formatted(home));
    }
}
