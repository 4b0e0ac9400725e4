package motley.simulation;

import java.time.Instant;
import motley.rounds.Event;
import motley.rounds.State;
import motley.rounds.Step;

/// The loop under test: [motley.rounds.Rounds#step], or one with a planted bug.
@FunctionalInterface
public interface Loop {
    /// Decides about `event` at `now`.
    Step step(State state, Event event, Instant now);
}
