package motley.rounds;

/// What people want of the run.
public sealed interface Intent {
    /// Go on.
    record Run() implements Intent {}

    /// Give out nothing new until told otherwise.
    record Pause() implements Intent {}

    /// End as soon as the round being applied is applied.
    record Stop(String reason) implements Intent {}
}
