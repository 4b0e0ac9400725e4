package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import motley.rounds.Contribution;
import motley.rounds.DeviceId;
import motley.rounds.Kind;
import motley.rounds.LeaseId;
import motley.rounds.Task;

/// A device that pulls tasks, computes them in virtual time, one at a time, and answers; and that
/// crashes, falls silent, leaves, gives tasks back and lies, as its faults have it.
final class SimulatedDevice {
    private static final int BEAT_MS = 500;
    private static final int AWAY_MS_MAX = 10_000;
    private static final int SLOWER_MAX = 20;
    private static final int FLOOD_MAX = 50;
    private static final List<Poison> KINDS =
            List.of(Poison.NOT_FINITE, Poison.HUGE_NORM, Poison.WRONG_COUNT, Poison.WRONG_SHAPE);

    /// Two beats without an assignment, and the request is repeated.
    private static final Duration PATIENCE = Duration.ofMillis(2L * BEAT_MS);

    /// @param isHostile spoils answers
    /// @param taskTime usual time for a full task
    /// @param prefetches asks for the next task while computing
    /// @param beat time between two heartbeats, by its own clock, which runs fast or slow
    /// @param memory what it has of its own
    record Traits(
            boolean isHostile,
            Duration taskTime,
            boolean prefetches,
            Duration beat,
            Memory memory) {
        /// A heartbeat every half a second, give or take a tenth.
        static Duration beat(SplittableRandom random) {
            return Duration.ofMillis(BEAT_MS - BEAT_MS / 10 + random.nextInt(BEAT_MS / 5));
        }
    }

    /// What answers depend on beside their task.
    enum Memory {
        /// Nothing: whoever computes a task comes to the same.
        NONE,
        /// Samples that nobody else has.
        SAMPLES,
        /// A copy of the model, which goes on from task to task until the device crashes.
        REPLICA
    }

    /// What a device sees of the world.
    ///
    /// @param uplink takes its messages away
    /// @param newId gives a device that has lost its disk another identity
    record World(Agenda agenda, Tally tally, Uplink uplink, Supplier<DeviceId> newId) {}

    /// Carries a message, with what the session it belongs to has agreed on.
    @FunctionalInterface
    interface Uplink {
        void send(DeviceId from, int version, Message.Up message);
    }

    private final Traits traits;
    private final Agenda agenda;
    private final Tally tally;
    private final SplittableRandom random;
    private final World world;
    private final Map<LeaseId, Message.Assigned> hand = new LinkedHashMap<>();
    private final Set<LeaseId> seen = new HashSet<>();
    private Faults.Devices faults;
    private DeviceId id;
    private int version = SimulatedCoordinator.VERSION;
    private boolean isUp;
    private boolean isComputing;
    private List<Long> replica = IntegerModel.INITIAL;
    private int life;
    private int slower = 1;
    private Instant silentUntil = Instant.MIN;
    private Instant slowUntil = Instant.MIN;
    private Instant askedAt = Instant.MIN;

    SimulatedDevice(
            DeviceId id,
            Traits traits,
            Faults.Devices faults,
            SplittableRandom random,
            World world) {
        this.id = id;
        this.traits = traits;
        this.faults = faults;
        this.random = random;
        this.world = world;
        agenda = world.agenda();
        tally = world.tally();
    }

    DeviceId id() {
        return id;
    }

    Duration taskTime() {
        return traits.taskTime();
    }

    void start() {
        agenda.after(Duration.ofMillis(random.nextInt(1, 1_000)), this::arrive);
        agenda.every(traits.beat(), this::beat);
        agenda.every(Duration.ofSeconds(1), this::suffer);
    }

    void heal() {
        faults = Faults.NONE.devices();
        silentUntil = Instant.MIN;
        slowUntil = Instant.MIN;
        if (!isUp || version != SimulatedCoordinator.VERSION) arrive();
    }

    void receive(Message.Down message) {
        if (!isHeard()) return;
        switch (message) {
            case Message.Assigned assigned -> take(assigned);
            case Message.Settled(var lease) -> hand.remove(lease);
            // Its owner updates it when it is started again.
            case Message.TurnedAway _ -> tally.strike(Fault.OUTDATED);
        }
    }

    private void take(Message.Assigned assigned) {
        var lease = assigned.task().key().lease();
        if (!seen.add(lease)) return;
        if (random.nextDouble() < faults.reluctance()) {
            tally.strike(Fault.GAVE_BACK);
            send(new Message.GiveBack(lease));
            return;
        }
        hand.put(lease, assigned);
        if (!isComputing) compute(assigned);
    }

