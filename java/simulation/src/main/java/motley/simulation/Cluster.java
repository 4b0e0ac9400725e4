package motley.simulation;

import static java.util.stream.Collectors.joining;
import static motley.simulation.Checker.check;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import motley.rounds.DeviceId;
import motley.rounds.Ending;
import motley.rounds.Lease;
import motley.rounds.Policy;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;

/// A coordinator and its devices on one thread, under a virtual clock and a hostile network.
/// Everything random is drawn from one seed, so a failing seed is the bug report.
///
/// Two phases: under faults only *safety* is checked; then the faults stop, and the run must
/// finish within a bounded time, with the weights of the undisturbed run.
public final class Cluster {
    private static final int LINES_KEPT = 50;

    /// What a simulation was.
    ///
    /// @param digest of all decisions: equal for equal seeds
    /// @param steps decisions made
    public record Outcome(long digest, long steps, Duration virtualTime) {}

    private record Line(Instant at, Observation observation) {
        String text() {
            return switch (observation) {
                case Observation.Stepped(_, var event, var step) ->
                        "%s %s → %s".formatted(at, event, step.effects());
                case Observation.Started(var state) ->
                        "%s started at %s, fence %d".formatted(at, state.position(), state.fence());
                case Observation.Added _,
                        Observation.Closed _,
                        Observation.Applied _,
                        Observation.Evaluated _ -> at + " " + observation;
            };
        }
    }

    private final Agenda agenda = new Agenda();
    private final Deque<Line> log = new ArrayDeque<>();
    private final Digest digest = new Digest();
    private final RunSettings settings;
    private final Network network;
    private final SimulatedCoordinator coordinator;
    private final Map<DeviceId, SimulatedDevice> devices = new TreeMap<>();
    private final List<Checker> checkers;
    private final Duration faultyTime;
    private final Dials dials;

    /// Which strategies are simulated.
    public enum Dials {
        /// Every round waits for all its tasks.
        WHOLE_ROUNDS,
        /// k-batch and async, and people who change their minds in the middle, also to sync.
        FLOWING;

        /// Which of them `seed` has, where none is asked for.
        static Dials drawn(long seed) {
            return seed % 3 == 2 ? FLOWING : WHOLE_ROUNDS;
        }
    }

    private Cluster(Loop loop, long seed, Dials dials) {
        var random = new SplittableRandom(seed);
        var faults = Faults.draw(random);
        this.dials = dials;
        var whole = settings(random, seed);
        var minds = new Minds(new SplittableRandom(~seed), whole.schedule());
        settings = dials == Dials.FLOWING ? whole.with(minds.flowing()) : whole;
        int deviceCount = random.nextInt(1, 9);
        boolean hasHostile = deviceCount >= 3 && faults.poison() > 0;
        faultyTime = Duration.ofSeconds(random.nextInt(5, 60));
        checkers = checkers(settings, hasHostile);
        network = new Network(agenda, random.split(), faults);
        coordinator =
                new SimulatedCoordinator(
                        loop,
                        settings,
                        faults,
                        agenda,
                        random.split(),
                        this::observe,
                        (id, message) -> network.send(() -> device(id).receive(message)));
        for (int i = 0; i < deviceCount; i++) {
            var id = new DeviceId(i);
            var traits =
                    new SimulatedDevice.Traits(
                            hasHostile && i == 0,
                            Duration.ofMillis(random.nextInt(20, i == 0 ? 100 : 400)),
                            random.nextBoolean());
            var device =
                    new SimulatedDevice(
                            id,
                            traits,
                            faults,
                            agenda,
                            random.split(),
                            message -> network.send(() -> coordinator.receive(id, message)));
            devices.put(id, device);
        }
        if (dials == Dials.FLOWING) minds.changeUntil(faultyTime, agenda, coordinator::choose);
    }

    /// Simulates `seed` with `loop`.
    ///
    /// @throws AssertionError at the first violation, with the last events before it
    public static Outcome run(Loop loop, long seed) {
        return run(loop, seed, Dials.drawn(seed));
    }

    /// The same under some strategies only.
    public static Outcome run(Loop loop, long seed, Dials dials) {
        var cluster = new Cluster(loop, seed, dials);
        try {
            return cluster.run();
        } catch (AssertionError | RuntimeException e) {
            var lines = cluster.log.stream().map(Line::text).collect(joining("\n"));
            var text = "seed %d, %s: %s%n%s".formatted(seed, cluster.settings, e, lines);
            throw new AssertionError(text, e);
        }
    }

