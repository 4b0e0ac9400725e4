package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import motley.rounds.Contribution;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Phase;
import motley.rounds.Policy;
import motley.rounds.Reputation;
import motley.rounds.Rounds;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;
import motley.rounds.State;
import motley.rounds.Task;
import motley.rounds.TrustPolicy;

/// Many devices, some of which forge a share of their answers, through very many tasks of the real
/// loop: how soon are they found, and is an honest one ever wronged?
public final class Crowd {
    private static final int SLOTS = 500;

    private final Settings settings;
    private final SplittableRandom random;
    private final SplittableRandom shuffling;
    private final Map<DeviceId, Integer> answered = new HashMap<>();
    private final Map<DeviceId, Integer> caught = new TreeMap<>();
    private final Map<DeviceId, Task> hands = new HashMap<>();
    private State state;
    private Instant now = Instant.EPOCH;
    private Optional<Integer> closed = Optional.empty();
    private long assigned;
    private long forgeries;
    private long recalls;

    /// @param tasks that must count
    /// @param cheaters of the devices
    /// @param forged share of their answers that cheaters forge once they begin, in [0, 1]
    /// @param patience confirmed answers in a row after which a cheater begins
    /// @param confirmed answers in a row that every device comes with
    public record Settings(
            int tasks,
            int devices,
            int cheaters,
            double forged,
            int patience,
            int confirmed,
            long seed) {}

    /// @param caught for every cheater in quarantine, how many tasks it had answered by then
    /// @param wronged honest devices with a failure
    /// @param tasksPerSlot tasks given out for each that counts
    /// @param forged answers that were forged, caught or not
    /// @param recalls rounds begun anew
    public record Outcome(
            List<Integer> caught, int wronged, double tasksPerSlot, long forged, long recalls) {
        public Outcome {
            caught = List.copyOf(caught);
        }
    }

    private Crowd(Settings settings) {
        this.settings = settings;
        random = new SplittableRandom(settings.seed);
        shuffling = new SplittableRandom(~settings.seed);
        int rounds = Math.ceilDiv(settings.tasks, SLOTS);
        var schedule = new Schedule(rounds * SLOTS, 0, SLOTS, SLOTS, 1, true);
        var trust = TrustPolicy.OFF.withAudits(true).withSecret(random.nextLong());
        var policy = Policy.DEFAULT.withDuplicates(false).withTrust(trust);
        state = State.initial(new RunSettings(settings.seed, schedule, policy), 1, now);
    }

    public static Outcome run(Settings settings) {
        var crowd = new Crowd(settings);
        crowd.work();
        return crowd.outcome();
    }

    private void work() {
        var devices =
                new ArrayList<>(
                        LongStream.range(0, settings.devices).mapToObj(DeviceId::new).toList());
        var known = Reputation.NEW.withConfirmed(settings.confirmed);
        for (var device : devices) {
            decide(new Event.Vouched(device, known));
            decide(new Event.DeviceJoined(device, "jvm"));
        }
        while (!(state.phase() instanceof Phase.Ended)) {
            Collections.shuffle(devices, shuffling);
            for (var device : devices) {
                if (!caught.containsKey(device)) turn(device);
            }
            now = now.plus(Duration.ofMillis(10));
        }
    }

    private void turn(DeviceId device) {
        if (!hands.containsKey(device)) decide(new Event.WorkRequested(device));
        var task = hands.remove(device);
        if (task == null) return;
        answered.merge(device, 1, Integer::sum);
        boolean isForged = isCheater(device) && forges(device);
        var digest = isForged ? "forged " + random.nextInt() : "honest";
        if (isForged) forgeries++;
        int count = task.samples().count();
        decide(
                new Event.ContributionOffered(
                        device,
                        new Contribution(
                                task.key(),
                                new Contribution.Report(count, 1, 0, Duration.ZERO),
                                new Contribution.Inspection(true, true, 1),
                                digest)));
    }

    private boolean isCheater(DeviceId device) {
        return device.value() < settings.cheaters;
    }

    /// Cheaters know how they stand, which no device is told.
    private boolean forges(DeviceId device) {
        boolean hasBegun = state.trust().reputation(device).confirmed() >= settings.patience;
        return hasBegun && random.nextDouble() < settings.forged;
    }

    private void decide(Event event) {
        var step = Rounds.step(state, event, now);
        state = step.state();
        step.effects().forEach(this::perform);
        if (closed.isEmpty()) return;
        int round = closed.get();
        closed = Optional.empty();
        decide(new Event.RoundApplied(round, round + 1L));
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Assign(var device, var task) -> {
                assigned++;
                hands.put(device, task);
            }
            case Effect.CloseRound(_, int round, _) -> closed = Optional.of(round);
            case Effect.Reputed(var device, var reputation) -> {
                if (reputation.isQuarantined(now)) {
                    caught.put(device, answered.getOrDefault(device, 0));
                    hands.remove(device);
                }
            }
            case Effect.Revoke(var device, _, _) -> hands.remove(device);
            case Effect.Recall _ -> recalls++;
            case Effect.Accept _,
                    Effect.Hold _,
                    Effect.Confirm _,
                    Effect.Refuse _,
                    Effect.CloseEvaluation _,
                    Effect.Rejoin _,
                    Effect.End _,
                    Effect.Note _ -> {}
        }
    }

    private Outcome outcome() {
        int wronged = 0;
        var found = new ArrayList<Integer>();
        for (long i = 0; i < settings.devices; i++) {
            var device = new DeviceId(i);
            if (isCheater(device)) Optional.ofNullable(caught.get(device)).ifPresent(found::add);
            else if (state.trust().reputation(device).failures() > 0) wronged++;
        }
        double slots = state.settings().schedule().roundsInRun() * (double) SLOTS;
        return new Outcome(found, wronged, assigned / slots, forgeries, recalls);
    }
}
