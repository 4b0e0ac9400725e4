package motley.rounds;

import static motley.tensor.Require.require;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The whole of a run's control state: a value, changed by [Rounds#step] only.
///
/// Everything the loop can be asked is in here: [Waiting#why] says why nothing moves,
/// [RunProgress#of] how far it is.
///
/// @param fence the coordinator's fencing epoch; leases of earlier ones are void
/// @param hasStarted enough devices have joined once; fewer are enough from then on
/// @param leasesGiven how many leases this fencing epoch has given
/// @param norms the latest accepted gradient norms per sample, oldest first, at most [#NORMS_MAX]
/// @param trust how far its devices may be believed
/// @param pace how long training rounds take, from opening to applied
/// @param now the time of the latest step
public record State(
        RunSettings settings,
        long fence,
        Phase phase,
        Intent intent,
        boolean hasStarted,
        Pass pass,
        Fleet fleet,
        long leasesGiven,
        List<Double> norms,
        Trust trust,
        Timing pace,
        Instant now) {
    /// How many norms the median is taken of.
    public static final int NORMS_MAX = 63;

    public State {
        norms = List.copyOf(norms);
    }

    /// A run before its first round.
    public static State initial(RunSettings settings, long fence, Instant now) {
        return restore(settings, Position.START, fence, now);
    }

    /// A run that goes on at `position`, as the latest checkpoint holds it: the round open there
    /// starts afresh. Devices join again.
    ///
    /// @param fence higher than every one used for this run before
    /// @throws IllegalArgumentException if `position` does not lie in the run
    public static State restore(RunSettings settings, Position position, long fence, Instant now) {
        var schedule = settings.schedule();
        require(isIn(schedule, position), "position: %s (expected: in %s)", position, schedule);
        var settled = Progression.settled(schedule, position);
        boolean isDone = settled.epoch() == schedule.epochs();
        var phase = isDone ? new Phase.Ended(new Ending.Finished()) : new Phase.Open();
        return new State(
                settings,
                fence,
                phase,
                new Intent.Run(),
                false,
                Progression.passAt(settings, settled).opened(0, now),
                Fleet.NONE,
                0,
                List.of(),
                Trust.NONE,
                Timing.NONE,
                now);
    }

    /// Whether the round that is being applied is the last of its epoch.
    public boolean isLastOfEpoch() {
        if (pass.isFlow()) return pass.fresh() == pass.slotCount() && pass.slots().isEmpty();
        var schedule = settings.schedule();
        if (position().coverage().isEmpty()) {
            return schedule.epochOf(position().round() + 1) > position().epoch();
        }
        int left = schedule.slotsPerEpoch() - schedule.coverage(position()).count();
        return left <= pass.slotCount();
    }

    /// What a checkpoint of the current parameters must hold.
    public Position position() {
        return pass.position();
    }

    /// The time at which a [Event.Tick] has work to do; empty: none before the next event.
    public Optional<Instant> wakeAt() {
        if (phase instanceof Phase.Ended) return Optional.empty();
        var expiry =
                Stream.concat(
                                pass.deadlines().first().map(due -> due.getKey().at()).stream(),
                                OwnRounds.dueAt(this).stream())
                        .min(Comparator.naturalOrder());
        boolean isHelpIdle = phase instanceof Phase.Open && !fleet.idle().isEmpty();
        if (!isHelpIdle || !(intent instanceof Intent.Run)) return expiry;
        return Stream.of(expiry, chanceAt(), Stragglers.turnAt(this))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    /// When an idle device may find something to repeat.
    private Optional<Instant> chanceAt() {
        var look = now.plus(settings.policy().leaseFloor().dividedBy(8));
        var overdue = pass.lonely().first().map(due -> due.getKey().at());
        if (overdue.isEmpty() && pass.reopened().isEmpty()) return Optional.empty();
        return Optional.of(overdue.filter(at -> at.isAfter(now)).orElse(look));
    }

    private static boolean isIn(Schedule schedule, Position position) {
        int round = position.round();
        if (position.coverage().isPresent()) {
            boolean isEnd = position.epoch() == schedule.epochs();
            int slots = isEnd ? 0 : schedule.slotsPerEpoch();
            return position.epoch() <= schedule.epochs()
                    && position.coverage().get().next() <= slots;
        }
        if (position.epoch() >= schedule.epochs()) {
            return position.epoch() == schedule.epochs() && round == schedule.roundsInRun();
        }
        int first = schedule.firstRound(position.epoch());
        return round >= first && round <= first + schedule.roundsIn(position.epoch());
    }
}
