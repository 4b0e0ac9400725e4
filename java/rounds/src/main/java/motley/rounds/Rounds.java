package motley.rounds;

import java.time.Instant;
import java.util.List;

/// The training loop's decisions as one pure function of (state, event, now).
public final class Rounds {
    private Rounds() {}

    /// The state after `event` at `now`, and what the shell must do about it.
    public static Step step(State state, Event event, Instant now) {
        return new Step(state, List.of());
    }
}
