package motley.rounds;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What a run is waiting for, as data. A run that does nothing always has a reason, and somebody
/// who can change it.
public sealed interface Waiting {
    /// How many leases a [Leases] names at most.
    int NAMED_MAX = 10;

    /// It is over.
    record Ended(Ending ending) implements Waiting {}

    /// People paused it.
    record Paused() implements Waiting {}

    /// The shell is updating and publishing the parameters of a complete round.
    record Closing(int round, Duration age) implements Waiting {}

    /// Nobody is there.
    record NoDevices() implements Waiting {}

    /// The run may not start with so few.
    record FewDevices(int have, int need) implements Waiting {}

    /// Devices are there, and work, but no device asks for it.
    record NoRequests(int devices, int slots) implements Waiting {}

    /// Answers are being computed.
    ///
    /// @param oldest the oldest leases, at most [#NAMED_MAX]
    record Leases(int running, int unfilled, List<Held> oldest) implements Waiting {
        public Leases {
            oldest = List.copyOf(oldest);
        }
    }

    /// Doubtful numbers wait for a second device to compute them again.
    record Confirmation(int slot) implements Waiting {}

    /// Answers wait for another device to confirm them.
    ///
    /// @param tasks how many
    /// @param device the one that gave the first of them
    record SecondDevice(int tasks, DeviceId device) implements Waiting {}

    /// Every device that asks is much slower than usual, and others are expected to.
    ///
    /// @param devices how many ask
    /// @param left until they get the tasks all the same
    record SlowDevices(int devices, int slots, Duration left) implements Waiting {}

    /// A round of devices with samples of their own has not as many answers as it needs, or waits
    /// for a device that is there and does not ask.
    record OwnAnswers(int answers, int quorum) implements Waiting {}

    /// A running lease: who, what, for how long, and when it gives up at the latest.
    record Held(DeviceId device, int slot, Duration age, Duration left) {}

    /// What the run in `state` waits for at `now`.
    static Waiting why(State state, Instant now) {
        return switch (state.phase()) {
            case Phase.Ended(var ending) -> new Ended(ending);
            case Phase.Closing() ->
                    new Closing(
                            state.position().round(),
                            Duration.between(state.pass().openedAt(), now));
            case Phase.Open() -> whyOpen(state, now);
        };
    }

    /// Whether devices that could work and do not are a part of the cause.
    default boolean lacksDevices() {
        return switch (this) {
            case NoDevices _, FewDevices _, NoRequests _, Confirmation _ -> true;
            case SecondDevice _, OwnAnswers _ -> true;
            case Ended _, Paused _, Closing _, Leases _, SlowDevices _ -> false;
        };
    }

    /// One sentence for people: the cause, and what helps.
    default String text() {
        return switch (this) {
            case Ended(var ending) -> "The run has ended: " + ending.text() + ".";
            case Paused() -> "The run is paused; resume it to go on.";
            case Closing(int round, var age) ->
                    ("Round %d is complete and being applied, %s after it opened; if this lasts,"
                                    + " look at the coordinator's load and disk.")
                            .formatted(round, seconds(age));
            case NoDevices() ->
                    "No device has joined; open the join link on one, or run `motley join`.";
            case FewDevices(int have, int need) ->
                    ("%d of the %d devices needed to start have joined; add more or lower the"
                                    + " minimum.")
                            .formatted(have, need);
            case NoRequests(int devices, int slots) ->
                    ("%s open, but no device asks for work, though %d have joined; see `motley"
                                    + " devices`, or add one.")
                            .formatted(are(slots, "task"), devices);
            case Leases(int running, int unfilled, var oldest) ->
                    "%s missing, %s being computed%s; more devices make it faster."
                            .formatted(
                                    are(unfilled, "answer"),
                                    are(running, "task"),
                                    oldestText(oldest));
            case Confirmation(int slot) ->
                    ("The numbers for task %d look wrong, and another device must compute it again;"
                                    + " add one if this lasts.")
                            .formatted(slot);
            case SecondDevice(int tasks, var device) ->
                    ("%s not counted until a second device confirms what %s answered; add one of"
                                    + " another owner, or trust it: `motley devices --trust NAME`.")
                            .formatted(are(tasks, "task"), device);
            case OwnAnswers(int answers, int quorum) ->
                    ("%d devices have answered with what they learnt of their own data, of at"
                                    + " least %d; the others pause or are away: see `motley"
                                    + " devices`, or add one that has the data.")
                            .formatted(answers, quorum);
            case SlowDevices(int devices, int slots, var left) ->
                    ("%s open, and all that ask (%d) are much slower than the others; they get"
                                    + " what is open in %s unless a faster one asks.")
                            .formatted(are(slots, "task"), devices, seconds(left));
        };
    }

    private static Waiting whyOpen(State state, Instant now) {
        var pass = state.pass();
        int members = state.fleet().members();
        int unfilled = pass.unfilled();
        if (state.intent() instanceof Intent.Pause) return new Paused();
        if (!pass.leases().isEmpty()) {
            var oldest = pass.leases().values().limit(NAMED_MAX).map(l -> held(l, now)).toList();
            return new Leases(pass.leases().size(), unfilled, oldest);
        }
        if (members == 0) return new NoDevices();
        int need = state.settings().policy().devicesMin();
        if (!state.hasStarted()) return new FewDevices(members, need);
        if (OwnRounds.isOpen(state)) {
            var rules = state.settings().policy().ownTerms().orElseThrow();
            return new OwnAnswers(pass.filled(), rules.quorum());
        }
        if (state.fleet().idle().isEmpty()) return new NoRequests(members, unfilled);
        var ballots = state.trust().ballots();
        if (!ballots.isEmpty()) {
            var first = ballots.first().orElseThrow().getValue().answers().getFirst();
            return new SecondDevice(ballots.size(), first.device());
        }
        var turn = Stragglers.turnAt(state);
        if (turn.isPresent() && isUndoubted(pass)) {
            int asking = state.fleet().idle().size();
            return new SlowDevices(asking, unfilled, Duration.between(now, turn.get()));
        }
        return new Confirmation(pass.reopened().first().map(e -> e.getKey()).orElse(0));
    }

    /// Whether a task is open that no answer to was doubted.
    private static boolean isUndoubted(Pass pass) {
        return pass.fresh() < pass.slotCount()
                || pass.reopened()
                        .values()
                        .anyMatch(slot -> slot instanceof Slot.Open o && o.doubts().isEmpty());
    }

    private static Held held(Lease lease, Instant now) {
        return new Held(
                lease.device(),
                lease.slot(),
                Duration.between(lease.grantedAt(), now),
                Duration.between(now, lease.deadline()));
    }

    private static String oldestText(List<Held> oldest) {
        if (oldest.isEmpty()) return "";
        var first = oldest.getFirst();
        return "; the oldest by %s for %s, given to another in %s at the latest"
                .formatted(first.device(), seconds(first.age()), seconds(first.left()));
    }

    private static String are(int count, String what) {
        return count == 1 ? "1 %s is".formatted(what) : "%d %ss are".formatted(count, what);
    }

    private static String seconds(Duration duration) {
        return "%.1f s".formatted(duration.toMillis() / 1000.0);
    }
}
