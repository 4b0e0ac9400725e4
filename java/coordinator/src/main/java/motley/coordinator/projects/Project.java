package motley.coordinator.projects;

import java.util.Optional;
import java.util.OptionalLong;

/// A training that somebody prepares, and once it has started the run that it became.
///
/// @param owner a person's id
/// @param fields what was filled in, as JSON
/// @param reason why it is in this stage; empty when there is nothing to say
/// @param run what it became; empty before
/// @param queuedAtMs since when it waits, or waited, for its turn; empty: it was never asked to
///     start
/// @param deadlineMs when its run is ended with what it has; empty: never
public record Project(
        String id,
        String owner,
        String name,
        String fields,
        Stage stage,
        String reason,
        Optional<String> run,
        long createdAtMs,
        long changedAtMs,
        OptionalLong queuedAtMs,
        OptionalLong deadlineMs) {
    /// How far it is by itself; what became of its run is the run's.
    public enum Stage {
        /// Being prepared.
        DRAFT,
        /// Waits for its time, or for a place among the runs.
        QUEUED,
        /// There is a run of it.
        STARTED,
        /// It could not be started. It can be changed and tried again.
        FAILED
    }

    /// Whether it can still be changed.
    public boolean isOpen() {
        return stage != Stage.STARTED;
    }

    Project in(Stage other, String why, long atMs) {
        return new Project(
                id,
                owner,
                name,
                fields,
                other,
                why,
                run,
                createdAtMs,
                atMs,
                other == Stage.QUEUED ? OptionalLong.of(atMs) : queuedAtMs,
                deadlineMs);
    }

    /// What people fill in.
    ///
    /// @param fields as JSON
    public record Filled(String name, String fields, OptionalLong deadlineMs) {}

    Project with(Filled other, long atMs) {
        return new Project(
                id,
                owner,
                other.name,
                other.fields,
                stage,
                reason,
                run,
                createdAtMs,
                atMs,
                queuedAtMs,
                other.deadlineMs);
    }
}
