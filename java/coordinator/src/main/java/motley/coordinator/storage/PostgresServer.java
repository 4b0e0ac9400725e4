package motley.coordinator.storage;

import com.zaxxer.hikari.HikariConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.LocalTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionHandler;

/// A server of PostgreSQL, and the lock that keeps other coordinators out of one schema of it.
///
/// The lock lives as long as its connection: the server lets go of it when this process ends,
/// however it ends. Transactions of one coordinator take a second lock when they begin, and so come
/// one after the other, as they do in SQLite.
final class PostgresServer implements DatabaseServer {
    /// Any two numbers that other programs in the same database are unlikely to take.
    private static final int ONE_COORDINATOR = 0x6d6f746c;

    private static final int ONE_WRITER = 0x6d6f746d;
    private static final String SEARCH_PATH =
            "select current_schema() is null, current_setting('search_path')";
    private static final String THIS_SCHEMA = "hashtext(current_schema())";

    private final DatabaseAddress address;
    private final Connection lock;

    private PostgresServer(DatabaseAddress address, Connection lock) {
        this.address = address;
        this.lock = lock;
    }

    /// Connects, makes the schema that the address names if there is none, and locks it.
    ///
    /// @throws DatabaseException if it cannot be reached, or another coordinator has it
    static PostgresServer take(DatabaseAddress address) {
        try {
            var connection = DriverManager.getConnection(address.url(), properties(address));
            try {
                makeSchema(connection);
                if (!tryLock(connection)) {
                    throw new DatabaseException(address, "another coordinator works in it");
                }
                return new PostgresServer(address, connection);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw DatabaseException.of(address, e);
        }
    }

    /// Connections like this one.
    HikariConfig configure(HikariConfig config) {
        config.setJdbcUrl(address.url());
        config.setDataSourceProperties(properties(address));
        return config;
    }

    @Override
    public String typeOfBytes() {
        return "bytea";
    }

    @Override
    public void prepare(Jdbi jdbi) {
        jdbi.setTransactionHandler(new OneWriter(LocalTransactionHandler.binding()));
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (SQLException e) {
            throw DatabaseException.of(address, e);
        }
    }

    private static Properties properties(DatabaseAddress address) {
        var properties = new Properties();
        address.password().ifPresent(value -> properties.setProperty("password", value));
        properties.setProperty("ApplicationName", "motley");
        return properties;
    }

    /// A search path may name what does not exist yet; then there is no current schema.
    private static void makeSchema(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(SEARCH_PATH)) {
            row.next();
            if (!row.getBoolean(1)) return;
            var first = row.getString(2).split(",", 2)[0].strip();
            try (var create = connection.createStatement()) {
                create.execute("create schema if not exists " + quoted(first));
            }
        }
    }

    private static String quoted(String name) {
        var bare = name.startsWith("\"") ? name.substring(1, name.length() - 1) : name;
        return "\"" + bare.replace("\"", "\"\"") + "\"";
    }

    private static boolean tryLock(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "select pg_try_advisory_lock(%d, %s)"
                                        .formatted(ONE_COORDINATOR, THIS_SCHEMA))) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static final class OneWriter extends DelegatingTransactionHandler {
        private OneWriter(TransactionHandler handler) {
            super(handler);
        }

        @Override
        public TransactionHandler specialize(Handle handle) throws SQLException {
            return new OneWriter(getDelegate().specialize(handle));
        }

        @Override
        public void begin(Handle handle) {
            super.begin(handle);
            handle.createQuery(
                            "select true from pg_advisory_xact_lock(%d, %s)"
                                    .formatted(ONE_WRITER, THIS_SCHEMA))
                    .mapTo(Boolean.class)
                    .one();
        }
    }
}
