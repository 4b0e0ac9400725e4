package motley.coordinator;

import static motley.tensor.Require.require;

import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import motley.coordinator.credits.CreditStore;
import motley.coordinator.credits.Payroll;
import motley.coordinator.datasets.DatasetRoutes.Dependent;
import motley.coordinator.http.Problem;
import motley.coordinator.storage.BlobStore;
import motley.coordinator.storage.CheckpointRow;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.RunRow;
import motley.coordinator.storage.RunRow.Status;
import motley.nn.TrainingPrograms;
import motley.program.Engine;
import motley.program.ProgramCodec;
import motley.rounds.Position;
import motley.rounds.State;
import motley.rounds.Strategy;
import motley.wire.RunManifest;
import motley.wire.SharedDirectory;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts runs, takes up those that were not over, and knows them all. Any thread may call.
final class Runs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);
    private static final String ID_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int ID_LENGTH = 10;

    private final Means means;
    private final Map<String, RunHandle> handles = new LinkedHashMap<>();

    /// What runs work with.
    ///
    /// @param blobs what people deposit and devices fetch
    /// @param shelf where checkpoints go
    record Means(
            BlobStore blobs,
            Checkpointer.Shelf shelf,
            RunRecord.Archive archive,
            Fleet fleet,
            Optional<SharedDirectory> shared,
            Inbox.Budget budget,
            Supplier<Engine> engines,
            Duration checkpointEvery,
            CreditStore credits) {}

    Runs(Means means) {
        this.means = means;
    }

    /// Oldest first.
    synchronized List<RunHandle> all() {
        return List.copyOf(handles.values());
    }

    synchronized Optional<RunHandle> find(String id) {
        return Optional.ofNullable(handles.get(id));
    }

    /// The runs that were made of a stored data set.
    List<Dependent> dependents(String dataset) {
        var dependents = new ArrayList<Dependent>();
        for (var run : all()) {
            if (run.request().dataset().whole() instanceof RunRequest.Stored stored
                    && stored.dataset().equals(dataset)) {
                dependents.add(new Dependent(run.id(), !run.status().isOver()));
            }
        }
        return dependents;
    }

    /// A new engine, which the caller closes.
    Engine engine() {
        return means.engines.get();
    }

    /// What it keeps of runs.
    Database database() {
        return means.shelf.database();
    }

    /// Starts a run.
    ///
    /// @param owner the id of the person whose it is
    /// @throws IllegalArgumentException if a blob is missing or does not fit
    /// @throws IOException if it cannot be stored
    RunHandle start(RunRequest request, String owner) throws IOException {
        return start(request, owner, Beside.NOTHING);
    }

    /// What is stored with a new run, or not at all.
    interface Beside {
        Beside NOTHING = (_, _) -> {};

        /// @param handle of the transaction that makes the run
        /// @param run its id
        void store(Handle handle, String run);
    }

    /// Starts a run, and stores something with it.
    ///
    /// @throws IllegalArgumentException if a blob is missing or does not fit
    /// @throws IOException if it cannot be stored
    RunHandle start(RunRequest request, String owner, Beside beside) throws IOException {
        var plan = RunPlan.of(OnDevices.settled(request, means.fleet.views()));
        Deposits.requireFit(plan.request(), plan.model(), means.blobs);
        var row = row(plan, owner);
        var learner = new Learner(plan, means.engines.get());
        try {
            begin(plan, learner);
            insert(row, plan, beside);
            return launch(plan, row, learner, Optional.empty());
        } catch (IOException | RuntimeException e) {
            learner.close();
            throw e;
        }
    }

    /// Gives a run that is not over other dials, from its next round on. They are durable before
    /// the run hears of them.
    ///
    /// @throws IllegalArgumentException if they do not fit the run
    /// @throws Problem if another coordinator has taken the run over
    synchronized void choose(RunHandle run, Strategy strategy) {
        var plan = RunPlan.of(run.request().with(strategy));
        var loop = run.loop();
        if (loop == null) return;
        var request = RunRequestJson.write(plan.request()).toString();
        if (!means.shelf.database().setRequest(loop.owned(), request)) {
            throw new Problem(HttpStatus.CONFLICT, "run: %s has another owner".formatted(run.id()));
        }
        run.chosen(plan);
        loop.tell(new RunMessage.Choose(strategy));
    }

    /// Gives a run that is not over another share of the fleet, or other contributors. It is
    /// durable before the fleet hears of it.
    ///
    /// @throws Problem if another coordinator has taken the run over
    synchronized void claim(RunHandle run, Claim claim) {
        var plan = RunPlan.of(run.request().with(claim));
        var loop = run.loop();
        if (loop == null) return;
        var request = RunRequestJson.write(plan.request()).toString();
        if (!means.shelf.database().setRequest(loop.owned(), request)) {
            throw new Problem(HttpStatus.CONFLICT, "run: %s has another owner".formatted(run.id()));
        }
        run.chosen(plan);
        means.fleet.claim(run.id(), claim);
    }

    /// Starts a run that goes on from a checkpoint of `ancestor`, with the optimizer's state if the
    /// optimizer is the same.
    ///
    /// @param owner whose the new run is
    /// @param settings of the new run; they may differ in everything but the model's parameters
    /// @throws IllegalArgumentException if there is no such checkpoint, or the model is another
    RunHandle startFrom(RunHandle ancestor, Which which, RunRequest settings, String owner)
            throws IOException {
        return startFrom(ancestor, which, new Wanted(settings, owner, Beside.NOTHING));
    }

    /// A run that somebody wants.
    ///
    /// @param beside what is stored with it
    record Wanted(RunRequest settings, String owner, Beside beside) {}

    /// The same, and something is stored with it.
    RunHandle startFrom(RunHandle ancestor, Which which, Wanted wanted) throws IOException {
        var settings = wanted.settings;
        var from =
                checkpoint(ancestor.id(), which)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "run: %s has no %s checkpoint (expected: one)"
                                                        .formatted(
                                                                ancestor.id(), Json.word(which))));
        var old = ancestor.plan();
        boolean isSame =
                settings.training()
                        .descent()
                        .optimizer()
                        .equals(ancestor.request().training().descent().optimizer());
        long steps = old.request().ancestor().map(RunRequest.Ancestor::steps).orElse(0L);
        var plan =
                RunPlan.of(
                        settings.from(
                                new RunRequest.Ancestor(
                                        ancestor.id(),
                                        isSame ? steps + old.innerSteps(from.round()) : 0)));
        require(
                plan.model().parameters().equals(old.model().parameters()),
                "model: %s (expected: one with the parameters of %s)",
                plan.model().name(),
                old.model().name());
        Deposits.requireFit(plan.request(), plan.model(), means.blobs);
        var learner = new Learner(plan, means.engines.get());
        try {
            if (isSame) require(isLoaded(from, learner, true), "run: %s, damaged", ancestor.id());
            else load(means.shelf.blobs(), from.parameters(), learner);
            var row = row(plan, wanted.owner);
            insert(row, plan, wanted.beside);
            return launch(plan, row, learner, Optional.of(first(row, from, learner)));
        } catch (IOException | RuntimeException e) {
            learner.close();
            throw e;
        }
    }

    /// The first checkpoint of a run: what it begins with stays there whatever its ancestor does.
    private CheckpointRow first(RunRow row, CheckpointRow from, Learner learner)
            throws IOException {
        var state = means.shelf.blobs().put(learner.state());
        var first = new CheckpointRow(1, 0, 0, 0, "", from.parameters(), state, false);
        var owned = new Database.Owned(row.id(), row.fence());
        means.shelf.database().insert(owned, first, means.shelf.clock().millis());
        return first;
    }

    private static void load(BlobStore blobs, String parameters, Learner learner)
            throws IOException {
        try (var arena = Arena.ofConfined()) {
            var weights = arena.allocate(learner.parameters().byteSize());
            Deposits.readWeights(blobs, parameters, learner.specs(), weights);
            learner.load(weights);
        }
    }

    /// Its credits are set aside with it.
    private void insert(RunRow row, RunPlan plan, Beside beside) {
        long reserve = RunPrice.reserve(plan, RunPrice.of(plan));
        means.shelf
                .database()
                .insert(
                        row,
                        handle -> {
                            means.credits.reserve(handle, row.id(), row.owner(), reserve);
                            beside.store(handle, row.id());
                        });
    }

    private Payroll payroll(RunPlan plan, RunRow row) {
        var price = RunPrice.of(plan);
        var budget =
                new Payroll.Budget(
                        plan.request().claim().budgetMicros(), RunPrice.ahead(plan, price));
        var terms = new Payroll.Terms(row.id(), row.owner(), price, budget);
        return new Payroll(means.credits, terms);
    }

    private RunRow row(RunPlan plan, String owner) {
        return new RunRow(
                newId(),
                owner,
                RunRequestJson.write(plan.request()).toString(),
                means.shelf.clock().millis(),
                Status.ACTIVE,
                "",
                1,
                OptionalLong.empty(),
                Optional.empty());
    }

    /// Which of a run's checkpoints.
    enum Which {
        LATEST,
        BEST
    }

    private Optional<CheckpointRow> checkpoint(String run, Which which) {
        return means.shelf.database().checkpoints(run).stream()
                .filter(row -> which == Which.LATEST || row.isBest())
                .findFirst();
    }

    /// Takes up what the database has. A run that this version does not understand is left alone.
    void restore() throws IOException {
        for (var row : means.shelf.database().runs()) {
            try {
                if (row.status().isOver()) remember(row);
                else resume(row);
            } catch (IllegalArgumentException e) {
                LOG.warn("run {}: not understood any more: {}", row.id(), e.getMessage());
            }
        }
    }

    /// Durable parameters of a run, f32.
    Optional<Path> weights(String run, Which which) {
        return checkpoint(run, which).flatMap(row -> means.shelf.blobs().find(row.parameters()));
    }

    /// The parameters that are the result of a run; of one that goes on, the newest durable ones.
    Optional<Path> weights(RunHandle run) {
        return run.view()
                .weightsSha256()
                .flatMap(means.shelf.blobs()::find)
                .or(() -> weights(run.id(), Which.LATEST));
    }

    /// Ends all threads; runs that are not over go on when they are restored.
    @Override
    public void close() {
        for (var handle : all()) {
            var loop = handle.loop();
            if (loop != null) loop.shutDown();
        }
    }

    private void begin(RunPlan plan, Learner learner) throws IOException {
        var given = plan.request().initialWeights();
        if (given.isEmpty()) {
            learner.draw();
            return;
        }
        load(means.blobs, given.get(), learner);
    }

    private RunHandle launch(
            RunPlan plan, RunRow row, Learner learner, Optional<CheckpointRow> from)
            throws IOException {
        var owned = new Database.Owned(row.id(), row.fence());
        var record = new RunRecord(plan, owned, means.archive, row.status());
        var position = from.map(Checkpointer::positionOf).orElse(Position.START);
        var context =
                new RunContext(
                        plan,
                        owned,
                        manifest(plan, row.id()),
                        means.fleet,
                        means.shared,
                        means.budget,
                        means.blobs,
                        means.shelf,
                        record,
                        payroll(plan, row),
                        means.checkpointEvery);
        var loop =
                new RunLoop(
                        context, position, learner, from.map(CheckpointRow::sequence).orElse(0L));
        var handle = remember(row, plan, record, loop.state());
        handle.follow(loop);
        if (row.status() == Status.PAUSED) loop.tell(new RunMessage.Pause());
        loop.start();
        if (row.status() == Status.ACTIVE) means.archive.listeners().accept(started(row));
        means.fleet.add(loop, new Sharing.Claimant(row.owner(), plan.request().claim()));
        return handle;
    }

    private static RunEvent started(RunRow row) {
        return new RunEvent.StatusChanged(row.id(), Status.ACTIVE, "");
    }

    private RunManifest manifest(RunPlan plan, String id) throws IOException {
        var schedule = plan.settings().schedule();
        var gradient = TrainingPrograms.gradient(plan.model(), schedule.microBatch());
        var evaluate = TrainingPrograms.evaluate(plan.model(), schedule.evaluationBatch());
        return new RunManifest(
                id,
                plan.model().name(),
                means.blobs.put(ProgramCodec.encode(gradient.program())),
                means.blobs.put(ProgramCodec.encode(evaluate.program())),
                DatasetFiles.of(plan.request().dataset()),
                schedule.microBatch(),
                plan.request().training().seed(),
                plan.parameterElements(),
                localProgram(plan));
    }

    private Optional<String> localProgram(RunPlan plan) throws IOException {
        if (!plan.settings().strategy().local().isUsed()) return Optional.empty();
        int microBatch = plan.settings().schedule().microBatch();
        var step = TrainingPrograms.step(plan.model(), plan.optimizer(), microBatch);
        return Optional.of(means.blobs.put(ProgramCodec.encode(step.program())));
    }

    private void resume(RunRow row) throws IOException {
        var fence = means.shelf.database().takeOver(row);
        if (fence.isEmpty()) {
            LOG.warn("run {}: taken over by somebody else", row.id());
            return;
        }
        var owned = row.withFence(fence.getAsLong());
        var plan = RunPlan.of(RunRequestJson.parse(row.request()));
        var learner = new Learner(plan, means.engines.get());
        try {
            var from = load(row.id(), learner);
            if (from.isEmpty()) begin(plan, learner);
            LOG.info("run {}: goes on at {}", row.id(), from);
            launch(plan, owned, learner, from);
        } catch (IOException | RuntimeException e) {
            learner.close();
            throw e;
        }
    }

    /// Loads the newest checkpoint whose blobs are there and whole.
    private Optional<CheckpointRow> load(String run, Learner learner) throws IOException {
        for (var checkpoint : means.shelf.database().checkpoints(run)) {
            if (isLoaded(checkpoint, learner, false)) return Optional.of(checkpoint);
            LOG.warn("run {}: checkpoint {} is damaged", run, checkpoint.sequence());
        }
        return Optional.empty();
    }

    /// @param isOther it is another run's, which may have had another outer optimizer, or none
    private boolean isLoaded(CheckpointRow checkpoint, Learner learner, boolean isOther)
            throws IOException {
        var parameters = means.shelf.blobs().find(checkpoint.parameters());
        var state = means.shelf.blobs().find(checkpoint.state());
        if (parameters.isEmpty() || state.isEmpty()) return false;
        try (var arena = Arena.ofConfined();
                var first = FileChannel.open(parameters.get(), StandardOpenOption.READ);
                var second = FileChannel.open(state.get(), StandardOpenOption.READ)) {
            long inner = learner.innerState().byteSize();
            boolean isState =
                    isOther ? second.size() >= inner : second.size() == learner.stateBytes();
            if (first.size() != learner.parameters().byteSize() || !isState) return false;
            learner.load(
                    first.map(FileChannel.MapMode.READ_ONLY, 0, first.size(), arena),
                    second.map(
                            FileChannel.MapMode.READ_ONLY,
                            0,
                            isOther ? inner : second.size(),
                            arena));
            return true;
        }
    }

    /// A run that is over: shown, nothing more.
    private void remember(RunRow row) {
        var plan = RunPlan.of(RunRequestJson.parse(row.request()));
        var owned = new Database.Owned(row.id(), row.fence());
        var record = new RunRecord(plan, owned, means.archive, row.status());
        record.restore(row);
        means.credits.refund(row.id());
        var position =
                means.shelf.database().checkpoints(row.id()).stream()
                        .findFirst()
                        .map(Checkpointer::positionOf)
                        .orElse(Position.START);
        var now = means.shelf.clock().instant();
        remember(row, plan, record, State.restore(plan.settings(), position, row.fence(), now))
                .settle();
    }

    private synchronized RunHandle remember(
            RunRow row, RunPlan plan, RunRecord record, State state) {
        var kept = new RunHandle.Kept(row.id(), row.owner(), row.createdAtMs());
        var handle = new RunHandle(kept, plan, record, state, means.fleet::views);
        handles.put(row.id(), handle);
        return handle;
    }

    private static String newId() {
        var random = new SecureRandom();
        var id = new StringBuilder("r");
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ID_LETTERS.charAt(random.nextInt(ID_LETTERS.length())));
        }
        return id.toString();
    }
}
