package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import motley.coordinator.operations.Counters;
import motley.coordinator.storage.CheckpointRow;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.Journal;
import motley.coordinator.storage.MetricRow;
import motley.coordinator.storage.RunRow;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.DeviceId;
import motley.rounds.Fact;
import motley.rounds.Kind;
import motley.rounds.Refusal;
import motley.rounds.RunProgress;
import motley.rounds.State;
import motley.rounds.Strategy;
import motley.rounds.Task;
import motley.rounds.TaskKey;
import motley.rounds.Totals;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What becomes known of a run: written to its journal, told to listeners, kept for whoever asks.
///
/// Written by the thread of the run, read by any.
final class RunRecord {
    private static final Logger LOG = LoggerFactory.getLogger(RunRecord.class);

    /// A run has one an epoch.
    private static final int EVALUATIONS_MAX = 10_000;

    private final RunPlan plan;
    private final Database.Owned owned;
    private final Archive archive;
    private final Traffic traffic;
    private final NumericClasses classes;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private long sequence;
    private volatile Status status;
    private volatile String reason;
    private volatile Optional<MetricRow> lastRound = Optional.empty();
    private volatile Optional<MetricRow> lastEvaluation = Optional.empty();
    private volatile List<MetricRow> evaluations;
    private volatile Optional<String> weights = Optional.empty();

    /// Where it goes.
    record Archive(
            Database database,
            Journal journal,
            InstantSource clock,
            Consumer<RunEvent> listeners,
            Counters counters) {}

    RunRecord(RunPlan plan, Database.Owned owned, Archive archive, Status status) {
        this.plan = plan;
        this.owned = owned;
        this.archive = archive;
        var counters = archive.counters;
        traffic = new Traffic(counters::sent, counters::received);
        this.status = status;
        reason = "";
        classes = new NumericClasses(archive.database(), owned.id());
        sequence = archive.database().journalEnd(owned.id());
        lastRound = newest(MetricRow.Kind.ROUND);
        evaluations =
                archive.database().metrics(owned.id(), MetricRow.Kind.EVALUATION, EVALUATIONS_MAX);
        lastEvaluation =
                evaluations.isEmpty() ? Optional.empty() : Optional.of(evaluations.getLast());
    }

    /// Shows a run that is over as it was left.
    void restore(RunRow row) {
        reason = row.reason();
        weights = row.weightsSha256();
        closed.complete(null);
    }

    Status status() {
        return status;
    }

    /// What went over the network since this coordinator took the run up.
    Traffic traffic() {
        return traffic;
    }

    /// Of the devices whose answers count.
    NumericClasses classes() {
        return classes;
    }

    /// An answer of `device` counts.
    void accepted(Device device, Task task) {
        archive.counters().accepted(task);
        classes.add(device.numericClass());
        if (task.kind() != Kind.TRAIN) return;
        traffic.counted();
        device.traffic().counted();
    }

    /// The run is so far behind that it was not told something.
    void lost(RunMessage message) {
        LOG.warn("run {}: overloaded, {} lost", owned.id(), message);
        archive.counters().lost();
    }

    /// Why it has this status; empty when there is nothing to say.
    String reason() {
        return reason;
    }

    Optional<MetricRow> lastRound() {
        return lastRound;
    }

    Optional<MetricRow> lastEvaluation() {
        return lastEvaluation;
    }

    /// How the evaluations go, those before a restart included.
    Trend trend() {
        return Trend.of(evaluations);
    }

    Optional<String> weights() {
        return weights;
    }

    /// Completes when the run's thread is done, whatever the status.
    CompletableFuture<Void> whenClosed() {
        return closed;
    }

    void joined(Device device) {
        tell(new RunEvent.DeviceJoined(owned.id(), device.id(), device.name()));
    }

    void left(Device device, String why) {
        tell(new RunEvent.DeviceLeft(owned.id(), device.id(), device.name(), why));
    }

    void refused(DeviceId device, TaskKey key, Refusal reason) {
        archive.counters().refused(reason);
        var why = reason.text();
        write(Json.refused(device, key, why));
    }

    void note(Fact fact) {
        write(Json.fact(fact));
    }

    /// @param state before the round counts as applied
    void applied(int round, State state, Totals totals) {
        var metric =
                new MetricRow(
                        MetricRow.Kind.ROUND,
                        state.position().epoch(),
                        round,
                        totals.samples(),
                        totals.lossNats(),
                        totals.accuracy(),
                        plan.rateOf(state),
                        archive.clock().millis());
        lastRound = Optional.of(metric);
        archive.counters().applied();
        measured(metric, state, round + 1);
    }

