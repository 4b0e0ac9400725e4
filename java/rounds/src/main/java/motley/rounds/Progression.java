package motley.rounds;

import java.time.Instant;

/// From one pass to the next.
final class Progression {
    private Progression() {}

    /// The pass that is open at `position`, untouched. Behind the last round it has no slots.
    static Pass passAt(RunSettings settings, Position position, long leasesGiven, Instant now) {
        var schedule = settings.schedule();
        if (position.epoch() >= schedule.epochs()) {
            return Pass.of(Kind.EVALUATE, position, 0, leasesGiven, now);
        }
        if (schedule.epochOf(position.round()) > position.epoch()) {
            int slots = schedule.evaluationSlots();
            return Pass.of(Kind.EVALUATE, position, slots, leasesGiven, now);
        }
        int slots = schedule.slots(position.round());
        return Pass.of(Kind.TRAIN, position, slots, leasesGiven, now);
    }

    /// `position`, or the start of the next epoch if it stands before an evaluation that the
    /// schedule does not have.
    static Position settled(Schedule schedule, Position position) {
        int epoch = position.epoch();
        boolean isBorder = schedule.epochOf(position.round()) > epoch;
        if (!isBorder || epoch >= schedule.epochs() || schedule.evaluatesAfter(epoch)) {
            return position;
        }
        return new Position(epoch + 1, position.round(), position.version());
    }
}
