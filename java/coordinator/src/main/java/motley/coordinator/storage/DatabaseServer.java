package motley.coordinator.storage;

import org.jdbi.v3.core.Jdbi;

/// What stands behind a database, beside its connections.
interface DatabaseServer extends AutoCloseable {
    /// A file that this process alone has: there is nothing to arrange.
    DatabaseServer NONE = _ -> {};

    /// Arranges how transactions begin.
    void prepare(Jdbi jdbi);

    @Override
    default void close() {}
}
