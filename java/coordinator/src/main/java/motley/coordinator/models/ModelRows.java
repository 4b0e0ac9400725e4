package motley.coordinator.models;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import motley.coordinator.models.StoredModel.Version;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// Stored models as the database has them. Any thread may call.
record ModelRows(Jdbi jdbi) {
    /// A model with its first version.
    void insert(StoredModel model) {
        jdbi.useTransaction(
                handle -> {
                    handle.execute(
                            "insert into model (id, owner, name, created_at_ms) values (?, ?, ?,"
                                    + " ?)",
                            model.id(),
                            model.owner(),
                            model.name(),
                            model.createdAtMs());
                    insert(handle, model.id(), model.newest());
                });
    }

    void insert(String model, Version version) {
        jdbi.useHandle(handle -> insert(handle, model, version));
    }

    private static void insert(Handle handle, String model, Version version) {
        handle.execute(
                "insert into model_version (model_id, version, blob, has_weights, size_bytes,"
                        + " description, created_at_ms) values (?, ?, ?, ?, ?, ?, ?)",
                model,
                version.number(),
                version.blob(),
                version.hasWeights() ? 1 : 0,
                version.sizeBytes(),
                version.description(),
                version.createdAtMs());
    }

    void delete(String id) {
        jdbi.useTransaction(
                handle -> {
                    handle.execute("delete from model_version where model_id = ?", id);
                    handle.execute("delete from model where id = ?", id);
                });
    }

    /// All, oldest first.
    List<StoredModel> all() {
        return jdbi.withHandle(
                handle -> {
                    var models = new ArrayList<StoredModel>();
                    for (var row :
                            handle.createQuery("select * from model order by created_at_ms, id")
                                    .map(ModelRows::model)
                                    .list()) {
                        var versions =
                                handle.createQuery(
                                                "select * from model_version where model_id = :id"
                                                        + " order by version")
                                        .bind("id", row.id())
                                        .map(ModelRows::version)
                                        .list();
                        models.add(
                                new StoredModel(
                                        row.id(),
                                        row.owner(),
                                        row.name(),
                                        row.createdAtMs(),
                                        versions));
                    }
                    return models;
                });
    }

    private static StoredModel model(ResultSet row, StatementContext context) throws SQLException {
        return new StoredModel(
                row.getString("id"),
                row.getString("owner"),
                row.getString("name"),
                row.getLong("created_at_ms"),
                List.of());
    }

    private static Version version(ResultSet row, StatementContext context) throws SQLException {
        return new Version(
                row.getInt("version"),
                row.getString("blob"),
                row.getInt("has_weights") == 1,
                row.getLong("size_bytes"),
                row.getString("description"),
                row.getLong("created_at_ms"));
    }
}
