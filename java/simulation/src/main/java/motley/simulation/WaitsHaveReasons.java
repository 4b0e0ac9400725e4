package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.List;
import motley.rounds.Device;
import motley.rounds.Intent;
import motley.rounds.Pass;
import motley.rounds.Phase;
import motley.rounds.Slot;
import motley.rounds.State;
import motley.rounds.Timing;
import motley.rounds.Waiting;

/// Whenever a run could go on and does not, the reason it gives is the true one, in words.
final class WaitsHaveReasons implements Checker {
    private final int devicesMin;

    WaitsHaveReasons(int devicesMin) {
        this.devicesMin = devicesMin;
    }

    @Override
    public void observe(Observation observation) {
        if (!(observation instanceof Observation.Stepped(_, _, var step))) return;
        var state = step.state();
        var why = Waiting.why(state, state.now());
        check(isTrue(why, state), "%s is no reason: %s", why, state);
        check(!why.text().isBlank(), "%s has no words", why);
    }

    private boolean isTrue(Waiting why, State state) {
        var pass = state.pass();
        int members = state.fleet().members();
        return switch (why) {
            case Waiting.Ended _ -> state.phase() instanceof Phase.Ended;
            case Waiting.Closing _ -> state.phase() instanceof Phase.Closing;
            case Waiting.Paused _ -> state.intent() instanceof Intent.Pause;
            case Waiting.NoDevices _ -> members == 0;
            case Waiting.FewDevices _ -> members < devicesMin;
            case Waiting.NoRequests _ -> asking(state) == 0;
            case Waiting.Leases(int running, int unfilled, var oldest) ->
                    running == pass.leases().size()
                            && unfilled == missing(pass)
                            && running > 0
                            && !oldest.isEmpty();
            case Waiting.Confirmation(int slot) ->
                    doubts(state, slot) > 0 && state.wakeAt().isPresent();
            case Waiting.SecondDevice(int tasks, _) ->
                    tasks > 0 && tasks == state.trust().ballots().size();
            case Waiting.OwnAnswers(int answers, int quorum) ->
                    answers == pass.filled() && pass.leases().isEmpty() && quorum > 0;
            case Waiting.SlowDevices(int devices, _, var left) ->
                    devices == asking(state) && isSlowestSlow(state) && !left.isNegative();
        };
    }

    /// Counted anew, without the order that the loop keeps.
    private static boolean isSlowestSlow(State state) {
        var members = state.fleet().devices().values().filter(Device::isMember).toList();
        var means =
                members.stream()
                        .map(Device::training)
                        .filter(Timing::isMeasured)
                        .map(Timing::meanNs)
                        .sorted()
                        .toList();
        if (means.isEmpty()) return false;
        long median = means.get((means.size() - 1) / 2);
        double limit = state.settings().policy().slowFactor() * median;
        return members.stream()
                .filter(Device::asks)
                .filter(d -> d.training().meanNs() > median)
                .anyMatch(d -> d.training().meanNs() > limit || d.trials().beaten() >= 3);
    }

    /// Answers that the round waits for.
    private static int missing(Pass pass) {
        int notApplied = pass.slotCount();
        if (!pass.isFlow()) return notApplied - pass.filled();
        notApplied -= pass.fresh() - pass.slots().size();
        return Math.min(notApplied, pass.strategy().k()) - pass.filled();
    }

    private static long asking(State state) {
        return state.fleet().devices().values().filter(d -> d.isMember() && d.asks()).count();
    }

    private static int doubts(State state, int number) {
        var slot = state.pass().slots().get(number);
        return slot.map(s -> s instanceof Slot.Open open ? open.doubts() : List.of())
                .orElse(List.of())
                .size();
    }
}
