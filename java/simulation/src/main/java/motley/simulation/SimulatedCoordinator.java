package motley.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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

/// The shell around the loop: carries out its effects, notices silence, keeps checkpoints, crashes
/// and comes back from the last of them.
final class SimulatedCoordinator {
    private static final Duration SILENCE = Duration.ofSeconds(3);
    private static final Duration CHECK = Duration.ofMillis(500);
    private static final int APPLY_MS_MAX = 50;
    private static final int DOWN_MS_MAX = 5_000;
    private static final int CHECKPOINT_ROUNDS_MAX = 5;

    private record Checkpoint(Position position, List<Long> weights) {}

    private final Loop loop;
    private final RunSettings settings;
    private final Agenda agenda;
    private final SplittableRandom random;
    private final Consumer<Observation> observer;
    private final BiConsumer<DeviceId, Message.Down> downlink;
    private final int checkpointEvery;
    private final Map<DeviceId, Instant> lastHeard = new TreeMap<>();
    private Checkpoint checkpoint = new Checkpoint(Position.START, IntegerModel.INITIAL);
    private Faults faults;
    private State state;
    private List<Long> weights = IntegerModel.INITIAL;
    private List<Long> sum = IntegerModel.INITIAL;
    private boolean isUp = true;
    private int life;
    private Instant wakesAt = Instant.MAX;

    SimulatedCoordinator(
            Loop loop,
            RunSettings settings,
            Faults faults,
            Agenda agenda,
            SplittableRandom random,
            Consumer<Observation> observer,
            BiConsumer<DeviceId, Message.Down> downlink) {
        this.loop = loop;
        this.settings = settings;
        this.faults = faults;
        this.agenda = agenda;
        this.random = random;
        this.observer = observer;
        this.downlink = downlink;
        checkpointEvery = random.nextInt(1, CHECKPOINT_ROUNDS_MAX + 1);
        state = State.initial(settings, 1, agenda.now());
    }

    State state() {
        return state;
    }

    List<Long> weights() {
        return weights;
    }

    Optional<Ending> ending() {
        return isUp && state.phase() instanceof Phase.Ended(var ending)
                ? Optional.of(ending)
                : Optional.empty();
    }

    void start() {
        observer.accept(new Observation.Started(state));
        agenda.every(CHECK, this::findSilent);
        agenda.every(Duration.ofSeconds(1), this::suffer);
    }

    void heal() {
        faults = Faults.NONE;
        if (!isUp) restart();
    }

    void receive(DeviceId device, Message.Up message) {
        if (!isUp) return;
        lastHeard.put(device, agenda.now());
        switch (message) {
            case Message.Hello() -> decide(new Event.DeviceJoined(device, "integer"));
            case Message.Ask() -> decide(new Event.WorkRequested(device));
            case Message.Beat(var working) -> decide(new Event.Heartbeat(device, working));
            case Message.GiveBack(var lease) ->
                    decide(new Event.LeaseReturned(device, lease, "reluctant"));
            case Message.Goodbye() -> {
                lastHeard.remove(device);
                decide(new Event.DeviceLeft(device));
            }
            case Message.Answer answer -> offer(device, answer);
        }
    }

    private void offer(DeviceId device, Message.Answer answer) {
        var poison = answer.poison();
        var offered = poison.isVisible(state) ? poison.spoil(answer) : answer;
        decide(new Event.ContributionOffered(device, offered.contribution()), Optional.of(offered));
    }

    private void decide(Event event) {
        decide(event, Optional.empty());
    }

    private void decide(Event event, Optional<Message.Answer> bulk) {
        var before = state;
        var step = loop.step(before, event, agenda.now());
        state = step.state();
        observer.accept(new Observation.Stepped(before, event, step));
        for (var effect : step.effects()) carryOut(effect, bulk);
        planTick();
    }

    private void carryOut(Effect effect, Optional<Message.Answer> bulk) {
        switch (effect) {
            case Effect.Assign(var device, var task) ->
                    downlink.accept(device, new Message.Assigned(task, weights));
            case Effect.Accept(var device, var task, _) -> {
                var answer = bulk.orElseThrow();
                sum = IntegerModel.added(sum, answer.gradient());
                observer.accept(new Observation.Added(device, task, answer.computedAt()));
                downlink.accept(device, new Message.Settled(task.key().lease()));
            }
            case Effect.Hold(var device, var task) ->
                    downlink.accept(device, new Message.Settled(task.key().lease()));
            case Effect.Recall _ -> sum = IntegerModel.INITIAL;
            case Effect.Refuse(var device, var key, _) ->
                    downlink.accept(device, new Message.Settled(key.lease()));
            case Effect.Revoke(var device, var lease, _) ->
                    downlink.accept(device, new Message.Settled(lease));
            case Effect.CloseRound(_, int round, _) -> {
                int thisLife = life;
                agenda.after(
                        Duration.ofMillis(random.nextInt(1, APPLY_MS_MAX)),
                        () -> {
                            if (isUp && life == thisLife) apply(round);
                        });
            }
            case Effect.Rejoin(var device) -> {
                decide(new Event.DeviceJoined(device, "integer"));
                decide(new Event.WorkRequested(device));
            }
            case Effect.CloseEvaluation(int epoch, _) ->
                    observer.accept(new Observation.Evaluated(epoch));
            case Effect.Confirm _, Effect.Reputed _, Effect.End _, Effect.Note _ -> {}
        }
    }

    private void apply(int round) {
        observer.accept(new Observation.Applied(state.position(), weights, sum));
        weights = IntegerModel.updated(weights, sum);
        sum = IntegerModel.INITIAL;
        decide(new Event.RoundApplied(round, state.position().version() + 1));
        if (round % checkpointEvery == 0) checkpoint = new Checkpoint(state.position(), weights);
    }

    private void planTick() {
        var wanted = state.wakeAt().orElse(Instant.MAX);
        if (!wanted.isBefore(wakesAt)) return;
        wakesAt = wanted;
        agenda.at(wanted, () -> tick(wanted));
    }

    private void tick(Instant planned) {
        if (!isUp || !planned.equals(wakesAt)) return;
        wakesAt = Instant.MAX;
        decide(new Event.Tick());
    }

    private void findSilent() {
        if (!isUp) return;
        var limit = agenda.now().minus(SILENCE);
        for (var entry : List.copyOf(lastHeard.entrySet())) {
            if (entry.getValue().isAfter(limit)) continue;
            lastHeard.remove(entry.getKey());
            decide(new Event.DeviceSilent(entry.getKey()));
        }
    }

    private void suffer() {
        if (!isUp || random.nextDouble() >= faults.coordinatorCrash()) return;
        isUp = false;
        life++;
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
        weights = checkpoint.weights();
        sum = IntegerModel.INITIAL;
        long fence = state.fence() + 1;
        state = State.restore(settings, checkpoint.position(), fence, agenda.now());
        observer.accept(new Observation.Started(state));
    }
}
