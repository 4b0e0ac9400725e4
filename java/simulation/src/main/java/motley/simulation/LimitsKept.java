package motley.simulation;

import static motley.simulation.Checker.check;

import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Kind;
import motley.rounds.RunSettings;
import motley.rounds.State;
import motley.rounds.Task;

/// What the settings of the run promise: how many devices take part at once, with how many it
/// begins, how large a task is and how long a lease lives at least.
final class LimitsKept implements Checker {
    private final RunSettings settings;
    private boolean hasBegun;

    LimitsKept(RunSettings settings) {
        this.settings = settings;
    }

    @Override
    public void observe(Observation observation) {
        if (observation instanceof Observation.Started) hasBegun = false;
        if (!(observation instanceof Observation.Stepped(_, _, var step))) return;
        var policy = settings.policy();
        int members = step.state().fleet().members();
        int max = policy.devicesMax();
        check(max == 0 || members <= max, "%d members (expected: at most %d)", members, max);
        hasBegun |= members >= policy.devicesMin();
        for (var effect : step.effects()) {
            if (effect instanceof Effect.Assign(var device, var task)) {
                look(step.state(), device, task);
            }
        }
    }

    private void look(State state, DeviceId device, Task task) {
        var policy = settings.policy();
        check(hasBegun, "%s given with too few devices", task);
        var holder = state.fleet().devices().get(device);
        check(holder.isPresent() && holder.get().isMember(), "%s given to %s", task, holder);
        check(
                task.ttl().compareTo(policy.leaseFloor()) >= 0,
                "%s lives %s (expected: at least %s)",
                task,
                task.ttl(),
                policy.leaseFloor());
        if (task.kind() == Kind.EVALUATE) return;
        int largest = settings.schedule().taskSamples(task.key().round());
        boolean isBounded = task.samples().count() <= largest;
        check(isBounded, "%s (expected: at most %d samples)", task, largest);
    }
}
