package motley.simulation;

import static motley.tensor.Require.require;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.rounds.Contribution;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Fact;
import motley.rounds.Phase;
import motley.rounds.Policy;
import motley.rounds.Rounds;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;
import motley.rounds.State;
import motley.rounds.Task;

/// How fast a described fleet works under the loop, in virtual time, without faults of the network.
///
/// A task of `n` samples takes a device `sampleTime·n·(0.8 + 0.2·E) + overhead`, `E` exponentially
/// distributed with mean 1. A device finishes what it has begun, needed or not: programs cannot be
/// interrupted.
public final class FleetModel {
    /// @param sampleTimes per device
    /// @param overhead per task: the network and the loop
    /// @param lost probability that a task's answer never comes; its device is gone for the rest of
    ///     the round, and nobody is told
    /// @param failures of whole devices
    public record Fleet(
            List<Duration> sampleTimes, Duration overhead, double lost, Failures failures) {
        /// Without failures that anybody is told of.
        public Fleet(List<Duration> sampleTimes, Duration overhead, double lost) {
            this(sampleTimes, overhead, lost, Failures.NONE);
        }

        /// @throws IllegalArgumentException if there is no device, or every answer is lost
        public Fleet {
            sampleTimes = List.copyOf(sampleTimes);
            require(!sampleTimes.isEmpty(), "sampleTimes: [] (expected: at least one device)");
            require(lost >= 0 && lost < 1, "lost: %s (expected: at least 0, below 1)", lost);
        }
    }

    /// Devices that die in a task and are started again.
    ///
    /// @param perTask probability, in [0, 1)
    /// @param noticed time from the death, which comes half-way through the task, until the loop is
    ///     told
    /// @param away time from then until the device joins again
    public record Failures(double perTask, Duration noticed, Duration away) {
        static final Failures NONE = new Failures(0, Duration.ZERO, Duration.ZERO);

        /// @throws IllegalArgumentException if no task is ever done
        public Failures {
            require(
                    perTask >= 0 && perTask < 1,
                    "perTask: %s (expected: at least 0, below 1)",
                    perTask);
        }
    }

    /// @param roundTime mean time in which the loop gets through the samples of a round
    /// @param waitingForAll mean time of a round if every device got an equal share and the last
    ///     one were waited for
    /// @param ideal time of a round if the work could be divided without remainder and nothing cost
    ///     extra
    /// @param duplicates share of the leases that repeated another's work, in [0, 1]
    /// @param refused share of the leases whose answers came too late, in [0, 1]
    public record Figures(
            Duration roundTime,
            Duration waitingForAll,
            Duration ideal,
            double duplicates,
            double refused) {
        /// How many times faster than waiting for all.
        public double speedup() {
            return (double) waitingForAll.toNanos() / roundTime.toNanos();
        }

        /// Share of the ideal throughput, in [0, 1].
        public double ofIdeal() {
            return (double) ideal.toNanos() / roundTime.toNanos();
        }
    }

    private final Fleet fleet;
    private final Schedule schedule;
    private final SplittableRandom random;
    private final Agenda agenda = new Agenda();
    private final List<DeviceId> lost = new ArrayList<>();
    private State state;
    private Instant wakesAt = Instant.MAX;
    private long leases;
    private long duplicates;
    private long refused;

    private FleetModel(Fleet fleet, RunSettings settings) {
        this.fleet = fleet;
        schedule = settings.schedule();
        random = new SplittableRandom(settings.seed());
        state = State.initial(settings, 1, agenda.now());
    }

    /// Simulates all rounds of `schedule`, each waiting for all its tasks.
    public static Figures of(Fleet fleet, Schedule schedule, Policy policy, long seed) {
        return of(fleet, new RunSettings(seed, schedule, policy));
    }

    /// Simulates a run under any strategy.
    public static Figures of(Fleet fleet, RunSettings settings) {
        return new FleetModel(fleet, settings).run();
    }