    void evaluated(int epoch, State state, Totals totals) {
        var metric =
                new MetricRow(
                        MetricRow.Kind.EVALUATION,
                        epoch,
                        state.position().round(),
                        totals.samples(),
                        totals.lossNats(),
                        totals.accuracy(),
                        0,
                        archive.clock().millis());
        lastEvaluation = Optional.of(metric);
        archive.counters().evaluated();
        remember(metric);
        measured(metric, state, state.position().round());
    }

    void chose(Strategy strategy) {
        tell(new RunEvent.StrategyChosen(owned.id(), strategy));
    }

    /// One that is made again after a restart replaces its twin.
    private void remember(MetricRow evaluation) {
        var all = new ArrayList<>(evaluations);
        all.removeIf(earlier -> earlier.epoch() >= evaluation.epoch());
        all.add(evaluation);
        int surplus = Math.max(0, all.size() - EVALUATIONS_MAX);
        evaluations = List.copyOf(all.subList(surplus, all.size()));
    }

    void timed(RoundTimes times) {
        tellOnly(new RunEvent.Timed(owned.id(), times));
    }

    void saved(Checkpointer.Place place) {
        var position = place.position();
        archive.counters().saved();
        tell(new RunEvent.Checkpointed(owned.id(), position.epoch(), position.round()));
    }

    void status(Status now, String why) {
        set(now, why);
        try {
            archive.database().setStatus(owned, now, why);
        } catch (JdbiException e) {
            LOG.warn("run {}: status not stored: {}", owned.id(), e.getMessage());
        }
        tell(new RunEvent.StatusChanged(owned.id(), now, why));
    }

    /// @param place of the last parameters
    void ended(Status how, String why, Checkpointer.Place place) {
        end(how, why, best().filter(_ -> plan.request().keeping().best()).orElse(place.weights()));
    }

    private Optional<String> best() {
        return archive.database().checkpoints(owned.id()).stream()
                .filter(CheckpointRow::isBest)
                .map(CheckpointRow::parameters)
                .findFirst();
    }

    void failed(String why) {
        end(Status.FAILED, why, "");
    }

    void closed() {
        closed.complete(null);
    }

    private void end(Status how, String why, String sha256) {
        weights = Optional.of(sha256).filter(name -> !name.isEmpty());
        set(how, why);
        try {
            long atMs = archive.clock().millis();
            archive.database().end(owned, how, new Database.End(why, atMs, sha256));
        } catch (JdbiException e) {
            LOG.warn("run {}: end not stored: {}", owned.id(), e.getMessage());
        }
        tell(new RunEvent.StatusChanged(owned.id(), how, why));
    }

    private void set(Status now, String why) {
        LOG.info("run {}: {} {}", owned.id(), now, why);
        reason = why;
        status = now;
    }

    private Optional<MetricRow> newest(MetricRow.Kind kind) {
        return archive.database().metrics(owned.id(), kind, 1).stream().findFirst();
    }

    /// @param rounds applied in the run
    private void measured(MetricRow metric, State state, int rounds) {
        var standing = standing(metric, rounds, state);
        keep(new Journal.Metric(owned.id(), metric));
        var progress = RunProgress.of(state);
        tellOnly(
                new RunEvent.Measured(
                        owned.id(),
                        metric,
                        progress.samplesPerSecond(),
                        progress.devices(),
                        standing));
    }

    private static RunEvent.Standing standing(MetricRow metric, int rounds, State state) {
        var schedule = state.settings().schedule();
        int epoch = metric.epoch();
        if (RunProgress.isByRounds(state)) {
            return new RunEvent.Standing(
                    rounds - schedule.firstRound(epoch),
                    schedule.roundsIn(epoch),
                    (long) schedule.epochs() * schedule.trainSamples()
                            - schedule.samplesBefore(rounds));
        }
        boolean isRound = metric.kind() == MetricRow.Kind.ROUND;
        var at = isRound ? RunProgress.afterClosing(state) : RunProgress.afterEpoch(state, epoch);
        return new RunEvent.Standing(at.round(), at.rounds(), at.samplesInRun() - at.samplesDone());
    }

    private void tell(RunEvent event) {
        write(Json.event(event));
        tellOnly(event);
    }

    private void tellOnly(RunEvent event) {
        archive.listeners().accept(event);
    }

    private void write(ObjectNode event) {
        long atMs = archive.clock().millis();
        keep(new Journal.Entry(owned.id(), ++sequence, atMs, event.toString()));
    }

    private void keep(Journal.Line entry) {
        if (!archive.journal().append(entry)) LOG.warn("run {}: journal is full", owned.id());
    }
}
