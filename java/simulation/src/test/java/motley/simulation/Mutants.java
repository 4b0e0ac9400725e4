package motley.simulation;

import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Intent;
import motley.rounds.Lease;
import motley.rounds.OrderedMap;
import motley.rounds.Pass;
import motley.rounds.Range;
import motley.rounds.Refusal;
import motley.rounds.Rounds;
import motley.rounds.RunSettings;
import motley.rounds.Slot;
import motley.rounds.State;
import motley.rounds.Step;
import motley.rounds.Task;

/// Loops with a planted bug, made by bending what the true loop says.
final class Mutants {
    private Mutants() {}

    /// Adds an answer although another was accepted for its slot.
    static Step acceptsTwice(State state, Event event, Instant now) {
        return acceptingRefused(Refusal.SlotFilled.class, state, event, now);
    }

    /// Adds an answer from a round that has closed.
    static Step acceptsLateRounds(State state, Event event, Instant now) {
        return acceptingRefused(Refusal.WrongRound.class, state, event, now);
    }

    /// Adds an answer to a lease from before the restart.
    static Step forgetsTheFence(State state, Event event, Instant now) {
        return acceptingRefused(Refusal.StaleFence.class, state, event, now);
    }

    /// Adds answers that are infinite or not a number.
    static Step acceptsWhatIsNotFinite(State state, Event event, Instant now) {
        return acceptingRefused(Refusal.NotFinite.class, state, event, now);
    }

    /// Adds answers out of all proportion.
    static Step acceptsHugeNorms(State state, Event event, Instant now) {
        return acceptingRefused(Refusal.NormTooLarge.class, state, event, now);
    }

    /// No deadline ever comes.
    static Step neverExpires(State state, Event event, Instant now) {
        return bent(state, event, now, pass -> with(pass, pass.reopened(), postponed(pass)));
    }

    /// A slot whose lease ended is not given out again.
    static Step losesSlots(State state, Event event, Instant now) {
        return bent(state, event, now, pass -> with(pass, OrderedMap.empty(), pass.deadlines()));
    }

    /// The last sample of each task is left out.
    static Step cutsTasks(State state, Event event, Instant now) {
        var step = Rounds.step(state, event, now);
        var effects = step.effects().stream().map(Mutants::cut).toList();
        return new Step(step.state(), effects);
    }

    /// The round is closed twice.
    static Step closesTwice(State state, Event event, Instant now) {
        var step = Rounds.step(state, event, now);
        var effects =
                step.effects().stream()
                        .flatMap(
                                e ->
                                        e instanceof Effect.CloseRound
                                                ? List.of(e, e).stream()
                                                : List.of(e).stream())
                        .toList();
        return new Step(step.state(), effects);
    }

    /// More devices take part than the settings allow.
    static Step ignoresTheLimit(State state, Event event, Instant now) {
        var settings = state.settings();
        var policy = settings.policy().withDevices(settings.policy().devicesMin(), 0);
        var unlimited =
                new RunSettings(settings.seed(), settings.schedule(), policy, settings.strategy());
        var step = Rounds.step(withSettings(state, unlimited), event, now);
        return new Step(withSettings(step.state(), settings), step.effects());
    }

    /// Devices that fell silent are kept for ever.
    static Step keepsTheSilent(State state, Event event, Instant now) {
        boolean isSilence = event instanceof Event.DeviceSilent;
        return Rounds.step(state, isSilence ? new Event.Tick() : event, now);
    }

    /// Hands out nothing, without saying why.
    static Step sitsIdle(State state, Event event, Instant now) {
        var step = Rounds.step(withIntent(state, new Intent.Pause()), event, now);
        return new Step(withIntent(step.state(), state.intent()), step.effects());
    }

    /// Trains on although nothing can be saved.
    static Step ignoresTheDisk(State state, Event event, Instant now) {
        boolean isPause = event instanceof Event.PauseRequested;
        return Rounds.step(state, isPause ? new Event.Tick() : event, now);
    }

