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
import motley.rounds.DeviceId;
import motley.rounds.Ending;
import motley.rounds.Lease;
import motley.rounds.OwnTerms;
import motley.rounds.Policy;
import motley.rounds.Rounds;
import motley.rounds.RunSettings;
import motley.rounds.Schedule;
import motley.rounds.Strategy;
import motley.rounds.Waiting;

/// A coordinator and its devices on one thread, under a virtual clock and a hostile network.
/// Everything random is drawn from one seed, so a failing seed is the bug report.
///
/// Two phases: under faults only *safety* is checked; then the faults stop, and the run must
/// finish within a bounded time, with the weights of the undisturbed run.
public final class Cluster {
    private static final int LINES_KEPT = 50;

    /// Actions at one instant: more are a loop that waits for a time that never comes.
    private static final int BUSY_MAX = 10_000;

    /// What a simulation was.
    ///
    /// @param digest of all decisions: equal for equal seeds
    /// @param steps decisions made
    /// @param struck how often each fault did; those that did not are not in it
    public record Outcome(long digest, long steps, Duration virtualTime, Map<Fault, Long> struck) {}

    private record Line(Instant at, Observation observation) {
        String text() {
            return switch (observation) {
                case Observation.Stepped(_, var event, var step) ->
                        "%s %s → %s".formatted(at, event, step.effects());
                case Observation.Started(var state) ->
                        "%s started at %s, fence %d".formatted(at, state.position(), state.fence());
                case Observation.Paid(var ledger) -> at + " paid: " + ledger.balances();
                case Observation.Settled(var ledger) -> at + " settled: " + ledger.balances();
                case Observation.Added _,
                        Observation.Closed _,
                        Observation.Applied _,
                        Observation.Evaluated _,
                        Observation.Saved _,
                        Observation.NotSaved _ ->
                        at + " " + observation;
            };
        }
    }

    private final Agenda agenda = new Agenda();
    private final Deque<Line> log = new ArrayDeque<>();
    private final Digest digest = new Digest();
    private final RunSettings settings;
    private final Network network;
    private final SimulatedCoordinator coordinator;
    private final Tally tally = new Tally();
    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final List<Network.Link> links = new ArrayList<>();

    /// Which device each name stands for.
    private final List<Integer> names = new ArrayList<>();

    private final List<Checker> checkers;
    private final Duration faultyTime;
    private final Dials dials;

    /// Which strategies are simulated.
    public enum Dials {
        /// Every round waits for all its tasks.
        WHOLE_ROUNDS,
        /// k-batch and async, and people who change their minds in the middle, also to sync.
        FLOWING,
        /// Local steps on samples that stay on their devices.
        OWN_SAMPLES,
        /// Local steps of devices that keep copies of the model from task to task.
        REPLICAS;

        /// Which of them `seed` has, where none is asked for.
        static Dials drawn(long seed) {
            return switch ((int) (seed % 8)) {
                case 2, 6 -> FLOWING;
                case 5 -> OWN_SAMPLES;
                case 7 -> REPLICAS;
                default -> WHOLE_ROUNDS;
            };
        }

        private SimulatedDevice.Memory memory() {
            return switch (this) {
                case WHOLE_ROUNDS, FLOWING -> SimulatedDevice.Memory.NONE;
                case OWN_SAMPLES -> SimulatedDevice.Memory.SAMPLES;
                case REPLICAS -> SimulatedDevice.Memory.REPLICA;
            };
        }
    }

    /// A deviation from the plain way.
    ///
    /// @param crash where the coordinator must die
    /// @param cashier who pays for the work
    private record Twist(CrashPoint crash, Cashier cashier) {
        static final Twist NONE = new Twist(CrashPoint.NONE, Cashier.CAREFUL);
    }