    private void compute(Message.Assigned assigned) {
        isComputing = true;
        if (traits.prefetches()) ask();
        int thisLife = life;
        double jitter = 0.8 - 0.2 * StrictMath.log(1 - random.nextDouble());
        int factor = agenda.now().isBefore(slowUntil) ? slower : 1;
        long ns = (long) (traits.taskTime().toNanos() * jitter * factor);
        agenda.after(
                Duration.ofNanos(ns),
                () -> {
                    if (life == thisLife) finish(assigned, Duration.ofNanos(ns));
                });
    }

    private void finish(Message.Assigned assigned, Duration elapsed) {
        isComputing = false;
        boolean isWanted = hand.remove(assigned.task().key().lease()) != null;
        if (isWanted || random.nextBoolean()) send(answer(assigned, elapsed));
        ask();
        if (!hand.isEmpty()) compute(hand.values().iterator().next());
    }

    private Message.Answer answer(Message.Assigned assigned, Duration elapsed) {
        var task = assigned.task();
        int count = task.samples().count();
        var gradient = gradient(task, assigned.weights());
        double norm = count * (1 + (gradient.getFirst() & 0xff) / 1024.0);
        var report = new Contribution.Report(count, 0.1 * count, Math.floorDiv(count, 2), elapsed);
        var inspection = new Contribution.Inspection(true, true, norm);
        var digest = traits.memory() == Memory.NONE ? gradient.toString() : "";
        var contribution = new Contribution(task.key(), report, inspection, digest);
        return new Message.Answer(contribution, gradient, task.key().version(), poison());
    }

    private List<Long> gradient(Task task, List<Long> weights) {
        if (task.kind() == Kind.EVALUATE) return IntegerModel.INITIAL;
        return switch (traits.memory()) {
            case NONE -> IntegerModel.gradient(task.epoch(), task.samples(), weights);
            case SAMPLES -> OwnSamples.gradient(task.epoch(), id, weights);
            case REPLICA -> {
                var from = IntegerModel.added(weights, replica);
                var gradient = IntegerModel.gradient(task.epoch(), task.samples(), from);
                replica = IntegerModel.updated(replica, gradient);
                yield gradient;
            }
        };
    }

    private Poison poison() {
        boolean isSpoilt = traits.isHostile() && random.nextDouble() < faults.poison();
        return isSpoilt ? KINDS.get(random.nextInt(KINDS.size())) : Poison.NONE;
    }

    private void ask() {
        askedAt = agenda.now();
        send(new Message.Ask());
    }

    private void beat() {
        if (!isUp) return;
        send(new Message.Beat(List.copyOf(hand.keySet())));
        boolean isPatient = agenda.now().isBefore(askedAt.plus(PATIENCE));
        if (hand.isEmpty() && !isComputing && !isPatient) ask();
    }

    private void suffer() {
        if (!isUp) return;
        if (strikes(faults.silence(), Fault.FELL_SILENT)) silentUntil = agenda.now().plus(away());
        if (strikes(faults.slowdown(), Fault.SLOWED_DOWN)) {
            slowUntil = agenda.now().plus(away());
            slower = random.nextInt(2, SLOWER_MAX);
        }
        if (random.nextDouble() < faults.flood()) flood();
        if (random.nextDouble() < faults.crash()) {
            crash();
        } else if (strikes(faults.departure(), Fault.LEFT)) {
            send(new Message.Goodbye());
            stop();
        }
    }

    private boolean strikes(double probability, Fault fault) {
        if (random.nextDouble() >= probability) return false;
        tally.strike(fault);
        return true;
    }

    /// Says what it may say, far too often.
    private void flood() {
        int times = random.nextInt(FLOOD_MAX);
        for (int i = 0; i < times; i++) {
            tally.strike(Fault.FLOODED);
            if (random.nextBoolean()) send(new Message.Ask());
            else send(new Message.Beat(List.copyOf(hand.keySet())));
        }
    }

    private void crash() {
        stop();
        if (!strikes(faults.lostDisk(), Fault.DISK_LOST)) {
            tally.strike(Fault.DEVICE_CRASHED);
            return;
        }
        id = world.newId().get();
        seen.clear();
    }

    private void stop() {
        isUp = false;
        isComputing = false;
        life++;
        hand.clear();
        replica = IntegerModel.INITIAL;
        int thisLife = life;
        agenda.after(
                away(),
                () -> {
                    if (!isUp && life == thisLife) arrive();
                });
    }

    private void arrive() {
        isUp = true;
        version = SimulatedCoordinator.VERSION;
        if (random.nextDouble() < faults.outdated()) version--;
        send(new Message.Hello());
        ask();
    }

    private Duration away() {
        return Duration.ofMillis(random.nextInt(1, AWAY_MS_MAX));
    }

    private boolean isHeard() {
        return isUp && !agenda.now().isBefore(silentUntil);
    }

    private void send(Message.Up message) {
        if (isHeard()) world.uplink().send(id, version, message);
    }
}