    /// Believes a clock that is set back by an hour at the tenth second.
    static Step trustsTheWall(State state, Event event, Instant now) {
        boolean isBefore = now.isBefore(Instant.EPOCH.plusSeconds(10));
        return Rounds.step(state, event, isBefore ? now : now.minusSeconds(3_600));
    }

    static State withSettings(State s, RunSettings settings) {
        return new State(
                settings,
                s.fence(),
                s.phase(),
                s.intent(),
                s.hasStarted(),
                s.pass(),
                s.fleet(),
                s.leasesGiven(),
                s.norms(),
                s.trust(),
                s.pace(),
                s.now());
    }

    private static State withIntent(State s, Intent intent) {
        return new State(
                s.settings(),
                s.fence(),
                s.phase(),
                intent,
                s.hasStarted(),
                s.pass(),
                s.fleet(),
                s.leasesGiven(),
                s.norms(),
                s.trust(),
                s.pace(),
                s.now());
    }

    private static Step acceptingRefused(
            Class<? extends Refusal> reason, State state, Event event, Instant now) {
        var step = Rounds.step(state, event, now);
        if (!(event instanceof Event.ContributionOffered offered)) return step;
        var effects =
                step.effects().stream()
                        .map(
                                effect ->
                                        effect instanceof Effect.Refuse refuse
                                                        && reason.isInstance(refuse.reason())
                                                ? accepted(state, offered)
                                                : effect)
                        .toList();
        return new Step(step.state(), effects);
    }

    private static Effect accepted(State state, Event.ContributionOffered offered) {
        var key = offered.contribution().key();
        var pass = state.pass();
        int slot = Math.min(key.slot(), pass.slotCount() - 1);
        var schedule = state.settings().schedule();
        var samples =
                switch (pass.kind()) {
                    case TRAIN -> schedule.samplesOf(pass.position().round(), slot);
                    case EVALUATE -> schedule.evaluationSamplesOf(slot);
                };
        int epoch = pass.position().epoch();
        var ttl = state.settings().policy().leaseFloor();
        return new Effect.Accept(offered.device(), new Task(key, pass.kind(), epoch, samples, ttl));
    }

    private static Effect cut(Effect effect) {
        if (!(effect instanceof Effect.Accept(var device, var task, _))) return effect;
        var samples = task.samples();
        if (samples.count() == 1) return effect;
        var fewer = new Range(samples.first(), samples.count() - 1);
        return new Effect.Accept(
                device, new Task(task.key(), task.kind(), task.epoch(), fewer, task.ttl()));
    }

    private static Step bent(State state, Event event, Instant now, UnaryOperator<Pass> bend) {
        var step = Rounds.step(state, event, now);
        var s = step.state();
        var bent =
                new State(
                        s.settings(),
                        s.fence(),
                        s.phase(),
                        s.intent(),
                        s.hasStarted(),
                        bend.apply(s.pass()),
                        s.fleet(),
                        s.leasesGiven(),
                        s.norms(),
                        s.trust(),
                        s.pace(),
                        s.now());
        return new Step(bent, step.effects());
    }

    private static OrderedMap<Pass.Due, Lease> postponed(Pass pass) {
        OrderedMap<Pass.Due, Lease> late = OrderedMap.empty();
        for (var entry : pass.deadlines()) {
            var due = entry.getKey();
            late = late.with(new Pass.Due(Instant.MAX, due.lease()), entry.getValue());
        }
        return late;
    }

    private static Pass with(
            Pass pass, OrderedMap<Integer, Slot> reopened, OrderedMap<Pass.Due, Lease> deadlines) {
        return new Pass(
                pass.kind(),
                pass.strategy(),
                pass.position(),
                pass.slotCount(),
                pass.fresh(),
                pass.filled(),
                pass.slots(),
                reopened,
                pass.leases(),
                deadlines,
                pass.lonely(),
                pass.leasesBefore(),
                pass.openedAt());
    }
}
