package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import motley.rounds.Device;
import motley.rounds.DeviceId;
import motley.rounds.Lease;
import motley.rounds.Phase;
import motley.rounds.Slot;
import motley.rounds.State;

/// No lease and no slot gets lost, and the number of leases per device and slot is bounded.
final class LeasesBounded implements Checker {
    private static final int HOLDERS_MAX = 2;

    @Override
    public void observe(Observation observation) {
        if (!(observation instanceof Observation.Stepped(_, _, var step))) return;
        var state = step.state();
        if (state.phase() instanceof Phase.Ended) return;
        checkSlots(state);
        checkDevices(state);
    }

    private static void checkSlots(State state) {
        var pass = state.pass();
        int running = 0;
        int filled = 0;
        int free = 0;
        for (var entry : pass.slots()) {
            switch (entry.getValue()) {
                case Slot.Filled _ -> filled++;
                case Slot.Open open -> {
                    int holders = open.holders().size();
                    running += holders;
                    free += holders == 0 ? 1 : 0;
                    check(holders <= HOLDERS_MAX, "slot %s", entry);
                    check(
                            pass.reopened().has(entry.getKey()) == (holders == 0),
                            "slot %s is lost: %s",
                            entry,
                            pass.reopened());
                    for (var id : open.holders()) check(pass.leases().has(id), "%s held", id);
                    check(
                            new HashSet<>(open.holders()).size() == holders,
                            "slot %s held twice by one lease",
                            entry);
                }
            }
        }
        check(filled == pass.filled(), "%d slots filled (expected: %d)", pass.filled(), filled);
        check(free == pass.reopened().size(), "%s (expected: %d)", pass.reopened(), free);
        int leases = pass.leases().size();
        check(running == leases, "%d leases (expected: %d)", leases, running);
        check(leases == pass.deadlines().size(), "deadlines %s", pass.deadlines());
        int seen = pass.slots().size();
        boolean isComplete = pass.isFlow() ? seen <= pass.fresh() : seen == pass.fresh();
        check(isComplete, "%d slots of %d", seen, pass.fresh());
    }

    private static void checkDevices(State state) {
        Map<DeviceId, Integer> held = new HashMap<>();
        for (var lease : state.pass().leases().values().toList()) {
            held.merge(lease.device(), 1, Integer::sum);
            check(state.fleet().devices().has(lease.device()), "nobody holds %s", lease);
            check(isAlone(state, lease), "%s holds a slot twice", lease.device());
        }
        for (var device : state.fleet().devices().values().toList()) {
            int leases = held.getOrDefault(device.id(), 0);
            check(device.leases().size() == leases, "%s (expected: %d leases)", device, leases);
            check(leases <= Device.LEASES_MAX, "%s (expected: fewer leases)", device);
            boolean isIdle = device.isMember() && device.asks() && leases < Device.LEASES_MAX;
            check(state.fleet().idle().has(device.ticket()) == isIdle, "line of %s", device);
        }
    }

    private static boolean isAlone(State state, Lease lease) {
        return state.pass()
                        .leases()
                        .values()
                        .filter(other -> other.device().equals(lease.device()))
                        .filter(other -> other.slot() == lease.slot())
                        .count()
                == 1;
    }
}
