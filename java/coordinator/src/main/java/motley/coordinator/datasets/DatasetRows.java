package motley.coordinator.datasets;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import motley.coordinator.datasets.Version.Status;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// Data sets in the database.
record DatasetRows(Jdbi jdbi) {
    /// A data set and its first version.
    void insert(Dataset dataset, Version first) {
        jdbi.useTransaction(
                handle -> {
                    handle.execute(
                            "insert into dataset (id, owner, name, created_at_ms) values (?, ?, ?,"
                                    + " ?)",
                            dataset.id(),
                            dataset.owner(),
                            dataset.name(),
                            dataset.createdAtMs());
                    insert(handle, first);
                });
    }

    void insert(Version version) {
        jdbi.useHandle(handle -> insert(handle, version));
    }

    private static void insert(Handle handle, Version version) {
        handle.execute(
                "insert into dataset_version (dataset_id, version, status, reason, recipe,"
                        + " index_sha256, train_samples, test_samples, size_bytes, description,"
                        + " created_at_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                version.dataset(),
                version.number(),
                word(version.status()),
                version.reason(),
                version.recipe(),
                version.indexSha256().orElse(""),
                version.trainSamples(),
                version.testSamples(),
                version.sizeBytes(),
                version.description(),
                version.createdAtMs());
    }

    void update(Version version) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "update dataset_version set status = ?, reason = ?, index_sha256 ="
                                        + " ?, train_samples = ?, test_samples = ?, size_bytes = ?,"
                                        + " description = ? where dataset_id = ? and version = ?",
                                word(version.status()),
                                version.reason(),
                                version.indexSha256().orElse(""),
                                version.trainSamples(),
                                version.testSamples(),
                                version.sizeBytes(),
                                version.description(),
                                version.dataset(),
                                version.number()));
    }

    void delete(String id) {
        jdbi.useTransaction(
                handle -> {
                    handle.execute("delete from dataset_version where dataset_id = ?", id);
                    handle.execute("delete from dataset where id = ?", id);
                });
    }

    /// All, oldest first.
    List<Dataset> all() {
        var datasets = new ArrayList<Dataset>();
        var versions =
                jdbi.withHandle(
                        handle ->
                                handle.createQuery("select * from dataset_version order by version")
                                        .map(DatasetRows::version)
                                        .list());
        for (var row :
                jdbi.withHandle(
                        handle ->
                                handle.createQuery(
                                                "select * from dataset order by created_at_ms, id")
                                        .map(DatasetRows::dataset)
                                        .list())) {
            var own = versions.stream().filter(v -> v.dataset().equals(row.id())).toList();
            datasets.add(new Dataset(row.id(), row.owner(), row.name(), row.createdAtMs(), own));
        }
        return datasets;
    }

    private static Dataset dataset(ResultSet row, StatementContext context) throws SQLException {
        return new Dataset(
                row.getString("id"),
                row.getString("owner"),
                row.getString("name"),
                row.getLong("created_at_ms"),
                List.of());
    }

    private static Version version(ResultSet row, StatementContext context) throws SQLException {
        var index = row.getString("index_sha256");
        return new Version(
                row.getString("dataset_id"),
                row.getInt("version"),
                Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getString("reason"),
                row.getString("recipe"),
                index.isEmpty() ? Optional.empty() : Optional.of(index),
                row.getInt("train_samples"),
                row.getInt("test_samples"),
                row.getLong("size_bytes"),
                row.getString("description"),
                row.getLong("created_at_ms"));
    }

    static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