    private Figures run() {
        for (int i = 0; i < fleet.sampleTimes().size(); i++) {
            decide(new Event.DeviceJoined(new DeviceId(i), "model"));
            decide(new Event.WorkRequested(new DeviceId(i)));
        }
        while (!(state.phase() instanceof Phase.Ended)) {
            if (!agenda.isEmpty()) {
                agenda.advance(Instant.MAX);
                continue;
            }
            // Nobody is left to finish the round: those who were lost are back by now.
            if (lost.isEmpty()) throw new AssertionError("nothing is planned");
            comeBack();
        }
        var elapsed = Duration.between(Instant.EPOCH, agenda.now());
        return new Figures(
                elapsed.dividedBy(schedule.roundsInRun()),
                waitingForAll(),
                ideal(),
                (double) duplicates / leases,
                (double) refused / leases);
    }

    private void decide(Event event) {
        var now = agenda.now();
        var step = Rounds.step(state, event, now);
        state = step.state();
        for (var effect : step.effects()) {
            switch (effect) {
                case Effect.Assign(var device, var task) -> compute(device, task);
                case Effect.CloseRound(_, int round, _) -> agenda.at(now, () -> apply(round));
                case Effect.Note(var fact) -> duplicates += fact instanceof Fact.Duplicated ? 1 : 0;
                case Effect.Refuse _ -> refused++;
                case Effect.Accept _,
                        Effect.Hold _,
                        Effect.Confirm _,
                        Effect.Recall _,
                        Effect.Reputed _,
                        Effect.Revoke _,
                        Effect.CloseEvaluation _,
                        Effect.Rejoin _,
                        Effect.End _ -> {}
            }
        }
        planTick();
    }

    private void planTick() {
        var wake = state.wakeAt().orElse(Instant.MAX);
        if (!wake.isBefore(wakesAt)) return;
        wakesAt = wake;
        agenda.at(wake, () -> tick(wake));
    }

    private void tick(Instant planned) {
        if (!planned.equals(wakesAt)) return;
        wakesAt = Instant.MAX;
        decide(new Event.Tick());
    }

    /// Devices whose answers were lost come back with the next round.
    private void apply(int round) {
        decide(new Event.RoundApplied(round, round + 1));
        comeBack();
    }

    private void comeBack() {
        var back = List.copyOf(lost);
        lost.clear();
        for (var device : back) decide(new Event.WorkRequested(device));
    }

    private void compute(DeviceId device, Task task) {
        leases++;
        int number = (int) device.value();
        var time = taskTime(number, task.samples().count());
        if (random.nextDouble() < fleet.lost()) {
            lost.add(device);
            return;
        }
        if (fleet.failures().perTask() > 0 && random.nextDouble() < fleet.failures().perTask()) {
            die(device, time.dividedBy(2));
            return;
        }
        agenda.after(
                time,
                () -> {
                    decide(new Event.ContributionOffered(device, answer(task, time)));
                    decide(new Event.WorkRequested(device));
                });
    }

    private void die(DeviceId device, Duration after) {
        var noticed = after.plus(fleet.failures().noticed());
        agenda.after(noticed, () -> decide(new Event.DeviceSilent(device)));
        agenda.after(
                noticed.plus(fleet.failures().away()),
                () -> {
                    decide(new Event.DeviceJoined(device, "model"));
                    decide(new Event.WorkRequested(device));
                });
    }

    private Contribution answer(Task task, Duration time) {
        int count = task.samples().count();
        var report = new Contribution.Report(count, count, 0, time);
        var inspection = new Contribution.Inspection(true, true, count);
        return new Contribution(task.key(), report, inspection, "");
    }

    private Duration waitingForAll() {
        int devices = fleet.sampleTimes().size();
        int share = Math.ceilDiv(schedule.batchSize(), devices);
        var total = Duration.ZERO;
        for (int round = 0; round < schedule.roundsInRun(); round++) {
            var last = Duration.ZERO;
            for (int i = 0; i < devices; i++) {
                var time = taskTime(i, share);
                if (time.compareTo(last) > 0) last = time;
            }
            total = total.plus(last);
        }
        return total.dividedBy(schedule.roundsInRun());
    }

    private Duration ideal() {
        double samplesPerNs = 0;
        for (var sampleTime : fleet.sampleTimes()) samplesPerNs += 1.0 / sampleTime.toNanos();
        return Duration.ofNanos((long) (schedule.batchSize() / samplesPerNs));
    }

    private Duration taskTime(int device, int samples) {
        double jitter = 0.8 - 0.2 * StrictMath.log(1 - random.nextDouble());
        double ns = fleet.sampleTimes().get(device).toNanos() * (double) samples * jitter;
        return fleet.overhead().plusNanos((long) ns);
    }
}
