package motley.coordinator.repeats;

import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Kept replies in the database.
final class ReplyRows {
    private final Jdbi jdbi;

    /// Tells this start of the coordinator from those before it.
    private final String life = UUID.randomUUID().toString();

    ReplyRows(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @param isOfThisLife whether the coordinator has not started again since
    /// @param sealed the reply; empty: there is none yet, or never will be
    record Row(String requestSha256, boolean isOfThisLife, Optional<byte[]> sealed) {}

    /// Notes that a request is being answered.
    ///
    /// @return false if one with this key was there before
    boolean begin(RepeatKey key, String requestSha256, long atMs) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "insert into idempotent_reply (key_sha256, person,"
                                                + " request_sha256, life, at_ms) values (?, ?, ?,"
                                                + " ?, ?) on conflict do nothing",
                                        key.sha256(),
                                        key.person(),
                                        requestSha256,
                                        life,
                                        atMs))
                == 1;
    }

    Optional<Row> find(RepeatKey key) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from idempotent_reply where key_sha256 = :key")
                                .bind("key", key.sha256())
                                .map(
                                        (row, _) ->
                                                new Row(
                                                        row.getString("request_sha256"),
                                                        row.getString("life").equals(life),
                                                        Optional.ofNullable(
                                                                row.getBytes("sealed"))))
                                .findOne());
    }

    void keep(RepeatKey key, byte[] sealed) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "update idempotent_reply set sealed = ? where key_sha256 = ?",
                                sealed,
                                key.sha256()));
    }

    void forget(RepeatKey key) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "delete from idempotent_reply where key_sha256 = ?", key.sha256()));
    }

    void forgetOlderThan(long atMs) {
        jdbi.useHandle(
                handle -> handle.execute("delete from idempotent_reply where at_ms < ?", atMs));
    }

    int count(String person) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select count(*) from idempotent_reply where person = :p")
                                .bind("p", person)
                                .mapTo(Integer.class)
                                .one());
    }
}
