package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Kind;
import motley.rounds.LeaseId;
import motley.rounds.Strategy;

/// Only answers to leases of this coordinator's life, given to that device, are counted, one per
/// lease, and none whose parameters are more versions old than the strategy allows.
final class StalenessBounded implements Checker {
    private final Map<LeaseId, DeviceId> given = new HashMap<>();
    private final Set<LeaseId> counted = new HashSet<>();
    private Strategy wanted;
    private Strategy inForce;
    private long fence;

    /// Of the parameters that the next update moves.
    private long version;

    StalenessBounded(Strategy strategy) {
        wanted = strategy;
        inForce = strategy;
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> {
                fence = state.fence();
                version = state.position().version();
                given.clear();
                inForce = wanted;
            }
            case Observation.Stepped(_, var event, var step) -> {
                if (event instanceof Event.StrategyChosen(var strategy)) wanted = strategy;
                for (var effect : step.effects()) {
                    if (!(effect instanceof Effect.Assign(var device, var task))) continue;
                    var before = given.put(task.key().lease(), device);
                    check(before == null, "lease given again: %s", task);
                }
            }
            case Observation.Added added -> count(added);
            case Observation.Closed _ -> version++;
            case Observation.Applied _, Observation.Evaluated _ -> inForce = wanted;
            case Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }

    private void count(Observation.Added added) {
        var task = added.task();
        var key = task.key();
        long computedAt = added.version();
        check(key.lease().fence() == fence, "fence of %s (expected: %d)", task, fence);
        check(added.device().equals(given.get(key.lease())), "%s is not %s's", task, added);
        check(counted.add(key.lease()), "counted again: %s", task);
        check(computedAt == key.version(), "%s computed at %d", task, computedAt);
        long behind = version - computedAt;
        int most = task.kind() == Kind.EVALUATE ? 0 : inForce.staleness();
        check(behind >= 0 && behind <= most, "%s: %d behind (expected: %d)", task, behind, most);
    }
}
