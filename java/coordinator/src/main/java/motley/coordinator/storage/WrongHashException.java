package motley.coordinator.storage;

import java.io.IOException;

/// Bytes that are not those their name promises.
public final class WrongHashException extends IOException {
    private static final long serialVersionUID = 1;

    WrongHashException(String found, String expected) {
        super("sha256: %s (expected: %s)".formatted(found, expected));
    }
}
