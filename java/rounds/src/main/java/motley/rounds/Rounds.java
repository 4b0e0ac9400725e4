package motley.rounds;

import java.time.Instant;
import java.util.List;

/// The training loop's decisions as one pure function of (state, event, now). It owns no thread,
/// clock, random source or socket: the server and the simulator drive this same code, and a state
/// is the fold of its events.
///
/// A step costs `O(log n)` in the number of devices and slots, plus the effects it has. Confined to
/// one caller at a time by nature: the next step needs the last one's state.
public final class Rounds {
    private Rounds() {}

    /// The state after `event` at `now`, and what the shell must do about it.
    ///
    /// @param now from a clock that runs evenly; one that steps back is held still
    public static Step step(State state, Event event, Instant now) {
        if (state.phase() instanceof Phase.Ended(var ending)) return late(state, event, ending);
        var draft = new Draft(state, now.isBefore(state.now()) ? state.now() : now);
        Leases.expireDue(draft);
        apply(draft, event);
        if (draft.isOfOwnSamples()) Progression.closeIfDue(draft);
        Dispatch.handOut(draft);
        return draft.done();
    }

    private static void apply(Draft draft, Event event) {
        switch (event) {
            case Event.DeviceJoined(var device, var numericClass) ->
                    Membership.join(draft, device, numericClass);
            case Event.SamplesOffered(var device, int samples) ->
                    Membership.offer(draft, device, samples);
            case Event.Vouched(var device, var reputation) ->
                    Audit.vouch(draft, device, reputation);
            case Event.DeviceLeft(var device) -> Membership.leave(draft, device);
            case Event.DeviceSilent(var device) -> Membership.lose(draft, device);
            case Event.WorkRequested(var device) -> Membership.requestWork(draft, device);
            case Event.Heartbeat(var device, var working) -> Leases.renew(draft, device, working);
            case Event.LeaseReturned(var device, var lease, var reason) ->
                    Leases.giveBack(draft, device, lease, reason);
            case Event.ContributionOffered(var device, var contribution) ->
                    Admission.offer(draft, device, contribution);
            case Event.RoundApplied(int round, long version) ->
                    Progression.applied(draft, round, version);
            case Event.Tick() -> {}
            case Event.PauseRequested() -> pause(draft);
            case Event.ResumeRequested() -> resume(draft);
            case Event.StrategyChosen(var strategy) ->
                    draft.settings = draft.settings.with(strategy);
            case Event.StopRequested(var reason) -> Progression.stop(draft, reason);
            case Event.FailureReported(var reason) ->
                    Progression.end(draft, new Ending.Failed(reason));
        }
    }

    private static void pause(Draft draft) {
        if (draft.intent instanceof Intent.Run) draft.intent = new Intent.Pause();
    }

    private static void resume(Draft draft) {
        if (draft.intent instanceof Intent.Pause) draft.intent = new Intent.Run();
    }

    private static Step late(State state, Event event, Ending ending) {
        if (!(event instanceof Event.ContributionOffered(var device, var contribution))) {
            return new Step(state, List.of());
        }
        var reason = new Refusal.RunNotActive(ending.text());
        return new Step(state, List.of(new Effect.Refuse(device, contribution.key(), reason)));
    }
}
