package motley.coordinator;

import java.nio.file.Path;
import java.util.Optional;
import motley.coordinator.CoordinatorSettings.Storage;
import motley.coordinator.storage.Database;
import motley.coordinator.storage.DatabaseAddress;

/// The database of a home folder: a file in it or, if `motley.test.database` names a server of
/// PostgreSQL, a schema there that belongs to the folder. So the same contracts hold for both.
final class TestDatabase {
    private TestDatabase() {}

    static Storage storage(Path home) {
        return new Storage(address(home), Optional.empty());
    }

    /// The database of a home folder whose coordinator is closed.
    static Database open(Path home) {
        return address(home)
                .map(Database::open)
                .orElseGet(() -> Database.open(home.resolve("motley.db")));
    }

    /// For a connection beside the coordinator's.
    static String url(Path home) {
        return address(home)
                .map(DatabaseAddress::url)
                .orElseGet(() -> "jdbc:sqlite:" + home.resolve("motley.db") + "?busy_timeout=5000");
    }

    private static Optional<DatabaseAddress> address(Path home) {
        return Optional.ofNullable(System.getProperty("motley.test.database"))
                .map(url -> new DatabaseAddress(url + schema(home), Optional.empty()));
    }

    private static String schema(Path home) {
        return "&currentSchema=home_%08x".formatted(home.toAbsolutePath().toString().hashCode());
    }
}