    private Cluster(Loop loop, long seed, Twist twist, Dials dials) {
        var random = new SplittableRandom(seed);
        var faults = Faults.draw(random);
        this.dials = dials;
        var whole = settings(random, seed);
        var minds = new Minds(new SplittableRandom(~seed), whole.schedule());
        int deviceCount = random.nextInt(1, 9);
        boolean hasHostile = deviceCount >= 3 && faults.devices().poison() > 0;
        settings =
                switch (dials) {
                    case WHOLE_ROUNDS -> whole;
                    case FLOWING -> whole.with(minds.flowing());
                    case OWN_SAMPLES -> minds.ownSamples(deviceCount, hasHostile, seed);
                    case REPLICAS -> whole.with(minds.replicas());
                };
        faultyTime = Duration.ofSeconds(random.nextInt(5, 60));
        checkers = checkers(settings, hasHostile);
        network = new Network(agenda, random.split(), faults.links(), tally);
        coordinator =
                new SimulatedCoordinator(
                        loop,
                        settings,
                        faults.coordinator(),
                        random.split(),
                        new SimulatedCoordinator.World(
                                agenda,
                                tally,
                                this::observe,
                                this::deliver,
                                twist.crash,
                                twist.cashier));
        for (int i = 0; i < deviceCount; i++) {
            var traits =
                    new SimulatedDevice.Traits(
                            hasHostile && i == 0,
                            Duration.ofMillis(random.nextInt(20, i == 0 ? 100 : 400)),
                            random.nextBoolean(),
                            SimulatedDevice.Traits.beat(random),
                            dials.memory());
            add(traits, faults.devices(), random.split());
        }
        if (dials == Dials.FLOWING) minds.changeUntil(faultyTime, agenda, coordinator::choose);
    }

    private void add(
            SimulatedDevice.Traits traits, Faults.Devices faults, SplittableRandom random) {
        var number = devices.size();
        var link = network.open();
        links.add(link);
        SimulatedDevice.Uplink uplink =
                (from, version, message) ->
                        link.send(
                                Network.Direction.UP,
                                () -> coordinator.receive(from, version, message));
        var world = new SimulatedDevice.World(agenda, tally, uplink, () -> named(number));
        devices.add(new SimulatedDevice(named(number), traits, faults, random, world));
    }

    /// A new name for a device, which may have had others before.
    private DeviceId named(int number) {
        var id = new DeviceId(names.size());
        names.add(number);
        return id;
    }

    /// Nobody answers to the name of a device that has lost its disk.
    private void deliver(DeviceId to, Message.Down message) {
        int number = names.get((int) to.value());
        var device = devices.get(number);
        if (!device.id().equals(to)) return;
        links.get(number).send(Network.Direction.DOWN, () -> device.receive(message));
    }

    /// Simulates `seed` with `loop`.
    ///
    /// @throws AssertionError at the first violation, with the last events before it
    public static Outcome run(Loop loop, long seed) {
        return run(loop, seed, CrashPoint.NONE);
    }

    /// The same under some strategies only.
    public static Outcome run(Loop loop, long seed, Dials dials) {
        return run(new Cluster(loop, seed, Twist.NONE, dials), seed, CrashPoint.NONE);
    }

    /// The same with work paid by `cashier`.
    static Outcome run(Cashier cashier, long seed) {
        var twist = new Twist(CrashPoint.NONE, cashier);
        var cluster = new Cluster(Rounds::step, seed, twist, Dials.drawn(seed));
        return run(cluster, seed, CrashPoint.NONE);
    }

    static Outcome run(Loop loop, long seed, CrashPoint crash) {
        var twist = new Twist(crash, Cashier.CAREFUL);
        return run(new Cluster(loop, seed, twist, Dials.drawn(seed)), seed, crash);
    }

    private static Outcome run(Cluster cluster, long seed, CrashPoint crash) {
        try {
            return cluster.run();
        } catch (AssertionError | RuntimeException e) {
            var lines = cluster.log.stream().map(Line::text).collect(joining("\n"));
            var at = crash.equals(CrashPoint.NONE) ? "" : ", " + crash;
            var text = "seed %d, %s%s: %s%n%s".formatted(seed, cluster.settings, at, e, lines);
            throw new AssertionError(text, e);
        }
    }

