package motley.coordinator.uploads;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// What the database knows of uploads: everything but how much is there.
record UploadRows(Jdbi jdbi) {
    /// @param sha256 empty where the sender does not say
    record Row(
            String id,
            String owner,
            String name,
            long sizeBytes,
            String sha256,
            long createdAtMs,
            boolean isComplete) {}

    void insert(Row row) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "insert into upload (id, owner, name, size_bytes, sha256,"
                                        + " created_at_ms, is_complete) values (?, ?, ?, ?, ?, ?,"
                                        + " 0)",
                                row.id,
                                row.owner,
                                row.name,
                                row.sizeBytes,
                                row.sha256,
                                row.createdAtMs));
    }

    void complete(String id, String sha256) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "update upload set is_complete = 1, sha256 = ? where id = ?",
                                sha256,
                                id));
    }

    void delete(String id) {
        jdbi.useHandle(handle -> handle.execute("delete from upload where id = ?", id));
    }

    Optional<Row> find(String id) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from upload where id = ?")
                                .bind(0, id)
                                .map(UploadRows::row)
                                .findOne());
    }

    /// Oldest first.
    List<Row> all() {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from upload order by created_at_ms, id")
                                .map(UploadRows::row)
                                .list());
    }

    private static Row row(ResultSet row, StatementContext context) throws SQLException {
        return new Row(
                row.getString("id"),
                row.getString("owner"),
                row.getString("name"),
                row.getLong("size_bytes"),
                row.getString("sha256"),
                row.getLong("created_at_ms"),
                row.getLong("is_complete") == 1);
    }
}
