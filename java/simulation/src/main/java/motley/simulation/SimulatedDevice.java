package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import motley.rounds.Contribution;
import motley.rounds.DeviceId;
import motley.rounds.LeaseId;
import motley.rounds.Task;

/// A device that pulls tasks, computes them in virtual time, one at a time, and answers; and that
/// crashes, falls silent, leaves, gives tasks back and lies, as its faults have it.
final class SimulatedDevice {
    private static final Duration BEAT = Duration.ofMillis(500);
    private static final int AWAY_MS_MAX = 10_000;
    private static final List<Poison> KINDS =
            List.of(Poison.NOT_FINITE, Poison.HUGE_NORM, Poison.WRONG_COUNT, Poison.WRONG_SHAPE);

    /// Two beats without an assignment, and the request is repeated.
    private static final Duration PATIENCE = BEAT.multipliedBy(2);

    /// @param isHostile spoils answers
    /// @param taskTime usual time for a full task
    /// @param prefetches asks for the next task while computing
    record Traits(boolean isHostile, Duration taskTime, boolean prefetches) {}

    private final DeviceId id;
    private final Traits traits;
    private final Agenda agenda;
    private final SplittableRandom random;
    private final Consumer<Message.Up> uplink;
    private final Map<LeaseId, Message.Assigned> hand = new LinkedHashMap<>();
    private final Set<LeaseId> seen = new HashSet<>();
    private Faults faults;
    private boolean isUp;
    private boolean isComputing;
    private int life;
    private Instant silentUntil = Instant.MIN;
    private Instant askedAt = Instant.MIN;

    SimulatedDevice(
            DeviceId id,
            Traits traits,
            Faults faults,
            Agenda agenda,
            SplittableRandom random,
            Consumer<Message.Up> uplink) {
        this.id = id;
        this.traits = traits;
        this.faults = faults;
        this.agenda = agenda;
        this.random = random;
        this.uplink = uplink;
    }

    DeviceId id() {
        return id;
    }

    Duration taskTime() {
        return traits.taskTime();
    }

    void start() {
        agenda.after(Duration.ofMillis(random.nextInt(1, 1_000)), this::arrive);
        agenda.every(BEAT, this::beat);
        agenda.every(Duration.ofSeconds(1), this::suffer);
    }

    void heal() {
        faults = Faults.NONE;
        silentUntil = Instant.MIN;
        if (!isUp) arrive();
    }

    void receive(Message.Down message) {
        if (!isHeard()) return;
        switch (message) {
            case Message.Assigned assigned -> take(assigned);
            case Message.Settled(var lease) -> hand.remove(lease);
        }
    }

    private void take(Message.Assigned assigned) {
        var lease = assigned.task().key().lease();
        if (!seen.add(lease)) return;
        if (random.nextDouble() < faults.reluctance()) {
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
        long ns = (long) (traits.taskTime().toNanos() * jitter);
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
        var digest = gradient.toString();
        var contribution = new Contribution(task.key(), report, inspection, digest);
        return new Message.Answer(contribution, gradient, task.key().version(), poison());
    }

    private static List<Long> gradient(Task task, List<Long> weights) {
        return switch (task.kind()) {
            case TRAIN -> IntegerModel.gradient(task.epoch(), task.samples(), weights);
            case EVALUATE -> IntegerModel.INITIAL;
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
        if (random.nextDouble() < faults.silence()) {
            silentUntil = agenda.now().plus(away());
        }
        if (random.nextDouble() < faults.crash()) {
            stop();
        } else if (random.nextDouble() < faults.departure()) {
            send(new Message.Goodbye());
            stop();
        }
    }

    private void stop() {
        isUp = false;
        isComputing = false;
        life++;
        hand.clear();
        int thisLife = life;
        agenda.after(
                away(),
                () -> {
                    if (!isUp && life == thisLife) arrive();
                });
    }

    private void arrive() {
        isUp = true;
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
        if (isHeard()) uplink.accept(message);
    }
}
