package motley.simulation;

import java.util.List;
import motley.rounds.DeviceId;
import motley.rounds.Event;
import motley.rounds.Position;
import motley.rounds.State;
import motley.rounds.Step;
import motley.rounds.Task;
import motley.rounds.Totals;
import motley.rounds.credits.Ledger;

/// What checkers see of a simulated run.
sealed interface Observation {
    /// The loop has decided.
    record Stepped(State before, Event event, Step step) implements Observation {}

    /// A contribution was added to the sum of the open pass.
    ///
    /// @param version the parameters it was in fact computed at
    /// @param gradient what was added
    record Added(DeviceId device, Task task, long version, List<Long> gradient)
            implements Observation {}

    /// The round has closed: what was added until now is what it moves the parameters by.
    record Closed(int epoch, int round, Totals totals) implements Observation {}

    /// A closed round moved the parameters.
    ///
    /// @param at where the run was before
    /// @param before the weights the round was computed at
    /// @param sum what the weights were updated with
    record Applied(Position at, List<Long> before, List<Long> sum) implements Observation {}

    /// An evaluation is complete: all its contributions were added.
    record Evaluated(int epoch) implements Observation {}

    /// The parameters at this position are safe on disk.
    record Saved(Position at) implements Observation {}

    /// The parameters at this position could not be written: the run must wait.
    record NotSaved(Position at) implements Observation {}

    /// Credits have moved: what is in the ledger is durable.
    record Paid(Ledger ledger) implements Observation {}

    /// The run is over, its last payments are made, and what was left went back.
    record Settled(Ledger ledger) implements Observation {}

    /// The coordinator has started, from nothing or from its checkpoint.
    record Started(State state) implements Observation {}
}
