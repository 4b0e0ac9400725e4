package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Ending;
import motley.rounds.Event;
import motley.rounds.Phase;
import motley.rounds.Position;
import motley.rounds.RunSettings;
import motley.rounds.State;
import motley.rounds.Strategy;
import motley.rounds.credits.Earning;
import motley.rounds.credits.Earnings;

/// The shell around the loop: carries out its effects, notices silence, keeps checkpoints, crashes
/// and comes back from the last of them.
final class SimulatedCoordinator {
    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final Duration CHECK = Duration.ofMillis(500);
    private static final int APPLY_MS_MAX = 50;
    private static final int DOWN_MS_MAX = 5_000;
    private static final int CHECKPOINT_ROUNDS_MAX = 5;
    private static final int MAILBOX_MAX = 64;
    private static final int CLOCK_STEP_S_MAX = 3_600;
    private static final Duration RETRY = Duration.ofSeconds(1);

    /// The version of the protocol it speaks.
    static final int VERSION = 2;

    /// What a coordinator sees of the world.
    ///
    /// @param crash where it must die, beside where it happens to
    record World(
            Agenda agenda,
            Tally tally,
            Consumer<Observation> observer,
            BiConsumer<DeviceId, Message.Down> downlink,
            CrashPoint crash,
            Cashier cashier) {}

    private final Loop loop;
    private final World world;
    private RunSettings settings;
    private final Agenda agenda;
    private final Tally tally;
    private final SplittableRandom random;
    private final Consumer<Observation> observer;
    private final CheckpointShelf shelf;
    private final int checkpointEvery;
    private final Map<DeviceId, Instant> lastHeard = new TreeMap<>();
    private final Deque<Runnable> mailbox = new ArrayDeque<>();
    private Faults.Coordinator faults;
    private State state;
    private List<Long> weights = IntegerModel.INITIAL;

    /// What the open round has, and the one being applied.
    private List<Long> sum = IntegerModel.INITIAL;

    private List<Long> closing = IntegerModel.INITIAL;

    /// What is owed for answers, and for how many of them there are parameters that hold them.
    private Earnings earnings = Earnings.NONE;

    private long payable;
    private final Treasury treasury;
    private boolean isUp = true;
    private boolean isTaking;
    private boolean isStuck;
    private int savedRound;
    private int life;
    private long decisions;
    private Instant wakesAt = Instant.MAX;

    /// By how much the clock on the wall is ahead of true time; and by how much this life's own
    /// clock is, which took the time from the wall once and runs evenly since.
    private Duration wallAhead = Duration.ZERO;

    private Duration clockAhead = Duration.ZERO;

    SimulatedCoordinator(
            Loop loop,
            RunSettings settings,
            Faults.Coordinator faults,
            SplittableRandom random,
            World world) {
        this.loop = loop;
        this.settings = settings;
        this.faults = faults;
        this.random = random;
        this.world = world;
        agenda = world.agenda();
        tally = world.tally();
        observer = world.observer();
        shelf = new CheckpointShelf(agenda, random, tally);
        checkpointEvery = random.nextInt(1, CHECKPOINT_ROUNDS_MAX + 1);
        state = State.initial(settings, 1, now());
        treasury = new Treasury(settings.schedule(), world.cashier(), observer);
    }

    State state() {
        return state;
    }

    List<Long> weights() {
        return weights;
    }

    Optional<Ending> ending() {
        return isUp && !isStuck && state.phase() instanceof Phase.Ended(var ending)
                ? Optional.of(ending)
                : Optional.empty();
    }

    /// The run is over: its last parameters are kept, and its credits are settled.
    void settle() {
        treasury.pay(earnings.dueBefore(earnings.mark()));
        treasury.settle();
    }

    void start() {
        observer.accept(new Observation.Started(state));
        treasury.open();
        agenda.every(CHECK, this::findSilent);
        agenda.every(Duration.ofSeconds(1), this::suffer);
    }

    void heal() {
        faults = Faults.NONE.coordinator();
        shelf.heal();
        if (!isUp) restart();
    }

    void receive(DeviceId device, int version, Message.Up message) {
        if (!isUp) return;
        if (version != VERSION) {
            if (message instanceof Message.Hello) turnAway(device, version);
            return;
        }
        if (message instanceof Message.Goodbye) lastHeard.remove(device);
        else lastHeard.put(device, agenda.now());
        boolean isFull = mailbox.size() >= MAILBOX_MAX;
        if (isFull && isOnceMore(message)) tally.strike(Fault.OVERLOADED);
        else tell(() -> take(device, message));
    }

