package motley.simulation;

import java.util.List;
import motley.rounds.Contribution;
import motley.rounds.LeaseId;
import motley.rounds.Task;

/// What travels between simulated devices and their coordinator.
sealed interface Message {
    /// From a device.
    sealed interface Up extends Message {}

    /// From the coordinator.
    sealed interface Down extends Message {}

    record Hello() implements Up {}

    record Ask() implements Up {}

    record Beat(List<LeaseId> working) implements Up {}

    record GiveBack(LeaseId lease) implements Up {}

    record Goodbye() implements Up {}

    /// @param gradient the bulk of the contribution
    /// @param computedAt the version of the weights it was computed at
    record Answer(Contribution contribution, List<Long> gradient, long computedAt, Poison poison)
            implements Up {}

    record Assigned(Task task, List<Long> weights) implements Down {}

    /// The device may not join, and why.
    record TurnedAway(String reason) implements Down {}

    /// Refused, revoked or accepted: nothing more to do for this lease.
    record Settled(LeaseId lease) implements Down {}
}
