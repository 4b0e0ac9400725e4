package motley.rounds;

/// What the run is doing.
public sealed interface Phase {
    /// Tasks of the open round or evaluation are given out and answers accepted.
    record Open() implements Phase {}

    /// All slots are filled; the shell is updating and publishing the parameters.
    record Closing() implements Phase {}

    /// Nothing follows.
    record Ended(Ending ending) implements Phase {}
}