    private void turnAway(DeviceId device, int version) {
        var reason = "protocol version: %d (expected: %d)".formatted(version, VERSION);
        world.downlink().accept(device, new Message.TurnedAway(reason));
    }

    /// What a device says again by itself may be lost to a full mailbox; who comes and goes may
    /// not: a device that is gone would keep its place for ever.
    private static boolean isOnceMore(Message.Up message) {
        return switch (message) {
            case Message.Ask _, Message.Beat _, Message.GiveBack _, Message.Answer _ -> true;
            case Message.Hello _, Message.Goodbye _ -> false;
        };
    }

    private void tell(Runnable message) {
        if (faults.service().isZero() && !isTaking) {
            message.run();
            return;
        }
        mailbox.add(message);
        if (!isTaking) takeNext();
    }

    private void takeNext() {
        isTaking = true;
        int thisLife = life;
        agenda.after(
                faults.service(),
                () -> {
                    if (life != thisLife) return;
                    mailbox.remove().run();
                    if (life != thisLife) return;
                    isTaking = false;
                    if (!mailbox.isEmpty()) takeNext();
                });
    }

    private void take(DeviceId device, Message.Up message) {
        switch (message) {
            case Message.Hello() -> join(device);
            case Message.Ask() -> decide(new Event.WorkRequested(device));
            case Message.Beat(var working) -> decide(new Event.Heartbeat(device, working));
            case Message.GiveBack(var lease) ->
                    decide(new Event.LeaseReturned(device, lease, "reluctant"));
            case Message.Goodbye() -> decide(new Event.DeviceLeft(device));
            case Message.Answer answer -> offer(device, answer);
        }
    }

    /// What a device has of its own is known from its session, as in the server.
    private void join(DeviceId device) {
        decide(new Event.DeviceJoined(device, "integer"));
        boolean isOwn = settings.policy().ownTerms().isPresent();
        if (!isOwn || !isUp) return;
        decide(new Event.SamplesOffered(device, OwnSamples.of(device).count()));
    }

    /// People choose other dials. They are kept before they count.
    void choose(Strategy strategy) {
        if (!isUp) return;
        settings = settings.with(strategy);
        decide(new Event.StrategyChosen(strategy));
    }

    private void offer(DeviceId device, Message.Answer answer) {
        var poison = answer.poison();
        boolean isSpoilt = poison.isVisible(state);
        if (isSpoilt) tally.strike(Fault.SPOILT);
        var offered = isSpoilt ? poison.spoil(answer) : answer;
        decide(new Event.ContributionOffered(device, offered.contribution()), Optional.of(offered));
    }

    private void decide(Event event) {
        decide(event, Optional.empty());
    }

    private void decide(Event event, Optional<Message.Answer> bulk) {
        var before = state;
        var step = loop.step(before, event, now());
        state = step.state();
        observer.accept(new Observation.Stepped(before, event, step));
        long decision = ++decisions;
        int thisLife = life;
        int all = step.effects().size();
        for (int i = 0; i < all && life == thisLife; i++) {
            if (world.crash().isReached(decision, i, all)) crash();
            else carryOut(step.effects().get(i), bulk);
        }
        if (life != thisLife) return;
        if (world.crash().isReached(decision, all, all)) crash();
        else planTick();
    }

    private void carryOut(Effect effect, Optional<Message.Answer> bulk) {
        switch (effect) {
            case Effect.Assign(var device, var task) ->
                    world.downlink().accept(device, new Message.Assigned(task, weights));
            case Effect.Accept(var device, var task, _) -> {
                var answer = bulk.orElseThrow();
                sum = IntegerModel.added(sum, answer.gradient());
                observer.accept(
                        new Observation.Added(
                                device, task, answer.computedAt(), answer.gradient()));
                earn(new Earning(device, task, treasury.price().micros(task)));
                world.downlink().accept(device, new Message.Settled(task.key().lease()));
            }
            case Effect.Hold(var device, var task) ->
                    world.downlink().accept(device, new Message.Settled(task.key().lease()));
            case Effect.Recall _ -> {
                sum = IntegerModel.INITIAL;
                earnings = earnings.recalled();
            }
            case Effect.Refuse(var device, var key, _) ->
                    world.downlink().accept(device, new Message.Settled(key.lease()));
            case Effect.Revoke(var device, var lease, _) ->
                    world.downlink().accept(device, new Message.Settled(lease));
            case Effect.CloseRound(int epoch, int round, var totals) -> {
                closing = sum;
                sum = IntegerModel.INITIAL;
                earnings = earnings.closed();
                observer.accept(new Observation.Closed(epoch, round, totals));
                int thisLife = life;
                agenda.after(
                        Duration.ofMillis(random.nextInt(1, APPLY_MS_MAX)),
                        () -> {
                            if (isUp && life == thisLife) apply(round);
                        });
            }
            case Effect.Rejoin(var device) -> {
                join(device);
                decide(new Event.WorkRequested(device));
            }
            case Effect.CloseEvaluation(int epoch, _) -> {
                earnings = earnings.closed();
                payable = earnings.mark();
                observer.accept(new Observation.Evaluated(epoch));
            }
            case Effect.Confirm _, Effect.Reputed _, Effect.End _, Effect.Note _ -> {}
        }
    }

