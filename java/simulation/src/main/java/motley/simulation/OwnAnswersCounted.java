package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.Set;
import java.util.TreeSet;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Kind;
import motley.rounds.OwnTerms;
import motley.rounds.Range;
import motley.rounds.Slot;
import motley.rounds.State;
import motley.rounds.Step;
import motley.rounds.Task;
import motley.rounds.Totals;

/// Where samples stay on devices: rounds close once each and in order; a round counts a device at
/// most once, with all of its samples; it has the answers that it needs, and goes on without a
/// device that is there only once it has waited for it; and what it moves the parameters by is the
/// gradient of the samples of those it counts, to the last bit.
final class OwnAnswersCounted implements Checker {
    private final OwnTerms terms;
    private final Set<DeviceId> counted = new TreeSet<>();
    private Set<DeviceId> closed = Set.of();
    private int nextRound;

    OwnAnswersCounted(OwnTerms terms) {
        this.terms = terms;
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Started(var state) -> {
                counted.clear();
                nextRound = state.position().round();
            }
            case Observation.Stepped(var before, _, var step) -> look(before, step);
            case Observation.Added(var device, var task, _, _) -> add(device, task);
            case Observation.Closed(int epoch, int round, var totals) ->
                    close(epoch, round, totals);
            case Observation.Applied(var at, var before, var sum) -> {
                var expected = IntegerModel.INITIAL;
                for (var device : closed) {
                    var one = OwnSamples.gradient(at.epoch(), device, before);
                    expected = IntegerModel.added(expected, one);
                }
                check(
                        sum.equals(expected),
                        "round %d: sum %s of %s (expected: %s)",
                        at.round(),
                        sum,
                        closed,
                        expected);
            }
            case Observation.Evaluated _,
                    Observation.Saved _,
                    Observation.NotSaved _,
                    Observation.Paid _,
                    Observation.Settled _ -> {}
        }
    }

    private void add(DeviceId device, Task task) {
        if (task.kind() == Kind.EVALUATE) return;
        check(counted.add(device), "%s counted again in one round: %s", device, task);
        var all = new Range(0, OwnSamples.of(device).count());
        check(task.samples().equals(all), "%s of %s (expected: %s)", task, device, all);
    }

    private void close(int epoch, int round, Totals totals) {
        check(round == nextRound, "round %d closed (expected: %d)", round, nextRound);
        check(epoch == round, "round %d in epoch %d (expected: one in each)", round, epoch);
        int answers = counted.size();
        check(answers >= terms.quorum(), "%d answers (expected: %d)", answers, terms.quorum());
        long samples = counted.stream().mapToLong(d -> OwnSamples.of(d).count()).sum();
        check(totals.samples() == samples, "%s (expected: %d samples)", totals, samples);
        closed = Set.copyOf(counted);
        counted.clear();
        nextRound++;
    }

    /// Whether it went on without a device that was there, before its time.
    private void look(State before, Step step) {
        if (step.effects().stream().noneMatch(Effect.CloseRound.class::isInstance)) return;
        var pass = before.pass();
        var now = step.state().now();
        if (!now.isBefore(pass.openedAt().plus(terms.patience()))) return;
        var done = new TreeSet<>(counted);
        for (var effect : step.effects()) {
            if (effect instanceof Effect.Accept(var device, _, _)) done.add(device);
            if (effect instanceof Effect.Refuse(var device, _, _)) done.add(device);
        }
        for (var slot : pass.slots().values().toList()) {
            if (slot instanceof Slot.Open open) open.doubts().forEach(d -> done.add(d.device()));
        }
        for (var device : step.state().fleet().devices().values().toList()) {
            boolean isAwaited = device.isMember() && device.ownSamples() > 0;
            check(
                    !isAwaited || done.contains(device.id()),
                    "closed without %s, %s after it opened at %s (expected: not within %s)",
                    device.id(),
                    now,
                    pass.openedAt(),
                    terms.patience());
        }
    }
}
