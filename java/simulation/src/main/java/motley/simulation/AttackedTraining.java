package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import motley.rounds.Contribution;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Event;
import motley.rounds.Phase;
import motley.rounds.Policy;
import motley.rounds.Rounds;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;
import motley.rounds.State;
import motley.rounds.Task;
import motley.rounds.TrustPolicy;
import motley.rounds.likeness.Sketcher;
import motley.rounds.robust.Aggregation;
import motley.rounds.robust.Contributions;

/// A training on simulated devices, some of them hostile: the real loop, real gradients, the real
/// rules, under virtual time. The optimizer is descent with momentum.
public final class AttackedTraining {
    private static final double MOMENTUM = 0.9;
    private static final Duration STEP = Duration.ofMillis(10);

    private final Settings settings;
    private final Pupil pupil;
    private final SplittableRandom random;
    private final SplittableRandom shuffling;
    private final float[] parameters;
    private final float[] velocity;
    private final Contributions contributions;
    private final Map<DeviceId, float[]> first = new HashMap<>();
    private float[][] honest = {};
    private Pupil.Answer[] answers = {};
    private State state;
    private Instant now = Instant.EPOCH;
    private int assigned;
    private int recalls;
    private int refused;
    private final Map<DeviceId, Task> hands = new HashMap<>();
    private Optional<float[]> offered = Optional.empty();
    private Optional<Integer> closed = Optional.empty();
    private final SplittableRandom keys;
    private Sketcher sketcher;

    /// @param hostile devices of all `devices` that attack
    /// @param rounds optimizer steps
    /// @param microBatch samples of a task; a round has one a device
    /// @param rate learning rate
    /// @param mixture numeric classes of the devices
    public record Settings(
            Attack attack,
            Aggregation aggregation,
            boolean audits,
            int devices,
            int hostile,
            int rounds,
            int microBatch,
            double rate,
            int seed,
            Mixture mixture) {
        /// All of one numeric class.
        public Settings(
                Attack attack,
                Aggregation aggregation,
                boolean audits,
                int devices,
                int hostile,
                int rounds,
                int microBatch,
                double rate,
                int seed) {
            this(
                    attack,
                    aggregation,
                    audits,
                    devices,
                    hostile,
                    rounds,
                    microBatch,
                    rate,
                    seed,
                    Mixture.ONE);
        }
    }

    /// @param accuracy on the test samples, in [0, 1]
    /// @param quarantined hostile devices quarantined
    /// @param wronged honest devices that were
    /// @param tasksPerSlot tasks given out for each that counts
    /// @param recalls rounds begun anew
    /// @param refused answers refused for their numbers or coming too late
    public record Outcome(
            double accuracy,
            int quarantined,
            int wronged,
            double tasksPerSlot,
            int recalls,
            int refused) {}

    private AttackedTraining(Settings settings, Pupil pupil) {
        this.settings = settings;
        this.pupil = pupil;
        random = new SplittableRandom(settings.seed);
        shuffling = new SplittableRandom(~settings.seed);
        keys = new SplittableRandom(settings.seed * 31L);
        sketcher = new Sketcher(keys.nextLong());
        parameters = pupil.initial(settings.seed);
        velocity = new float[parameters.length];
        contributions = new Contributions(parameters.length);
        var trust =
                TrustPolicy.OFF
                        .withAudits(settings.audits)
                        .withClipping(settings.aggregation instanceof Aggregation.Clip)
                        .withSecret(random.nextLong())
                        .withClassTolerance(settings.mixture.classTolerance());
        int batch = settings.devices * settings.microBatch;
        // As many samples as the rounds take; which ones they are is drawn here.
        var schedule = new Schedule(batch * settings.rounds, 0, batch, settings.devices, 1, true);
        var policy = Policy.DEFAULT.withDuplicates(false).withTrust(trust);
        state = State.initial(new RunSettings(settings.seed, schedule, policy), 1, now);
    }

    /// Trains.
    public static Outcome run(Settings settings, Pupil pupil) {
        var training = new AttackedTraining(settings, pupil);
        training.train();
        return training.outcome();
    }

    private void train() {
        for (int i = 0; i < settings.devices; i++) {
            decide(new Event.DeviceJoined(new DeviceId(i), classOf(new DeviceId(i))));
        }
        for (int round = 0; round < settings.rounds; round++) {
            pupil.load(parameters);
            sketcher = new Sketcher(keys.nextLong());
            computeAll(round);
            while (isIn(round)) turn(round);
        }
        pupil.load(parameters);
    }

    private boolean isIn(int round) {
        return state.position().round() == round && state.phase() instanceof Phase.Open;
    }

    /// The honest answers to all tasks of the round: those who repeat a task need not compute it
    /// again here, and attackers who know everything know these.
    private void computeAll(int round) {
        int tasks = settings.devices;
        answers = new Pupil.Answer[tasks];
        honest = new float[tasks][];
        for (int slot = 0; slot < tasks; slot++) {
            answers[slot] = pupil.gradient(samples(round, slot), false);
            honest[slot] = answers[slot].gradient().elements;
        }
    }

