package motley.rounds;

import java.util.List;

/// The outcome of one event.
///
/// @param effects what the shell must do, in this order
public record Step(State state, List<Effect> effects) {
    public Step {
        effects = List.copyOf(effects);
    }
}
