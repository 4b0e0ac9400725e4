package motley.wire;

import motley.tensor.OneLine;

/// A peer sent something that is no message of the protocol: nothing of it was acted upon.
///
/// The message names the field, its value and what was expected.
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedMessageException(String message) {
        super(OneLine.of(message));
    }

    public MalformedMessageException(String message, Throwable cause) {
        super(OneLine.of(message), cause);
    }
}
