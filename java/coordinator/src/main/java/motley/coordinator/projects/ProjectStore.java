package motley.coordinator.projects;

import static motley.tensor.Require.require;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import motley.coordinator.projects.Project.Stage;
import motley.coordinator.storage.Ids;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// Projects in the database. Any thread may call; a change that no longer fits what is there does
/// nothing, and says so.
public final class ProjectStore {
    /// Of one person.
    public static final int PROJECTS_MAX = 1_000;

    private final Jdbi jdbi;
    private final InstantSource clock;

    public ProjectStore(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// Keeps a new draft.
    ///
    /// @throws IllegalArgumentException if the person has too many
    public Project create(String owner, Project.Filled filled) {
        int count = of(owner).size();
        require(
                count < PROJECTS_MAX,
                "projects: %d are kept (expected: no more; remove some)",
                PROJECTS_MAX);
        long now = clock.millis();
        var project =
                new Project(
                        Ids.next('p'),
                        owner,
                        filled.name(),
                        filled.fields(),
                        Stage.DRAFT,
                        "",
                        Optional.empty(),
                        now,
                        now,
                        OptionalLong.empty(),
                        filled.deadlineMs());
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "insert into project (id, owner, name, fields, stage, reason,"
                                        + " created_at_ms, changed_at_ms, deadline_ms) values (?,"
                                        + " ?, ?, ?, ?, ?, ?, ?, ?)",
                                project.id(),
                                project.owner(),
                                project.name(),
                                project.fields(),
                                project.stage().name(),
                                project.reason(),
                                now,
                                now,
                                boxed(project.deadlineMs())));
        return project;
    }

    /// Oldest first.
    public List<Project> all() {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from project order by created_at_ms, id")
                                .map((row, _) -> project(row))
                                .list());
    }

    /// Somebody's, oldest first.
    public List<Project> of(String owner) {
        return all().stream().filter(project -> project.owner().equals(owner)).toList();
    }

    /// Those in a stage, the one that came into it first at the front.
    public List<Project> in(Stage stage) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select * from project where stage = :stage order by"
                                                + " coalesce(queued_at_ms, created_at_ms), id")
                                .bind("stage", stage.name())
                                .map((row, _) -> project(row))
                                .list());
    }

    /// Those that have started, are not over, and should be by now.
    public List<Project> overdue() {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select project.* from project join run on run.id ="
                                                + " project.run where project.deadline_ms <= :now"
                                                + " and run.status in ('ACTIVE', 'PAUSED')")
                                .bind("now", clock.millis())
                                .map((row, _) -> project(row))
                                .list());
    }

    public Optional<Project> find(String id) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from project where id = :id")
                                .bind("id", id)
                                .map((row, _) -> project(row))
                                .findOne());
    }

    /// Replaces what is filled in, if nobody else changed the project since it was read.
    ///
    /// @return what is there now; empty if somebody did
    public Optional<Project> fill(Project project, Project.Filled filled) {
        return put(project, project.with(filled, later(project)));
    }

    /// Brings it into another stage, if nobody else changed it since it was read.
    ///
    /// @return what is there now; empty if somebody did
    public Optional<Project> move(Project project, Stage stage, String reason) {
        return put(project, project.in(stage, reason, later(project)));
    }

    /// Notes that a project has become a run, with the transaction of `handle` that makes the run.
    ///
    /// @throws IllegalStateException if somebody changed it since it was read
    public void started(Handle handle, Project project, String run) {
        int changed =
                handle.execute(
                        "update project set stage = 'STARTED', reason = '', run = ?, changed_at_ms"
                                + " = ? where id = ? and changed_at_ms = ? and stage = 'QUEUED'",
                        run,
                        later(project),
                        project.id(),
                        project.changedAtMs());
        if (changed != 1) throw new IllegalStateException("project changed: " + project.id());
    }

    public void delete(String id) {
        jdbi.useHandle(handle -> handle.execute("delete from project where id = ?", id));
    }

    private Optional<Project> put(Project before, Project now) {
        int changed =
                jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "update project set name = ?, fields = ?, stage = ?,"
                                                + " reason = ?, changed_at_ms = ?, queued_at_ms ="
                                                + " ?, deadline_ms = ? where id = ? and"
                                                + " changed_at_ms = ?",
                                        now.name(),
                                        now.fields(),
                                        now.stage().name(),
                                        now.reason(),
                                        now.changedAtMs(),
                                        boxed(now.queuedAtMs()),
                                        boxed(now.deadlineMs()),
                                        now.id(),
                                        before.changedAtMs()));
        return changed == 1 ? Optional.of(now) : Optional.empty();
    }

    /// The time of a change tells it from the one before, also where the clock stands.
    private long later(Project project) {
        return Math.max(clock.millis(), project.changedAtMs() + 1);
    }

    private static @Nullable Long boxed(OptionalLong value) {
        return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
    }

    private static Project project(ResultSet row) throws SQLException {
        return new Project(
                row.getString("id"),
                row.getString("owner"),
                row.getString("name"),
                row.getString("fields"),
                Stage.valueOf(row.getString("stage")),
                row.getString("reason"),
                Optional.ofNullable(row.getString("run")),
                row.getLong("created_at_ms"),
                row.getLong("changed_at_ms"),
                optional(row, "queued_at_ms"),
                optional(row, "deadline_ms"));
    }

    private static OptionalLong optional(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
