package motley.coordinator;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import motley.coordinator.storage.Database;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The numeric classes of the devices whose answers count in one run, kept over restarts. With more
/// than one the weights depend on who computed what.
///
/// Written by the thread of the run, read by any.
final class NumericClasses {
    private static final Logger LOG = LoggerFactory.getLogger(NumericClasses.class);

    private final Database database;
    private final String run;
    private final Set<String> names = new ConcurrentSkipListSet<>();

    /// Those in the database.
    NumericClasses(Database database, String run) {
        this.database = database;
        this.run = run;
        names.addAll(
                database.jdbi()
                        .withHandle(
                                handle ->
                                        handle.createQuery(
                                                        "SELECT name FROM numeric_class"
                                                                + " WHERE run = :run")
                                                .bind("run", run)
                                                .mapTo(String.class)
                                                .list()));
    }

    /// An answer of a device of class `name` counts; devices that do not know theirs have none.
    void add(String name) {
        if (name.isEmpty() || !names.add(name)) return;
        try {
            database.jdbi()
                    .useHandle(
                            handle ->
                                    handle.createUpdate(
                                                    "INSERT INTO numeric_class (run, name)"
                                                            + " VALUES (:run, :name)"
                                                            + " ON CONFLICT DO NOTHING")
                                            .bind("run", run)
                                            .bind("name", name)
                                            .execute());
        } catch (JdbiException e) {
            LOG.warn("run {}: numeric class {} not stored: {}", run, name, e.getMessage());
        }
    }

    /// In alphabetical order.
    List<String> all() {
        return List.copyOf(names);
    }
}
