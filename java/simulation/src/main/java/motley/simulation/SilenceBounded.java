package motley.simulation;

import static motley.simulation.Checker.check;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import motley.rounds.DeviceId;
import motley.rounds.Event;
import motley.rounds.Lease;
import motley.rounds.Phase;
import motley.rounds.State;

/// A device that says nothing holds a task no longer than the task's time-to-live; one that only
/// sends heartbeats, no longer than eight times that. The loop wakes up in time to see to it.
final class SilenceBounded implements Checker {
    private static final int RENEWALS_MAX = 8;

    private final Map<DeviceId, Instant> lastBeat = new HashMap<>();

    @Override
    public void observe(Observation observation) {
        if (!(observation instanceof Observation.Stepped(_, var event, var step))) return;
        var state = step.state();
        if (event instanceof Event.Heartbeat(var device, _)) lastBeat.put(device, state.now());
        if (state.phase() instanceof Phase.Ended) return;
        state.pass().leases().values().forEach(lease -> checkLease(state, lease));
    }

    private void checkLease(State state, Lease lease) {
        var now = state.now();
        var ttl = lease.task().ttl();
        check(lease.deadline().isAfter(now), "%s outlives its deadline at %s", lease, now);
        var beat = lastBeat.getOrDefault(lease.device(), Instant.MIN);
        var heard = beat.isAfter(lease.grantedAt()) ? beat : lease.grantedAt();
        check(!now.isAfter(heard.plus(ttl)), "%s silent since %s at %s", lease, heard, now);
        var last = lease.grantedAt().plus(ttl.multipliedBy(RENEWALS_MAX));
        check(!now.isAfter(last), "%s renewed beyond %s", lease, last);
        boolean wakes = state.wakeAt().filter(at -> !at.isAfter(lease.deadline())).isPresent();
        check(wakes, "wakes at %s (expected: for %s)", state.wakeAt(), lease);
    }
}
