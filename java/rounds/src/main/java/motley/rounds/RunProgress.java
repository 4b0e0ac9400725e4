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

    /// Time until the training is done at the present rate, evaluations not counted; empty while
    /// nothing is known.
    public Optional<Duration> remaining() {
        if (samplesPerSecond <= 0) return Optional.empty();
        double seconds = (samplesInRun - samplesDone) / samplesPerSecond;
        return Optional.of(Duration.ofMillis((long) (seconds * 1000)));
    }
}
