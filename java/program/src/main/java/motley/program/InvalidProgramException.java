package motley.program;

import java.io.Serial;

/// A program, or bytes or text that claim to be one, was refused. The caller's error: nothing was
/// allocated for the program and nothing of it ran.
public final class InvalidProgramException extends IllegalArgumentException {
    @Serial private static final long serialVersionUID = 1;

    public InvalidProgramException(String message) {
        super(message);
    }
}
