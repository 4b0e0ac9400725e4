package motley.rounds;

import java.time.Duration;
import java.util.Optional;

/// How far a run is, for people.
///
/// @param epoch counted from 0, below `epochs` until the run has ended
/// @param round training rounds applied in this epoch, of `rounds`
/// @param isEvaluating the epoch's training is done and its evaluation open
/// @param samplesDone training samples in the parameters, over all epochs, of `samplesInRun`
/// @param samplesPerSecond of training, lately; 0 while nothing is known
/// @param devices devices taking part
/// @param standby devices waiting for a place
public record RunProgress(
        int epoch,
        int epochs,
        int round,
        int rounds,
        boolean isEvaluating,
        long samplesDone,
        long samplesInRun,
        double samplesPerSecond,
        int devices,
        int standby) {

    /// The progress of the run in `state`.
    public static RunProgress of(State state) {
        var schedule = state.settings().schedule();
        var position = state.position();
        if (!isByRounds(state)) return ofFlow(state);
        int epoch = Math.min(position.epoch(), schedule.epochs() - 1);
        int rounds = schedule.roundsIn(epoch);
        int round = position.round() - schedule.firstRound(epoch);
        int first = schedule.firstRound(epoch) + Math.max(0, round - 1);
        var pace = state.pace();
        int paced = schedule.samplesOf(first).count();
        double perSecond = pace.meanNs() > 0 ? paced * 1e9 / pace.meanNs() : 0;
        return new RunProgress(
                epoch,
                schedule.epochs(),
                round,
                rounds,
                round == rounds,
                schedule.samplesBefore(position.round()),
                (long) schedule.epochs() * schedule.trainSamples(),
                perSecond,
                state.fleet().members(),
                state.fleet().standby().size());
    }

    /// The progress once the round that is closing is applied, where [#isByRounds] does not hold.
    public static RunProgress afterClosing(State state) {
        var pass = state.pass();
        int inEpoch = state.settings().schedule().coverage(state.position()).count();
        int answered =
                pass.isFlow() ? pass.fresh() - pass.slots().size() : inEpoch + pass.slotCount();
        return ofFlow(state, state.position().epoch(), Coverage.upTo(answered));
    }

    /// The progress when `epoch` is trained, where [#isByRounds] does not hold.
    public static RunProgress afterEpoch(State state, int epoch) {
        int slots = state.settings().schedule().slotsPerEpoch();
        return ofFlow(state, epoch, Coverage.upTo(slots));
    }

    /// Where an update takes whatever answers come first, or once did.
    private static RunProgress ofFlow(State state) {
        var schedule = state.settings().schedule();
        int epoch = state.position().epoch();
        if (epoch == schedule.epochs()) return afterEpoch(state, epoch - 1);
        return ofFlow(state, epoch, schedule.coverage(state.position()));
    }

    private static RunProgress ofFlow(State state, int epoch, Coverage covered) {
        var schedule = state.settings().schedule();
        int slots = schedule.slotsPerEpoch();
        int perRound = slotsPerRound(state);
        int round = Math.ceilDiv(covered.count(), perRound);
        var pace = state.pace();
        long paced = (long) perRound * schedule.microBatch();
        return new RunProgress(
                epoch,
                schedule.epochs(),
                round,
                round + Math.ceilDiv(slots - covered.count(), perRound),
                covered.count() == slots,
                (long) epoch * schedule.trainSamples() + schedule.samplesOf(covered),
                (long) schedule.epochs() * schedule.trainSamples(),
                pace.meanNs() > 0 ? paced * 1e9 / pace.meanNs() : 0,
                state.fleet().members(),
                state.fleet().standby().size());
    }

    /// Whether the run has known nothing but whole rounds, as its schedule numbers them.
    public static boolean isByRounds(State state) {
        boolean flows = state.pass().strategy().flows();
        return state.position().coverage().isEmpty() && !flows;
    }

    /// Training rounds of the whole run, those done and those to come: what a schedule of learning
    /// rates is stretched over. Where people change how many answers an update takes, it changes.
    public static int roundsInRun(State state) {
        var schedule = state.settings().schedule();
        var position = state.position();
        if (isByRounds(state)) return schedule.roundsInRun();
        if (position.epoch() == schedule.epochs()) return position.round();
        int perRound = slotsPerRound(state);
        int slots = schedule.slotsPerEpoch();
        int inEpoch = Math.ceilDiv(slots - schedule.coverage(position).count(), perRound);
        int epochsToCome = schedule.epochs() - 1 - position.epoch();
        return position.round() + inEpoch + epochsToCome * Math.ceilDiv(slots, perRound);
    }

    /// Answers of a full round.
    private static int slotsPerRound(State state) {
        var strategy = state.pass().strategy();
        return strategy.flows() ? strategy.k() : state.settings().schedule().slotsPerRound();
    }

    /// Time until the training is done at the present rate, evaluations not counted; empty while
    /// nothing is known.
    public Optional<Duration> remaining() {
        if (samplesPerSecond <= 0) return Optional.empty();
        double seconds = (samplesInRun - samplesDone) / samplesPerSecond;
        return Optional.of(Duration.ofMillis((long) (seconds * 1000)));
    }
}
