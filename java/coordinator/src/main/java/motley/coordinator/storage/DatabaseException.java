package motley.coordinator.storage;

/// A database that cannot be used; the message says which one and why.
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DatabaseException(DatabaseAddress address, String reason, Throwable cause) {
        super("database: %s: %s".formatted(address, reason), cause);
    }

    DatabaseException(DatabaseAddress address, String reason) {
        super("database: %s: %s".formatted(address, reason));
    }

    static DatabaseException of(DatabaseAddress address, Throwable failure) {
        if (failure instanceof DatabaseException known) return known;
        return new DatabaseException(address, firstLine(failure), failure);
    }

    /// What failed in the end, which the driver says best.
    private static String firstLine(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) cause = cause.getCause();
        var message = cause.getMessage();
        return message == null ? cause.toString() : message.lines().findFirst().orElse("");
    }
}
