package motley.coordinator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.DeviceId;
import motley.rounds.Effect;
import motley.rounds.Ending;
import motley.rounds.Event;
import motley.rounds.Fact;
import motley.rounds.Intent;
import motley.rounds.Kind;
import motley.rounds.LeaseId;
import motley.rounds.Phase;
import motley.rounds.Position;
import motley.rounds.Refusal;
import motley.rounds.Rounds;
import motley.rounds.State;
import motley.rounds.Strategy;
import motley.rounds.Task;
import motley.rounds.TaskKey;
import motley.rounds.Totals;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.encoding.EncodedVector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run: a thread that feeds the training loop with what happens and does what it decides.
///
/// Everything that changes the run goes through its mailbox, so that decisions are made one after
/// the other. [#tell], [#state] and [#hasPlaceFor] may be called by any thread.
final class RunLoop {
    private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);
    private static final int MAILBOX_MAX = 100_000;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final RunContext context;
    private final Mailbox mailbox = new Mailbox(MAILBOX_MAX);
    private final SteadyClock steady;
    private final Thread thread;
    private volatile State state;
    private volatile String trouble = "";

    // From here on confined to the run's thread.
    private final Members members = new Members();

    private final ArrayDeque<Event> pending = new ArrayDeque<>();
    private final Learner learner;

    private final Aggregator sum;
    private final Exchange exchange;
    private final Grants granted;
    private final Safekeeping safekeeping;
    private final RunRecord record;
    private final RoundClock clock;
    private Optional<EncodedVector> offered = Optional.empty();
    private long computeMicros;
    private boolean isShuttingDown;
    private boolean isOwner = true;
    private boolean isPausedByPeople;

    /// Whether it ends because it gets no better.
    private boolean hasEnough;

    /// A run that goes on at `position` with what `learner` holds. It owns `learner`.
    RunLoop(RunContext context, Position position, Learner learner, long checkpointSequence) {
        this.context = context;
        this.learner = learner;
        var plan = context.plan();
        steady = new SteadyClock(context.clock(), System::nanoTime);
        var last = new Safekeeping.Last(position, steady.instant());
        var settings = Precautions.keyed(plan.settings());
        state = State.restore(settings, position, context.owned().fence(), last.at());
        sum = new Aggregator(plan, settings.contributionsMax(), position.round());
        var locals = new LocalTasks(plan, learner::innerState, context.blobs());
        exchange = new Exchange(context, learner::parameters, locals);
        exchange.keepVersions(settings.strategy().staleness());
        granted = new Grants(exchange);
        var contents = new Checkpointer.Contents(learner.parameters(), learner.state());
        var checkpointer =
                new Checkpointer(
                        context.shelf(),
                        new Checkpointer.Keeper(context.owned(), context.payroll()),
                        contents,
                        checkpointSequence,
                        this::tell);
        safekeeping = new Safekeeping(checkpointer, learner, context.checkpointEvery(), last);
        record = context.record();
        clock = new RoundClock(context.clock(), System::nanoTime);
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("run-" + context.owned().id())
                        .unstarted(context.logged(this::live));
    }

    /// Starts the thread.
    void start() {
        thread.start();
    }

    String id() {
        return owned().id();
    }

    Database.Owned owned() {
        return context.owned();
    }

    State state() {
        return state;
    }

    /// Messages that wait to be looked at.
    int mailboxDepth() {
        return mailbox.depth();
    }

    /// The time by the clock of its leases.
    Instant now() {
        return steady.instant();
    }

    /// What keeps it from going on beyond what the training loop knows; empty if nothing does.
    String trouble() {
        return trouble;
    }

    Exchange exchange() {
        return exchange;
    }

    /// Adds to the mailbox. A run so far behind that there is no room loses the message.
    void tell(RunMessage message) {
        if (!mailbox.offer(message)) record.lost(message);
    }

    /// Whether a device can be of use.
    boolean hasPlaceFor(Device device) {
        boolean isHere = device.run().filter(this::equals).isPresent();
        if (exchange.unfitness(device).isPresent()) return false;
        return Places.hasOneFor(device.reputation(), isHere, state, context.clock().instant());
    }

    /// Keeps what is there and ends the thread; the run goes on when the coordinator is back.
    void shutDown() {
        tell(new RunMessage.Shutdown());
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void live() {
        try {
            endIfNoBetter(record.trend());
            while (!isShuttingDown && isOwner && !(state.phase() instanceof Phase.Ended)) turn();
            end();
        } catch (RuntimeException e) {
            LOG.error("run {}: failed", id(), e);
            record.failed("internal error: " + e);
        } finally {
            context.fleet().remove(this);
            safekeeping.close();
            exchange.close();
            learner.close();
            if (record.status().isOver()) context.payroll().refund();
            record.closed();
        }
    }

    private void turn() {
        try {
            clock.lap(RoundTimes.Phase.OTHER);
            if (mailbox.isEmpty() && sum.addWaiting()) clock.lap(RoundTimes.Phase.SUM);
            var message = mailbox.poll(steady.millisUntil(state.wakeAt(), LOOK));
            clock.lap(RoundTimes.Phase.waitedFor(state.pass()));
            if (message == null) pending.add(new Event.Tick());
            else take(message);
        } catch (InterruptedException e) {
            isShuttingDown = true;
        }
        decideAll();
        if (state.intent() instanceof Intent.Pause) releaseIdle();
        saveIfDue();
        members.forgetGone(state);
    }

    private void take(RunMessage message) {
        switch (message) {
            case RunMessage.Joined(var device) -> join(device);
            case RunMessage.Vouched(var device) ->
                    pending.add(new Event.Vouched(device.number(), device.reputation()));
            case RunMessage.Left(var device, var reason) -> {
                pending.add(new Event.DeviceLeft(device.number()));
                record.left(device, reason);
            }
            case RunMessage.Silent(var device, var reason) -> {
                pending.add(new Event.DeviceSilent(device.number()));
                record.left(device, reason);
            }
            case RunMessage.WorkRequested(var device) ->
                    pending.add(new Event.WorkRequested(device.number()));
            case RunMessage.Heard(var device, long lease) ->
                    pending.add(new Event.Heartbeat(device.number(), List.of(leaseOf(lease))));
            case RunMessage.Returned(var device, var back) -> takeBack(device, back);
            case RunMessage.Submitted(var device, var submission) -> offer(device, submission);
            case RunMessage.Pause() -> {
                isPausedByPeople = true;
                pause("asked for");
            }
            case RunMessage.Resume() -> {
                isPausedByPeople = false;
                if (trouble.isEmpty()) resume();
            }
            case RunMessage.Choose(var strategy) -> {
                pending.add(new Event.StrategyChosen(strategy));
                record.chose(strategy);
            }
            case RunMessage.Stop(var reason) -> pending.add(new Event.StopRequested(reason));
            case RunMessage.Saved(var place) -> saved(place);
            case RunMessage.NotSaved(var reason) -> notSaved(reason);
            case RunMessage.Shutdown() -> isShuttingDown = true;
        }
    }

    private void join(Device device) {
        members.put(device);
        pending.addAll(Members.arrival(device, context.plan().request()));
        record.joined(device);
    }

    private void takeBack(Device device, FromDevice.LeaseReturn back) {
        pending.add(exchange.takenBack(device.number(), leaseOf(back.lease()), back.reason()));
    }

    private LeaseId leaseOf(long number) {
        return new LeaseId(context.owned().fence(), number);
    }

    private void decideAll() {
        for (var next = pending.poll(); next != null; next = pending.poll()) decide(next);
    }

    private void decide(Event event) {
        var step = Rounds.step(state, event, steady.instant());
        state = step.state();
        step.effects().forEach(this::perform);
    }

    private void perform(Effect effect) {
        switch (effect) {
            case Effect.Assign(var device, var task) -> assign(members.named(device), task);
            case Effect.Accept(var device, var task, double scale) ->
                    accept(members.named(device), task, scale);
            case Effect.Hold(var device, var task) -> hold(members.named(device), task);
            case Effect.Confirm(var device, var task, var compute) ->
                    confirm(members.named(device), task, compute);
            case Effect.Recall(int round) -> forget();
            case Effect.Reputed(var device, var reputation) ->
                    context.fleet().reputed(members.named(device), reputation, this);
            case Effect.Refuse(var device, var key, var reason) -> refuse(device, key, reason);
            case Effect.Revoke(var device, var lease, var reason) -> {
                exchange.release(lease.number());
                to(device, new FromCoordinator.Revoked(lease.number()));
            }
            case Effect.CloseRound(int epoch, int round, var totals) -> close(round, totals);
            case Effect.CloseEvaluation(int epoch, var totals) -> {
                granted.clear();
                context.payroll().closed();
                record.evaluated(epoch, state, totals);
                judge();
                record.timed(clock.take(true, epoch, state.position().round()));
            }
            case Effect.Rejoin(var device) -> rejoin(device);
            case Effect.End(var ending) -> LOG.info("run {}: {}", id(), ending.text());
            case Effect.Note(var fact) -> {
                if (fact instanceof Fact.StrategyInForce(_, var strategy)) adapt(strategy);
                record.note(fact);
            }
        }
    }

    /// Room for what other dials need: they are in force from a round's start, before any sum.
    private void adapt(Strategy strategy) {
        exchange.keepVersions(strategy.staleness());
        sum.makeRoom(strategy.k());
    }

    private void rejoin(DeviceId number) {
        var device = members.get(number);
        if (device == null) return;
        pending.addAll(Members.arrival(device, context.plan().request()));
        pending.add(new Event.WorkRequested(number));
    }

    private void assign(Device device, Task task) {
        granted.add(task);
        device.given(task.key().lease().number());
        clock.lap(RoundTimes.Phase.OTHER);
        exchange.assign(device, task);
        clock.lap(RoundTimes.Phase.PUBLISH);
    }

    /// Looks at a contribution and asks the loop about it, in one step with what follows.
    private void offer(Device device, FromDevice.Submission submission) {
        members.put(device);
        var task = submission.task();
        var granting = granted.find(task.lease());
        boolean isTraining = granting.filter(g -> g.kind() == Kind.TRAIN).isPresent();
        computeMicros = submission.result().computeMicros();
        offered = isTraining ? exchange.body(device, task.lease()) : Optional.empty();
        clock.lap(RoundTimes.Phase.OTHER);
        boolean isEvaluation = granting.isPresent() && !isTraining;
        var inspected = isEvaluation ? Aggregator.ofNothing() : sum.inspect(offered);
        clock.lap(RoundTimes.Phase.SUM);
        decideAll();
        var contribution = Answers.contribution(submission, inspected);
        decide(new Event.ContributionOffered(device.number(), contribution));
        offered = Optional.empty();
    }

    private void accept(Device device, Task task, double scale) {
        clock.lap(RoundTimes.Phase.OTHER);
        long lease = task.key().lease().number();
        Runnable release = () -> exchange.release(lease);
        if (task.kind() == Kind.TRAIN) sum.add(offered.orElseThrow(), task, scale, release);
        else release.run();
        clock.lap(RoundTimes.Phase.SUM);
        device.send(new FromCoordinator.Accepted(lease));
        record.accepted(device, task);
        device.worked(task, computeMicros);
        context.payroll().earned(device.number(), device.payee(), task);
    }

    private void confirm(Device device, Task task, Duration compute) {
        device.confirmed(task, compute.toNanos() / 1_000);
        context.payroll().earned(device.number(), device.payee(), task);
    }

    private void hold(Device device, Task task) {
        long lease = task.key().lease().number();
        exchange.release(lease);
        device.held(lease);
    }

    /// The open round begins anew.
    private void forget() {
        context.payroll().recalled();
        sum.clear();
        granted.forgetOlderThan(Long.MAX_VALUE);
    }

    private void refuse(DeviceId number, TaskKey key, Refusal reason) {
        boolean isOurs = key.lease().fence() == context.owned().fence();
        if (isOurs) exchange.release(key.lease().number());
        to(number, new FromCoordinator.Refused(key.lease().number(), reason.text()));
        record.refused(number, key, reason);
    }

    private void to(DeviceId number, FromCoordinator message) {
        var device = members.get(number);
        if (device != null) device.send(message);
    }

    private void close(int round, Totals totals) {
        clock.lap(RoundTimes.Phase.OTHER);
        context.payroll().closed();
        learner.step(sum, totals.samples(), round, context.plan().rateOf(state));
        clock.lap(RoundTimes.Phase.UPDATE);
        sum.begin(round + 1);
        clock.lap(RoundTimes.Phase.SUM);
        long version = state.position().version() + 1;
        granted.forgetOlderThan(version - state.pass().strategy().staleness());
        pending.addFirst(new Event.RoundApplied(round, version));
        record.applied(round, state, totals);
        record.timed(clock.take(false, state.position().epoch(), round));
        if (state.isLastOfEpoch()) safekeeping.want();
        context.payroll().exhausted().ifPresent(why -> pending.add(new Event.StopRequested(why)));
    }

    /// Keeps the parameters just evaluated if none were better, and ends a run that gets no better.
    private void judge() {
        var trend = record.trend();
        boolean isKept = !trend.isBest() || safekeeping.markBest(state.position());
        if (!isKept && saveNow() instanceof RunMessage.Saved) {
            safekeeping.markBest(state.position());
        }
        endIfNoBetter(trend);
    }

    private void endIfNoBetter(Trend trend) {
        int patience = context.plan().request().keeping().patience();
        if (!trend.isOver(patience) || state.phase() instanceof Phase.Ended) return;
        hasEnough = true;
        pending.add(
                new Event.StopRequested(
                        "no better for %d evaluations in a row".formatted(patience)));
    }

    private void pause(String reason) {
        pending.add(new Event.PauseRequested());
        record.status(Status.PAUSED, reason);
    }

    private void resume() {
        pending.add(new Event.ResumeRequested());
        decideAll();
        record.status(Status.ACTIVE, "");
        context.fleet().dispatchFree();
    }

    /// A paused run keeps nobody waiting: devices without a task may work for others.
    private void releaseIdle() {
        for (var number : Members.waiting(state)) {
            decide(new Event.DeviceLeft(number));
            var device = members.get(number);
            if (device != null) context.fleet().release(device, this);
        }
    }

    private void saveIfDue() {
        if (!(state.phase() instanceof Phase.Open)) return;
        clock.lap(RoundTimes.Phase.OTHER);
        boolean hasBegun = safekeeping.beginIfDue(state.position(), steady.instant());
        if (hasBegun) clock.lap(RoundTimes.Phase.CHECKPOINT);
    }

    private void saved(Checkpointer.Place place) {
        safekeeping.saved(place.position());
        record.saved(place);
        if (trouble.isEmpty()) return;
        trouble = "";
        if (!isPausedByPeople) resume();
    }

    /// Training on without being able to keep it would only lose more: the run waits until it can.
    private void notSaved(String reason) {
        safekeeping.notSaved();
        if (reason.equals(Checkpointer.NOT_OWNED)) {
            LOG.warn("run {}: another coordinator has taken it over", id());
            isOwner = false;
            return;
        }
        LOG.warn("run {}: {}", id(), reason);
        if (!trouble.isEmpty()) return;
        trouble = reason;
        pause(reason);
    }

    /// Keeps the last parameters, then says that the run is over.
    private void end() {
        if (!isOwner) return;
        if (!(state.phase() instanceof Phase.Ended(var ending))) {
            if (safekeeping.isBehind(state.position())) saveNow();
            return;
        }
        switch (ending) {
            case Ending.Finished() -> endSaved(Status.FINISHED, "");
            case Ending.Stopped(var reason) ->
                    endSaved(hasEnough ? Status.FINISHED : Status.STOPPED, reason);
            case Ending.Failed(var reason) -> record.failed(reason);
        }
    }

    /// A full disk must not cost the result: it is tried until it works or the coordinator closes.
    private void endSaved(Status status, String reason) {
        while (!isShuttingDown) {
            var outcome = saveNow();
            if (outcome instanceof RunMessage.Saved(var place)) {
                record.ended(status, reason, place);
                return;
            }
            if (!isOwner) return;
            awaitSpace();
        }
    }

    private RunMessage saveNow() {
        var outcome = safekeeping.keep(state.position());
        if (outcome instanceof RunMessage.NotSaved(var reason)) notSaved(reason);
        return outcome;
    }

    private void awaitSpace() {
        try {
            var message = mailbox.poll(LOOK.toMillis());
            if (message instanceof RunMessage.Shutdown) isShuttingDown = true;
        } catch (InterruptedException e) {
            isShuttingDown = true;
        }
    }
}
