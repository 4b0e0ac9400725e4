package motley.worker;

/// The coordinator refuses this device for good, as for a wrong token.
public final class TurnedAwayException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TurnedAwayException(String reason) {
        super("the coordinator refused this device: " + reason);
    }
}
