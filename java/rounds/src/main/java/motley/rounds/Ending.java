package motley.rounds;

/// How a run ended.
public sealed interface Ending {
    /// All epochs are trained and evaluated.
    record Finished() implements Ending {}

    /// Somebody asked for it.
    record Stopped(String reason) implements Ending {}

    /// The run cannot go on; `reason` says what to change.
    record Failed(String reason) implements Ending {}

    /// One word or phrase for people.
    default String text() {
        return switch (this) {
            case Finished() -> "finished";
            case Stopped(var reason) -> "stopped: " + reason;
            case Failed(var reason) -> "failed: " + reason;
        };
    }
}
