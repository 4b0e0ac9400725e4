package motley.coordinator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import motley.coordinator.storage.Database;
import motley.rounds.Reputation;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is known of the devices' honesty, kept over runs and restarts. Any thread may call.
final class Reputations {
    private static final Logger LOG = LoggerFactory.getLogger(Reputations.class);

    /// Confirmed answers are written down every so often: an audit is no reason to wait for a disk.
    private static final int WRITTEN_EVERY = 10;

    private final Database database;
    private final Map<String, Reputation> known = new ConcurrentHashMap<>();

    /// Those in the database.
    Reputations(Database database) {
        this.database = database;
        known.putAll(database.reputations());
    }

    Reputation of(String device) {
        return known.getOrDefault(device, Reputation.NEW);
    }

    void keep(String device, Reputation now) {
        var before = known.put(device, now);
        boolean isOrdinary =
                before != null
                        && now.confirmed() >= before.confirmed()
                        && before.withConfirmed(now.confirmed()).equals(now);
        if (isOrdinary && now.confirmed() % WRITTEN_EVERY != 0) return;
        try {
            database.keep(device, now);
        } catch (JdbiException e) {
            LOG.warn("device {}: reputation not stored: {}", device, e.getMessage());
        }
    }
}