    private int[] samples(int round, int slot) {
        var drawn = new SplittableRandom(((long) round << 16 | slot) + 31L * settings.seed);
        return IntStream.generate(() -> drawn.nextInt(pupil.trainSamples()))
                .limit(settings.microBatch)
                .toArray();
    }

    /// Every device once, in a random order; where nobody could do anything, time passes.
    private void turn(int round) {
        var order = new ArrayList<>(IntStream.range(0, settings.devices).boxed().toList());
        Collections.shuffle(order, shuffling);
        boolean isIdle = true;
        for (int i : order) {
            if (isIn(round)) isIdle &= !work(new DeviceId(i));
        }
        now = now.plus(isIdle ? Duration.ofSeconds(1) : STEP);
        decide(new Event.Tick());
    }

    private boolean work(DeviceId device) {
        if (!hands.containsKey(device)) decide(new Event.WorkRequested(device));
        boolean isLazy = isHostile(device) && settings.attack == Attack.SLOW_LORIS;
        var task = hands.remove(device);
        if (task == null || isLazy) return false;
        answer(device, task);
        return true;
    }

    private boolean isHostile(DeviceId device) {
        return device.value() < settings.hostile && settings.attack != Attack.NONE;
    }

    private String classOf(DeviceId device) {
        return settings.mixture.classOf((int) device.value(), isHostile(device));
    }

    private void answer(DeviceId device, Task task) {
        int slot = task.key().slot();
        long number = (long) task.key().round() * settings.devices + slot;
        var computed = settings.mixture.computed(honest[slot], classOf(device), number);
        var gradient = isHostile(device) ? forged(device, task) : computed;
        first.putIfAbsent(device, gradient);
        int samples = task.samples().count();
        var said = answers[slot];
        var report =
                new Contribution.Report(samples, said.lossSum(), said.correct(), Duration.ZERO);
        double norm = norm(gradient);
        boolean isFinite = Double.isFinite(norm);
        var contribution =
                new Contribution(
                        task.key(),
                        report,
                        new Contribution.Inspection(true, isFinite, norm),
                        Integer.toHexString(Arrays.hashCode(gradient)),
                        Optional.of(sketcher.of(gradient)));
        offered = Optional.of(gradient);
        decide(new Event.ContributionOffered(device, contribution));
        offered = Optional.empty();
    }

    private float[] forged(DeviceId device, Task task) {
        int slot = task.key().slot();
        var flipped =
                settings.attack == Attack.LABEL_FLIP
                        ? pupil.gradient(samples(task.key().round(), slot), true)
                                .gradient()
                                .elements
                        : honest[slot];
        var other = honest[(slot + 1) % honest.length];
        var earlier = first.getOrDefault(device, honest[slot]);
        var known = new Attack.Knowledge(honest[slot], flipped, other, earlier, honest);
        return settings.attack.forge(known, random);
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
            case Effect.Accept(_, var task, double scale) -> add(task, scale);
            case Effect.CloseRound(_, int round, _) -> descend(round);
            case Effect.Recall _ -> {
                recalls++;
                contributions.clear();
            }
            case Effect.Assign(var device, var task) -> {
                assigned++;
                hands.put(device, task);
            }
            case Effect.Revoke(var device, _, _) -> hands.remove(device);
            case Effect.Refuse _ -> refused++;
            case Effect.Hold _,
                    Effect.Confirm _,
                    Effect.Reputed _,
                    Effect.CloseEvaluation _,
                    Effect.Rejoin _,
                    Effect.End _,
                    Effect.Note _ -> {}
        }
    }

    private void add(Task task, double scale) {
        var gradient = offered.orElseThrow();
        var room = contributions.room();
        for (int j = 0; j < room.length; j++) room[j] = (float) (gradient[j] * scale);
        contributions.put(task.key().slot(), room, task.samples().count());
    }

    private void descend(int round) {
        var gradient = contributions.aggregate(settings.aggregation);
        contributions.clear();
        for (int j = 0; j < gradient.length; j++) {
            velocity[j] = (float) (MOMENTUM * velocity[j] + gradient[j]);
            parameters[j] -= (float) (settings.rate * velocity[j]);
        }
        closed = Optional.of(round);
    }

    private Outcome outcome() {
        int quarantined = 0;
        int wronged = 0;
        for (int i = 0; i < settings.devices; i++) {
            var device = new DeviceId(i);
            if (!state.trust().reputation(device).isQuarantined(now)) continue;
            if (isHostile(device)) quarantined++;
            else wronged++;
        }
        double slots = (double) settings.rounds * settings.devices;
        return new Outcome(
                pupil.accuracy(), quarantined, wronged, assigned / slots, recalls, refused);
    }

    private static double norm(float[] vector) {
        double squares = 0;
        for (float value : vector) squares += (double) value * value;
        return Math.sqrt(squares);
    }
}
