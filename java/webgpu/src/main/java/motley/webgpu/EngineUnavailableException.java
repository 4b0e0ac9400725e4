package motley.webgpu;

/// There is no GPU, no library or no driver on this machine that may compute; the message says
/// which, for the owner.
public final class EngineUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EngineUnavailableException(String message) {
        super(message);
    }

    EngineUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
