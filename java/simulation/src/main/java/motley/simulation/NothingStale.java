package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.LeaseId;

/// Only answers to leases of this coordinator's life, given to that device, for the open round at
/// its parameters are counted, and one per lease.
final class NothingStale implements Checker {
    private final Map<LeaseId, DeviceId> given = new HashMap<>();
    private final Set<LeaseId> counted = new HashSet<>();
    private long fence;
    private int round;
    private long version;

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> {
                check(state.fence() > fence, "fence %d after %d", state.fence(), fence);
                fence = state.fence();
                round = state.position().round();
                version = state.position().version();
                given.clear();
            }
            case Observation.Stepped(_, _, var step) -> {
                for (var effect : step.effects()) {
                    if (effect instanceof Effect.Assign(var device, var task)) {
                        var before = given.put(task.key().lease(), device);
                        check(before == null, "lease given again: %s", task);
                    }
                }
            }
            case Observation.Added(var device, var task, long computedAt, _) -> {
                var key = task.key();
                check(key.lease().fence() == fence, "fence of %s (expected: %d)", task, fence);
                check(key.round() == round, "round of %s (expected: %d)", task, round);
                check(computedAt == version, "%s at %d (expected: %d)", task, computedAt, version);
                check(device.equals(given.get(key.lease())), "%s is not %s's", task, device);
                check(counted.add(key.lease()), "counted again: %s", task);
            }
            case Observation.Applied _ -> {
                round++;
                version++;
            }
            case Observation.Evaluated _,
                    Observation.Closed _,
                    Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }
}
