package motley.rounds;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A device as the run sees it.
///
/// @param numericClass empty when unknown
/// @param isMember takes part; the others stand by for a place
/// @param asks has asked for work it has not got yet
/// @param ticket its place in the line it stands in, of idle members or of those standing by; 0: in
///     none
/// @param leases the leases it holds, at most [#LEASES_MAX]
/// @param grants the latest tasks it was given and has not answered, for measuring
/// @param training how long its full training tasks take, from grant to answer
/// @param evaluation the same for evaluation tasks
/// @param trials what came of the training tasks it was given
/// @param ownSamples samples of its own that it trains on in a round; 0: none
public record Device(
        DeviceId id,
        String numericClass,
        boolean isMember,
        boolean asks,
        long ticket,
        List<LeaseId> leases,
        List<Grant> grants,
        Timing training,
        Timing evaluation,
        Trials trials,
        int ownSamples) {
    /// Two: one being computed and one whose answer is on its way.
    public static final int LEASES_MAX = 2;

    /// When a task was given. Kept apart from the lease, because a device must be measured even
    /// when it always comes too late; otherwise it would keep its first, wrong, expectation.
    public record Grant(LeaseId lease, Kind kind, Instant at) {}

    /// @param latestAt when it was given its latest full training task
    /// @param beaten tasks in a row that others answered before it
    public record Trials(Instant latestAt, int beaten) {
        static final Trials NONE = new Trials(Instant.MIN, 0);
    }

    public Device {
        leases = List.copyOf(leases);
        grants = List.copyOf(grants);
    }

    static Device joining(DeviceId id, String numericClass) {
        return new Device(
                id,
                numericClass,
                false,
                false,
                0,
                List.of(),
                List.of(),
                Timing.NONE,
                Timing.NONE,
                Trials.NONE,
                0);
    }

    /// How long this device takes for a full task of `kind`.
    public Timing timing(Kind kind) {
        return switch (kind) {
            case TRAIN -> training;
            case EVALUATE -> evaluation;
        };
    }

    Device withClass(String named) {
        return new Device(
                id,
                named,
                isMember,
                asks,
                ticket,
                leases,
                grants,
                training,
                evaluation,
                trials,
                ownSamples);
    }

    Device withOwnSamples(int count) {
        return new Device(
                id,
                numericClass,
                isMember,
                asks,
                ticket,
                leases,
                grants,
                training,
                evaluation,
                trials,
                count);
    }

    Device asMember(boolean member) {
        return new Device(
                id,
                numericClass,
                member,
                asks,
                ticket,
                leases,
                grants,
                training,
                evaluation,
                trials,
                ownSamples);
    }

    Device asking(boolean asking) {
        return new Device(
                id,
                numericClass,
                isMember,
                asking,
                ticket,
                leases,
                grants,
                training,
                evaluation,
                trials,
                ownSamples);
    }

    Device inLine(long place) {
        return new Device(
                id,
                numericClass,
                isMember,
                asks,
                place,
                leases,
                grants,
                training,
                evaluation,
                trials,
                ownSamples);
    }

    Device holding(LeaseId lease) {
        return withLeases(appended(leases, lease));
    }

    Device without(LeaseId lease) {
        return withLeases(leases.stream().filter(held -> !held.equals(lease)).toList());
    }

    Device granted(Grant grant) {
        var all = appended(grants, grant);
        var kept = withGrants(all.subList(Math.max(0, all.size() - LEASES_MAX), all.size()));
        return grant.kind() == Kind.TRAIN
                ? kept.withTrials(new Trials(grant.at(), trials.beaten))
                : kept;
    }

    /// This device with the grant taken as answered after `elapsed`.
    Device measured(Grant grant, Duration elapsed) {
        var rest = withGrants(grants.stream().filter(other -> !other.equals(grant)).toList());
        return switch (grant.kind()) {
            case TRAIN -> rest.withTimings(training.withBelievable(elapsed), evaluation);
            case EVALUATE -> rest.withTimings(training, evaluation.withBelievable(elapsed));
        };
    }

    /// This device after another one answered a training task before it.
    Device beaten() {
        return withTrials(new Trials(trials.latestAt, trials.beaten + 1));
    }

    /// This device after an answer of its own that counts.
    Device unbeaten() {
        return trials.beaten == 0 ? this : withTrials(new Trials(trials.latestAt, 0));
    }

    /// This device with nothing known of its training tasks.
    Device unmeasured() {
        var others = grants.stream().filter(grant -> grant.kind() != Kind.TRAIN).toList();
        return withGrants(others).withTimings(Timing.NONE, evaluation);
    }

    private Device withTrials(Trials all) {
        return new Device(
                id,
                numericClass,
                isMember,
                asks,
                ticket,
                leases,
                grants,
                training,
                evaluation,
                all,
                ownSamples);
    }

    private Device withLeases(List<LeaseId> held) {
        return new Device(
                id,
                numericClass,
                isMember,
                asks,
                ticket,
                held,
                grants,
                training,
                evaluation,
                trials,
                ownSamples);
    }

    private Device withGrants(List<Grant> unanswered) {
        return new Device(
                id,
                numericClass,
                isMember,
                asks,
                ticket,
                leases,
                unanswered,
                training,
                evaluation,
                trials,
                ownSamples);
    }

    private Device withTimings(Timing train, Timing evaluate) {
        return new Device(
                id,
                numericClass,
                isMember,
                asks,
                ticket,
                leases,
                grants,
                train,
                evaluate,
                trials,
                ownSamples);
    }

    private static <T> List<T> appended(List<T> list, T element) {
        var longer = new ArrayList<>(list);
        longer.add(element);
        return longer;
    }
}