    private Outcome run() {
        coordinator.start();
        devices.values().forEach(SimulatedDevice::start);
        advance(faultyTime);
        heal();
        var limit = timeToFinish();
        advance(limit);
        var ending = coordinator.ending();
        check(
                ending.isPresent() && ending.get() instanceof Ending.Finished,
                "%s at %s, %s after the faults (expected: finished)",
                ending,
                coordinator.state().position(),
                limit);
        var weights = coordinator.weights();
        if (dials == Dials.WHOLE_ROUNDS) {
            var expected = IntegerModel.trained(settings.schedule());
            check(weights.equals(expected), "weights %s (expected: %s)", weights, expected);
        }
        weights.forEach(digest::add);
        var virtual = Duration.between(Instant.EPOCH, agenda.now());
        return new Outcome(digest.value(), digest.steps(), virtual);
    }

    private void advance(Duration time) {
        var end = agenda.now().plus(time);
        while (coordinator.ending().isEmpty() && agenda.advance(end)) {}
    }

    private void heal() {
        network.heal();
        coordinator.heal();
        devices.values().forEach(SimulatedDevice::heal);
    }

    /// All tasks of the run, one after the other on the slowest device, each with a lost request;
    /// after the longest lease of those that nobody works on any more, and the last old message.
    private Duration timeToFinish() {
        var schedule = settings.schedule();
        long tasks = (long) schedule.roundsInRun() * schedule.tasks();
        tasks += (long) schedule.epochs() * schedule.evaluationSlots();
        var slowest =
                devices.values().stream()
                        .map(SimulatedDevice::taskTime)
                        .max(Duration::compareTo)
                        .orElseThrow();
        var longest =
                coordinator
                        .state()
                        .pass()
                        .leases()
                        .values()
                        .map(Lease::deadline)
                        .map(deadline -> Duration.between(agenda.now(), deadline))
                        .reduce(Duration.ZERO, (a, b) -> a.compareTo(b) > 0 ? a : b);
        var perTask = slowest.multipliedBy(2).plusSeconds(1);
        return perTask.multipliedBy(tasks).plus(longest).plusSeconds(30);
    }

    private void observe(Observation observation) {
        log.add(new Line(agenda.now(), observation));
        if (log.size() > LINES_KEPT) log.remove();
        digest.observe(observation);
        for (var checker : checkers) checker.observe(observation);
    }

    private SimulatedDevice device(DeviceId id) {
        var device = devices.get(id);
        if (device == null) throw new AssertionError("no " + id);
        return device;
    }

    private List<Checker> checkers(RunSettings all, boolean hasHostile) {
        var schedule = all.schedule();
        var checkers = new ArrayList<Checker>();
        switch (dials) {
            case WHOLE_ROUNDS -> {
                checkers.add(new RoundsInOrder(schedule));
                checkers.add(new NothingStale());
                checkers.add(new EverySampleOnce(schedule));
                checkers.add(new SumsRecomputed(schedule));
            }
            case FLOWING -> {
                checkers.add(new UpdatesInOrder(schedule, all.strategy()));
                checkers.add(new StalenessBounded(all.strategy()));
                checkers.add(new FlowCovered(schedule));
                checkers.add(new FlowRecomputed());
            }
        }
        checkers.add(new LeasesBounded());
        checkers.add(new SilenceBounded());
        if (!hasHostile) checkers.add(new DuplicatesAgree());
        return checkers;
    }

    private static RunSettings settings(SplittableRandom random, long seed) {
        int trainSamples = random.nextInt(1, 200);
        int batchSize = random.nextInt(1, trainSamples + 1);
        batchSize = Math.max(batchSize, trainSamples / 25 + 1);
        int tasks = random.nextInt(1, Math.min(batchSize, 12) + 1);
        int epochs = random.nextInt(1, 4);
        int evaluationSamples = random.nextInt(0, 3 * batchSize);
        var schedule =
                new Schedule(
                        trainSamples,
                        evaluationSamples,
                        batchSize,
                        tasks,
                        epochs,
                        random.nextBoolean());
        var policy =
                Policy.DEFAULT
                        .withDevices(1, random.nextBoolean() ? 0 : random.nextInt(1, 6))
                        .withLeases(Duration.ofSeconds(1), Duration.ofSeconds(10))
                        .withDuplicates(random.nextInt(4) > 0);
        return new RunSettings(seed, schedule, policy);
    }
}
