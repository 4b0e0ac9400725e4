package motley.coordinator.access;

import java.time.InstantSource;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/// Who did what, when and from where. The oldest entries go when there are too many. Any thread
/// may call.
public final class AuditLog {
    static final int ENTRIES_MAX = 100_000;
    static final int PAGE_MAX = 1_000;

    private final Jdbi jdbi;
    private final InstantSource clock;

    public AuditLog(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// @param person the id of who did it
    /// @param action such as `log-in`
    /// @param subject what it was done to
    /// @param address from where
    record Entry(
            long sequence,
            long atMs,
            String person,
            String name,
            String action,
            String subject,
            String address) {}

    /// A deed of `person`.
    public void note(Person person, String action, String subject, String address) {
        jdbi.useTransaction(
                handle -> {
                    long last =
                            handle.createQuery("select coalesce(max(sequence), 0) from audit")
                                    .mapTo(Long.class)
                                    .one();
                    handle.execute(
                            "insert into audit (sequence, at_ms, person, name, action, subject,"
                                    + " address) values (?, ?, ?, ?, ?, ?, ?)",
                            last + 1,
                            clock.millis(),
                            person.id(),
                            person.name(),
                            action,
                            subject,
                            address);
                    handle.execute("delete from audit where sequence <= ?", last + 1 - ENTRIES_MAX);
                });
    }

    /// Entries before `sequence`, newest first.
    List<Entry> before(long sequence, int count) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select * from audit where sequence < :sequence order by"
                                                + " sequence desc limit :count")
                                .bind("sequence", sequence)
                                .bind("count", Math.clamp(count, 1, PAGE_MAX))
                                .map(
                                        (row, context) ->
                                                new Entry(
                                                        row.getLong("sequence"),
                                                        row.getLong("at_ms"),
                                                        row.getString("person"),
                                                        row.getString("name"),
                                                        row.getString("action"),
                                                        row.getString("subject"),
                                                        row.getString("address")))
                                .list());
    }
}
