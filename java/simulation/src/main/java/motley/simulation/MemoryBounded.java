package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.Set;
import java.util.TreeSet;
import motley.rounds.Device;
import motley.rounds.DeviceId;
import motley.rounds.Event;
import motley.rounds.Phase;
import motley.rounds.Slot;
import motley.rounds.State;

/// The state holds the devices that are there, the slots of one pass, and of each of them no more
/// than a few things: it does not grow with the length of a run, nor with what devices send.
final class MemoryBounded implements Checker {
    private static final int NORMS_MAX = 63;
    private static final int HOLDERS_MAX = 2;
    private static final int FORMER_MAX = 4;
    private static final int DOUBTS_MAX = 8;

    private final Set<DeviceId> present = new TreeSet<>();

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started _ -> present.clear();
            case Observation.Stepped(_, var event, var step) -> {
                follow(event);
                look(step.state());
            }
            case Observation.Added _,
                    Observation.Closed _,
                    Observation.Applied _,
                    Observation.Evaluated _,
                    Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }

    private void follow(Event event) {
        switch (event) {
            case Event.DeviceJoined(var device, _) -> present.add(device);
            case Event.DeviceLeft(var device) -> present.remove(device);
            case Event.DeviceSilent(var device) -> present.remove(device);
            case Event.SamplesOffered _,
                    Event.Vouched _,
                    Event.WorkRequested _,
                    Event.Heartbeat _,
                    Event.LeaseReturned _,
                    Event.ContributionOffered _,
                    Event.RoundApplied _,
                    Event.Tick _,
                    Event.PauseRequested _,
                    Event.ResumeRequested _,
                    Event.StrategyChosen _,
                    Event.StopRequested _,
                    Event.FailureReported _ -> {}
        }
    }

    private void look(State state) {
        if (state.phase() instanceof Phase.Ended) return;
        int norms = state.norms().size();
        check(norms <= NORMS_MAX, "%d norms kept (expected: at most %d)", norms, NORMS_MAX);
        var fleet = state.fleet();
        int devices = fleet.devices().size();
        check(devices <= present.size(), "%d devices kept (expected: %s)", devices, present);
        check(fleet.standby().size() <= devices, "%s stand by (of %d)", fleet.standby(), devices);
        for (var device : fleet.devices().values().toList()) {
            int grants = device.grants().size();
            check(grants <= Device.LEASES_MAX, "%s: %d grants kept", device.id(), grants);
        }
        var pass = state.pass();
        check(pass.slots().size() <= pass.slotCount(), "%d slots kept", pass.slots().size());
        check(pass.lonely().size() <= pass.leases().size(), "lonely: %s", pass.lonely());
        for (var entry : pass.slots()) look(entry.getKey(), entry.getValue());
    }

    private static void look(int number, Slot slot) {
        switch (slot) {
            case Slot.Open(var holders, var former, var doubts, _) -> {
                check(holders.size() <= HOLDERS_MAX, "slot %d: holders %s kept", number, holders);
                check(former.size() <= FORMER_MAX, "slot %d: former %s kept", number, former);
                check(doubts.size() <= DOUBTS_MAX, "slot %d: doubts %s kept", number, doubts);
            }
            case Slot.Filled filled -> {
                int others = filled.others().size();
                int max = HOLDERS_MAX + FORMER_MAX;
                check(others <= max, "slot %d: %d others kept", number, others);
            }
        }
    }
}
