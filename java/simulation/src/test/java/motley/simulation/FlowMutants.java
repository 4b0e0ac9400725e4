package motley.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import motley.rounds.Coverage;
import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Kind;
import motley.rounds.Pass;
import motley.rounds.Position;
import motley.rounds.Refusal;
import motley.rounds.Rounds;
import motley.rounds.State;
import motley.rounds.Step;
import motley.rounds.Strategy;
import motley.rounds.Task;

/// Loops with a bug in what k-batch and async promise.
final class FlowMutants {
    private FlowMutants() {}

    /// Adds answers that were refused for their age.
    static Step acceptsWhatIsTooOld(State state, Event event, Instant now) {
        return accepting(Refusal.TooOld.class, state, event, now);
    }

    /// Adds an answer to a task that is answered, or in the parameters already.
    static Step acceptsTwice(State state, Event event, Instant now) {
        return accepting(Refusal.SlotFilled.class, state, event, now);
    }

    /// Takes answers one version older than it may.
    static Step countsOneVersionMore(State state, Event event, Instant now) {
        return under(s -> new Strategy(s.k(), s.staleness() + 1, s.local()), state, event, now);
    }

    /// Closes at one answer more.
    static Step closesLate(State state, Event event, Instant now) {
        return under(s -> new Strategy(s.k() + 1, s.staleness(), s.local()), state, event, now);
    }

    /// Closes at one answer less.
    static Step closesEarly(State state, Event event, Instant now) {
        return under(
                s -> new Strategy(Math.max(1, s.k() - 1), s.staleness(), s.local()),
                state,
                event,
                now);
    }

    /// The answer that closes an update comes after it.
    static Step countsTheLastForTheNext(State state, Event event, Instant now) {
        var step = Rounds.step(state, event, now);
        var effects = new ArrayList<>(step.effects());
        for (int i = 1; i < effects.size(); i++) {
            boolean isClosing =
                    effects.get(i) instanceof Effect.CloseRound
                            && effects.get(i - 1) instanceof Effect.Accept;
            if (isClosing) effects.add(i, effects.remove(i - 1));
        }
        return new Step(step.state(), effects);
    }

    /// Takes what was in devices' hands for done.
    static Step forgetsWhatIsMissing(State state, Event event, Instant now) {
        var step = Rounds.step(state, event, now);
        var pass = step.state().pass();
        var at = pass.position();
        var covered = at.coverage().map(c -> new Coverage(c.next(), List.of()));
        var bent = new Position(at.epoch(), at.round(), at.version(), covered);
        return new Step(with(step.state(), bent(pass, pass.strategy(), bent)), step.effects());
    }

    /// Does not hear when people choose other dials.
    static Step keepsItsDials(State state, Event event, Instant now) {
        boolean isChoice = event instanceof Event.StrategyChosen;
        return Rounds.step(state, isChoice ? new Event.Tick() : event, now);
    }

    private static Step accepting(
            Class<? extends Refusal> reason, State state, Event event, Instant now) {
        var step = Rounds.step(state, event, now);
        if (!(event instanceof Event.ContributionOffered offered)) return step;
        var effects =
                step.effects().stream().map(e -> accepted(e, reason, state, offered)).toList();
        return new Step(step.state(), effects);
    }

    private static Effect accepted(
            Effect effect,
            Class<? extends Refusal> reason,
            State state,
            Event.ContributionOffered offered) {
        boolean isMeant = effect instanceof Effect.Refuse r && reason.isInstance(r.reason());
        if (!isMeant || !state.pass().isFlow()) return effect;
        var key = offered.contribution().key();
        int epoch = state.position().epoch();
        var samples = state.settings().schedule().samplesOfEpoch(key.slot());
        var ttl = state.settings().policy().leaseFloor();
        return new Effect.Accept(offered.device(), new Task(key, Kind.TRAIN, epoch, samples, ttl));
    }

    /// A step under other dials, which are put back.
    private static Step under(UnaryOperator<Strategy> bend, State state, Event event, Instant now) {
        var pass = state.pass();
        if (!pass.isFlow()) return Rounds.step(state, event, now);
        var other = bent(pass, bend.apply(pass.strategy()), pass.position());
        var step = Rounds.step(with(state, other), event, now);
        var after = step.state().pass();
        if (!after.isFlow() || !after.strategy().equals(other.strategy())) return step;
        var back = bent(after, pass.strategy(), after.position());
        return new Step(with(step.state(), back), step.effects());
    }

    private static Pass bent(Pass pass, Strategy strategy, Position position) {
        return new Pass(
                pass.kind(),
                strategy,
                position,
                pass.slotCount(),
                pass.fresh(),
                pass.filled(),
                pass.slots(),
                pass.reopened(),
                pass.leases(),
                pass.deadlines(),
                pass.lonely(),
                pass.leasesBefore(),
                pass.openedAt());
    }

    private static State with(State s, Pass pass) {
        return new State(
                s.settings(),
                s.fence(),
                s.phase(),
                s.intent(),
                s.hasStarted(),
                pass,
                s.fleet(),
                s.leasesGiven(),
                s.norms(),
                s.trust(),
                s.pace(),
                s.now());
    }
}
