package motley.coordinator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import motley.coordinator.access.Person;
import motley.coordinator.http.FieldError;
import motley.coordinator.http.Problem;
import motley.coordinator.projects.Project;
import motley.coordinator.projects.Project.Filled;
import motley.coordinator.projects.Project.Stage;
import motley.coordinator.projects.ProjectStore;
import motley.coordinator.storage.RunRow.Status;
import motley.rounds.sharing.Priority;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Prepares trainings, lets them wait for their turn, and makes runs of them.
///
/// A project that is asked to start goes into the queue, and leaves it when its time has come and
/// fewer runs are active than may be: the highest priority first, then whoever waits longest. All
/// of it is in the database; a coordinator that starts again goes on. Any thread may call.
final class Projects implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Projects.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final long LOOK_MS = 1_000;

    private final ProjectStore store;
    private final ProjectCheck check;
    private final Runs runs;
    private final Terms terms;
    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("projects").factory());

    /// @param persons finds somebody by their id; empty: they are gone
    /// @param runsMax runs that are active at once before projects wait
    record Terms(Function<String, Optional<Person>> persons, InstantSource clock, int runsMax) {}

    private Projects(ProjectStore store, ProjectCheck check, Runs runs, Terms terms) {
        this.store = store;
        this.check = check;
        this.runs = runs;
        this.terms = terms;
    }

    /// Takes up the queue.
    static Projects open(ProjectStore store, ProjectCheck check, Runs runs, Terms terms) {
        var projects = new Projects(store, check, runs, terms);
        var _ =
                projects.clockwork.scheduleWithFixedDelay(
                        projects::lookAgain, 0, LOOK_MS, TimeUnit.MILLISECONDS);
        return projects;
    }

    /// What is in `text`.
    ///
    /// @throws IllegalArgumentException if that is no object
    static ObjectNode fields(String text) {
        try {
            var parsed = MAPPER.readTree(text.isBlank() ? "{}" : text);
            if (parsed instanceof ObjectNode object) return object;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("body: not JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("body: not an object (expected: one of fields)");
    }

    /// Everything that is wrong or missing.
    ProjectCheck.Found look(ObjectNode fields, Person person) {
        var found = check.look(fields, person, terms.clock.millis());
        var from = fields.path(ProjectFields.CONTINUES);
        if (from.isMissingNode() || ancestor(from, person).isPresent()) return found;
        var expected = "{\"run\": ID, \"checkpoint\": latest or best}, a run of yours";
        return found.and(
                new FieldError(
                        ProjectFields.CONTINUES,
                        Optional.of(from),
                        expected,
                        Optional.of(FieldError.NOTHING)));
    }

    /// The run that a project goes on from, if `person` may use it.
    private Optional<RunHandle> ancestor(JsonNode from, Person person) {
        boolean isWord =
                Set.of("latest", "best").contains(from.path("checkpoint").asText("latest"));
        return runs.find(from.path("run").asText(""))
                .filter(run -> isWord && person.mayUse(run.owner()));
    }

    /// Keeps a draft. It may lack fields; those it has are right.
    ///
    /// @throws Problem if they are not
    Project create(ObjectNode fields, Person person) {
        requireRight(fields, person);
        return store.create(person.id(), filled(fields));
    }

    /// Changes a project that has not started; of one that has, its name and its deadline.
    ///
    /// @param changes fields with their new values, JSON's null for those to leave out
    Project change(Project project, ObjectNode changes, Person person) {
        var fields = fields(project.fields());
        merge(fields, changes);
        for (var field : changes.properties()) {
            boolean isFree = project.isOpen() || isOfProjectAlone(field.getKey());
            if (isFree) continue;
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "%s: the project has started (expected: name or deadlineMs; dials of its run by"
                                    .formatted(field.getKey())
                            + " PATCH /v1/runs/%s)".formatted(project.run().orElse("")));
        }
        requireRight(fields, person);
        var changed = store.fill(project, filled(fields)).orElseThrow(() -> overtaken(project));
        if (changed.stage() != Stage.FAILED) return changed;
        return store.move(changed, Stage.DRAFT, "").orElseThrow(() -> overtaken(project));
    }

    private static boolean isOfProjectAlone(String field) {
        return field.equals(ProjectFields.NAME) || field.equals(ProjectFields.DEADLINE);
    }

    /// Puts a project into the queue, and starts it if it is its turn.
    ///
    /// @throws Problem if something is wrong with it, or missing, or it has started
    Project start(Project project, Person person) {
        if (!project.isOpen()) throw conflict(project, "has started");
        if (project.stage() == Stage.QUEUED) return project;
        var found = look(fields(project.fields()), person);
        if (!found.errors().isEmpty()) throw Problem.ofFields(found.errors());
        if (store.move(project, Stage.QUEUED, "").isEmpty()) throw overtaken(project);
        step();
        return find(project.id()).orElseThrow(() -> Problem.notFound("project", project.id()));
    }

    /// Takes a project out of the queue, or ends its run with what it has.
    Project stop(Project project) {
        if (project.stage() == Stage.QUEUED) {
            return store.move(project, Stage.DRAFT, "").orElseThrow(() -> overtaken(project));
        }
        going(project).stop("asked for");
        return project;
    }

    Project pause(Project project) {
        going(project).pause();
        return project;
    }

    Project resume(Project project) {
        going(project).resume();
        return project;
    }

    /// A new draft with the same fields.
    Project copy(Project project, ObjectNode changes, Person person) {
        var fields = fields(project.fields());
        fields.put(ProjectFields.NAME, copied(project.name()));
        fields.remove(List.of(ProjectFields.START_AT, ProjectFields.DEADLINE));
        merge(fields, changes);
        return create(fields, person);
    }

    /// A new draft that goes on from what the project's run has learnt.
    Project goOn(Project project, Runs.Which which, ObjectNode changes, Person person) {
        var run = run(project).orElseThrow(() -> conflict(project, "has no run yet"));
        var fields = fields(project.fields());
        fields.put(ProjectFields.NAME, copied(project.name()));
        fields.remove(List.of(ProjectFields.START_AT, ProjectFields.DEADLINE, "initialWeights"));
        fields.putObject(ProjectFields.CONTINUES)
                .put("run", run.id())
                .put("checkpoint", Json.word(which));
        ProjectFields.keepHeldBack(fields);
        merge(fields, changes);
        return create(fields, person);
    }

    /// JSON's null leaves a field out.
    private static void merge(ObjectNode fields, ObjectNode changes) {
        for (var field : changes.properties()) {
            if (field.getValue().isNull()) fields.remove(field.getKey());
            else fields.set(field.getKey(), field.getValue());
        }
    }

    private static String copied(String name) {
        var copy = name + " again";
        return copy.length() > 100 ? copy.substring(copy.length() - 100) : copy;
    }

    /// Removes a project that has not started or whose run is over. The run stays.
    void remove(Project project) {
        boolean isGoing = run(project).filter(run -> !run.status().isOver()).isPresent();
        if (isGoing) throw conflict(project, "is under way; stop it first");
        store.delete(project.id());
    }

    Optional<Project> find(String id) {
        return store.find(id);
    }

    /// Those that `person` may see, oldest first.
    List<Project> of(Person person) {
        return store.all().stream().filter(project -> person.mayUse(project.owner())).toList();
    }

    /// What a project became.
    Optional<RunHandle> run(Project project) {
        return project.run().flatMap(runs::find);
    }

    /// Projects that go before this one, 0: none; and how many runs may be active.
    record Turn(int ahead, int active, int runsMax) {}

    Turn turn(Project project) {
        var queue = queue();
        int ahead = 0;
        while (ahead < queue.size() && !queue.get(ahead).id().equals(project.id())) ahead++;
        return new Turn(Math.min(ahead, queue.size()), active(), terms.runsMax);
    }

    @Override
    public void close() {
        clockwork.shutdown();
        try {
            if (!clockwork.awaitTermination(LOOK_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("projects: a start is still under way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookAgain() {
        try {
            step();
        } catch (RuntimeException e) {
            LOG.warn("projects: not looked at: {}", e.toString());
        }
    }

    /// Does what is due now.
    private synchronized void step() {
        for (var project : store.overdue()) {
            run(project).ifPresent(run -> run.stop("its deadline has passed"));
        }
        long now = terms.clock.millis();
        for (var project : queue()) {
            var deadline = project.deadlineMs();
            if (deadline.isPresent() && deadline.getAsLong() <= now) {
                store.move(project, Stage.FAILED, "its deadline passed before it could start");
            }
        }
        for (var project : queue()) {
            if (active() >= terms.runsMax) return;
            if (startAtMs(project) <= now) launch(project);
        }
    }

    /// Those that wait, the one whose turn is next at the front.
    private List<Project> queue() {
        return store.in(Stage.QUEUED).stream()
                .sorted(Comparator.comparing(Projects::priority).reversed())
                .toList();
    }

    private static Priority priority(Project project) {
        return Priority.named(fields(project.fields()).path("priority").asText("normal"));
    }

    private static long startAtMs(Project project) {
        return ProjectFields.time(fields(project.fields()), ProjectFields.START_AT).orElse(0);
    }

    private int active() {
        return (int) runs.all().stream().filter(run -> run.status() == Status.ACTIVE).count();
    }

    private void launch(Project project) {
        try {
            var person =
                    terms.persons
                            .apply(project.owner())
                            .orElseThrow(() -> new IllegalArgumentException("its owner is gone"));
            var fields = fields(project.fields());
            var found = look(fields, person);
            if (found.plan().isEmpty()) {
                var why = found.errors().stream().findFirst().map(FieldError::text);
                throw new IllegalArgumentException(why.orElse("it is not complete"));
            }
            var run = launch(project, person, found.plan().get().request());
            LOG.info("project {}: has become run {}", project.id(), run.id());
        } catch (IllegalArgumentException | IllegalStateException | IOException | Problem e) {
            LOG.warn("project {}: not started: {}", project.id(), e.getMessage());
            store.move(project, Stage.FAILED, String.valueOf(e.getMessage()));
        }
    }

    /// The run and the word that the project has become it are stored together.
    private RunHandle launch(Project project, Person person, RunRequest request)
            throws IOException {
        var from = fields(project.fields()).path(ProjectFields.CONTINUES);
        Runs.Beside beside = (handle, run) -> store.started(handle, project, run);
        if (from.isMissingNode()) return runs.start(request, project.owner(), beside);
        var ancestor =
                ancestor(from, person)
                        .orElseThrow(() -> Problem.notFound("run", from.path("run").asText()));
        var which =
                from.path("checkpoint").asText("latest").equals("best")
                        ? Runs.Which.BEST
                        : Runs.Which.LATEST;
        return runs.startFrom(ancestor, which, new Runs.Wanted(request, project.owner(), beside));
    }

    private RunHandle going(Project project) {
        return run(project)
                .filter(run -> !run.status().isOver())
                .orElseThrow(() -> conflict(project, "is not under way"));
    }

    private void requireRight(ObjectNode fields, Person person) {
        var wrong = look(fields, person).wrong();
        var nameless = ProjectFields.name(fields).map(FieldError::of);
        if (wrong.isEmpty() && nameless.isPresent())
            throw Problem.ofFields(List.of(nameless.get()));
        if (!wrong.isEmpty()) throw Problem.ofFields(wrong);
    }

    private static Filled filled(ObjectNode fields) {
        var name = fields.path(ProjectFields.NAME).asText();
        OptionalLong deadline = ProjectFields.time(fields, ProjectFields.DEADLINE);
        return new Filled(name, fields.toString(), deadline);
    }

    private static Problem overtaken(Project project) {
        return conflict(project, "was changed by somebody else meanwhile");
    }

    private static Problem conflict(Project project, String why) {
        return new Problem(HttpStatus.CONFLICT, "project: %s %s".formatted(project.id(), why));
    }
}