    private Outcome run() {
        network.start();
        coordinator.start();
        devices.forEach(SimulatedDevice::start);
        advance(faultyTime);
        heal();
        var limit = timeToFinish();
        advance(limit);
        var ending = coordinator.ending();
        check(
                ending.isPresent() && ending.get() instanceof Ending.Finished,
                "%s at %s, %s after the faults (expected: finished): %s",
                ending,
                coordinator.state().position(),
                limit,
                Waiting.why(coordinator.state(), coordinator.now()).text());
        var weights = coordinator.weights();
        if (dials == Dials.WHOLE_ROUNDS) {
            var expected = IntegerModel.trained(settings.schedule());
            check(weights.equals(expected), "weights %s (expected: %s)", weights, expected);
        }
        coordinator.settle();
        weights.forEach(digest::add);
        var virtual = Duration.between(Instant.EPOCH, agenda.now());
        return new Outcome(digest.value(), digest.steps(), virtual, tally.counts());
    }

    private void advance(Duration time) {
        var end = agenda.now().plus(time);
        var before = agenda.now();
        int busy = 0;
        while (coordinator.ending().isEmpty() && agenda.advance(end)) {
            busy = agenda.now().equals(before) ? busy + 1 : 0;
            before = agenda.now();
            check(busy < BUSY_MAX, "%d actions at %s, and no time passes", busy, before);
        }
    }

    private void heal() {
        network.heal();
        coordinator.heal();
        devices.forEach(SimulatedDevice::heal);
    }

    /// All tasks of the run, one after the other on the slowest device, each with a lost request;
    /// after the longest lease of those that nobody works on any more, and the last old message.
    private Duration timeToFinish() {
        var schedule = settings.schedule();
        long tasks = (long) schedule.roundsInRun() * schedule.tasks();
        tasks += (long) schedule.epochs() * schedule.evaluationSlots();
        var slowest =
                devices.stream()
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
                        .map(deadline -> Duration.between(coordinator.now(), deadline))
                        .reduce(Duration.ZERO, (a, b) -> a.compareTo(b) > 0 ? a : b);
        var patience = settings.policy().ownTerms().map(OwnTerms::patience).orElse(Duration.ZERO);
        longest = longest.plus(patience.multipliedBy(schedule.roundsInRun()));
        var perTask = slowest.multipliedBy(2).plusSeconds(1);
        return perTask.multipliedBy(tasks).plus(longest).plusSeconds(30);
    }

    private void observe(Observation observation) {
        log.add(new Line(agenda.now(), observation));
        if (log.size() > LINES_KEPT) log.remove();
        digest.observe(observation);
        for (var checker : checkers) checker.observe(observation);
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
            case OWN_SAMPLES -> {
                checkers.add(new OwnAnswersCounted(all.policy().ownTerms().orElseThrow()));
                checkers.add(new NothingStale());
            }
            case REPLICAS -> {
                checkers.add(new RoundsInOrder(schedule));
                checkers.add(new NothingStale());
                checkers.add(new EverySampleOnce(schedule));
                checkers.add(new SumsAsSent());
            }
            case FLOWING -> {
                checkers.add(new UpdatesInOrder(schedule, all.strategy()));
                checkers.add(new StalenessBounded(all.strategy()));
                checkers.add(new FlowCovered(schedule));
                checkers.add(new FlowRecomputed());
            }
        }
        checkers.add(new LimitsKept(all));
        checkers.add(new MemoryBounded());
        checkers.add(new WaitsHaveReasons(all.policy().devicesMin()));
        checkers.add(new NothingSavedIsLost());
        checkers.add(new LeasesBounded());
        checkers.add(new SilenceBounded());
        // Nobody can say beforehand what samples there will be.
        if (dials != Dials.OWN_SAMPLES) checkers.add(new CreditsBalanced(schedule));
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
        return new RunSettings(seed, schedule, policy, strategy(random));
    }

    /// Every third run takes local steps, after a warm-up that may end in mid-epoch; some of them
    /// synchronise part by part.
    private static Strategy strategy(SplittableRandom random) {
        if (random.nextInt(3) > 0) return Strategy.SYNC;
        int steps = random.nextInt(1, 4);
        int warmUp = random.nextInt(0, 40);
        boolean isInParts = warmUp % 2 == 0;
        int fragments = isInParts ? steps : 1;
        return Strategy.SYNC.withLocal(new Strategy.Local(steps, 1, warmUp, fragments, isInParts));
    }
}
