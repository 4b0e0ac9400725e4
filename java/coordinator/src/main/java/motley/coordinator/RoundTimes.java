package motley.coordinator;

import java.util.List;
import motley.rounds.Pass;

/// Where the time of one round, or of one evaluation, went on the coordinator.
///
/// @param isEvaluation whether it is the evaluation after `epoch`
/// @param epoch counted from 0
/// @param round counted from 0 over the whole run; for an evaluation the round that follows
/// @param startMicros when it began, in µs since 1970
/// @param micros how long it took: the sum of all phases
/// @param phases how much of that each phase took; phases that took nothing are left out
/// @param spans when it was in which phase, by time; of a very long round the first ones
public record RoundTimes(
        boolean isEvaluation,
        int epoch,
        int round,
        long startMicros,
        long micros,
        List<PhaseTime> phases,
        List<Span> spans) {
    public RoundTimes {
        phases = List.copyOf(phases);
        spans = List.copyOf(spans);
    }

    /// What the coordinator does, or waits for.
    public enum Phase {
        /// No task is out: there is no device, or the run is paused.
        WAITING,
        /// Training tasks are out, and nothing is to be done until an answer comes.
        DEVICES,
        /// Evaluation tasks are out.
        EVALUATION,
        /// Answers are inspected and added up.
        SUM,
        /// The optimizer's step.
        UPDATE,
        /// New parameters are laid out for devices, and tasks are handed to them.
        PUBLISH,
        /// A copy is made of what a checkpoint keeps.
        CHECKPOINT,
        /// Messages and decisions.
        OTHER;

        /// What passes while there is nothing to do in `pass`.
        static Phase waitedFor(Pass pass) {
            if (pass.leases().isEmpty()) return WAITING;
            return switch (pass.kind()) {
                case TRAIN -> DEVICES;
                case EVALUATE -> EVALUATION;
            };
        }
    }

    public record PhaseTime(Phase phase, long micros) {}

    /// @param offsetMicros from the beginning of the round
    public record Span(Phase phase, long offsetMicros, long micros) {}
}