    private void apply(int round) {
        observer.accept(new Observation.Applied(state.position(), weights, closing));
        weights = IntegerModel.updated(weights, closing);
        payable = earnings.mark();
        int thisLife = life;
        decide(new Event.RoundApplied(round, state.position().version() + 1));
        boolean isDue = state.position().round() - savedRound >= checkpointEvery;
        if (life == thisLife && isDue && !shelf.isBusy() && !isStuck) save();
    }

    private void earn(Earning earning) {
        if (world.cashier() == Cashier.HASTY) treasury.pay(List.of(earning));
        else earnings = earnings.with(earning);
    }

    /// The payments are made by the write that makes the parameters durable: both or none.
    private void save() {
        int thisLife = life;
        var position = state.position();
        long mark = payable;
        var due = earnings.dueBefore(mark);
        if (world.cashier() == Cashier.FORGETFUL) earnings = earnings.paid(mark);
        shelf.write(
                new CheckpointShelf.Checkpoint(position, weights),
                () -> {
                    treasury.pay(due);
                    saved(position, mark);
                },
                () -> {
                    if (life == thisLife) notSaved();
                });
    }

    private void saved(Position position, long mark) {
        earnings = earnings.paid(mark);
        savedRound = position.round();
        observer.accept(new Observation.Saved(position));
        if (!isStuck) return;
        isStuck = false;
        decide(new Event.ResumeRequested());
    }

    /// As the server: training on without being able to keep it would only lose more. The run waits
    /// and tries again, with what it has by then.
    private void notSaved() {
        if (!isStuck) {
            isStuck = true;
            observer.accept(new Observation.NotSaved(state.position()));
            decide(new Event.PauseRequested());
        }
        int thisLife = life;
        agenda.after(
                RETRY,
                () -> {
                    if (life == thisLife) save();
                });
    }

    /// What its own clock says.
    Instant now() {
        return agenda.now().plus(clockAhead);
    }

    private void planTick() {
        var wanted = state.wakeAt().orElse(Instant.MAX);
        if (!wanted.isBefore(wakesAt)) return;
        wakesAt = wanted;
        agenda.at(wanted.minus(clockAhead), () -> tick(wanted));
    }

    private void tick(Instant planned) {
        if (!isUp || !planned.equals(wakesAt)) return;
        wakesAt = Instant.MAX;
        decide(new Event.Tick());
    }

    private void findSilent() {
        if (!isUp) return;
        var limit = agenda.now().minus(SILENCE);
        for (var device : List.copyOf(lastHeard.keySet())) {
            if (Objects.requireNonNull(lastHeard.get(device)).isAfter(limit)) continue;
            lastHeard.remove(device);
            tell(() -> decide(new Event.DeviceSilent(device)));
        }
    }

    private void suffer() {
        if (random.nextDouble() < faults.clockStep()) {
            tally.strike(Fault.CLOCK_STEPPED);
            wallAhead = Duration.ofSeconds(random.nextInt(-CLOCK_STEP_S_MAX, CLOCK_STEP_S_MAX));
        }
        if (random.nextDouble() < faults.fullDisk()) shelf.fill();
        if (isUp && random.nextDouble() < faults.crash()) crash();
    }

    private void crash() {
        tally.strike(Fault.COORDINATOR_CRASHED);
        isUp = false;
        life++;
        shelf.drop();
        mailbox.clear();
        isTaking = false;
        isStuck = false;
        int thisLife = life;
        agenda.after(
                Duration.ofMillis(random.nextInt(1, DOWN_MS_MAX)),
                () -> {
                    if (!isUp && life == thisLife) restart();
                });
    }

    private void restart() {
        isUp = true;
        lastHeard.clear();
        wakesAt = Instant.MAX;
        clockAhead = wallAhead;
        weights = shelf.newest().weights();
        sum = IntegerModel.INITIAL;
        earnings = Earnings.NONE;
        payable = 0;
        savedRound = shelf.newest().position().round();
        long fence = state.fence() + 1;
        state = State.restore(settings, shelf.newest().position(), fence, now());
        observer.accept(new Observation.Started(state));
    }
}
