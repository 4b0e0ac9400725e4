package motley.coordinator.storage;

import org.jdbi.v3.core.Jdbi;

/// What stands behind a database, beside its connections.
interface DatabaseServer extends AutoCloseable {
    /// A file that this process alone has: there is nothing to arrange.
    DatabaseServer NONE = _ -> {};

    /// What a column of bytes is declared as: the one word that migrations leave open.
    default String typeOfBytes() {
        return "blob";
    }

    /// Arranges how transactions begin.
    void prepare(Jdbi jdbi);

    @Override
    default void close() {}
}
