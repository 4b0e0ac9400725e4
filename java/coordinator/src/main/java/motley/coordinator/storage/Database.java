package motley.coordinator.storage;

import static java.util.stream.Collectors.toMap;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import motley.rounds.Reputation;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// Runs, checkpoints, metrics and journals in SQLite or PostgreSQL. Any thread may call; writes of
/// several statements are transactions that take the write lock at once, so that none of them fails
/// half-way for want of it, and none sees what another one has half written.
public final class Database implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private final DatabaseServer server;
    private final HikariDataSource source;
    private final Jdbi jdbi;

    private Database(DatabaseServer server, HikariDataSource source) {
        this.server = server;
        this.source = source;
        jdbi = Jdbi.create(source);
        server.prepare(jdbi);
    }

    /// Opens `file` of SQLite, which is made and brought to the newest schema as needed.
    public static Database open(Path file) {
        var config = config();
        config.setJdbcUrl("jdbc:sqlite:" + file);
        config.addDataSourceProperty("journal_mode", "WAL");
        config.addDataSourceProperty("synchronous", "NORMAL");
        config.addDataSourceProperty("busy_timeout", "5000");
        config.addDataSourceProperty("foreign_keys", "true");
        config.addDataSourceProperty("transaction_mode", "IMMEDIATE");
        return open(DatabaseServer.NONE, config);
    }

    /// Opens a database of PostgreSQL, whose schema is made and brought to the newest form as
    /// needed, and keeps other coordinators out of it.
    ///
    /// @throws DatabaseException if it cannot be reached, or another coordinator works in it
    public static Database open(DatabaseAddress address) {
        var server = PostgresServer.take(address);
        try {
            return open(server, server.configure(config()));
        } catch (RuntimeException e) {
            server.close();
            throw DatabaseException.of(address, e);
        }
    }

    private static HikariConfig config() {
        var config = new HikariConfig();
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        return config;
    }

    private static Database open(DatabaseServer server, HikariConfig config) {
        var source = new HikariDataSource(config);
        try {
            Flyway.configure(Database.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:db/common")
                    .placeholders(Map.of("bytes", server.typeOfBytes()))
                    .load()
                    .migrate();
            return new Database(server, source);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /// For stores of other packages; their tables come with migrations of their own.
    public Jdbi jdbi() {
        return jdbi;
    }

    public void insert(RunRow run) {
        insert(run, _ -> {});
    }

    /// Adds a run, and does what `beside` does, or neither.
    public void insert(RunRow run, Consumer<Handle> beside) {
        jdbi.useTransaction(
                handle -> {
                    handle.execute(
                            "insert into run (id, owner, request, created_at_ms, status,"
                                    + " reason, fence) values (?, ?, ?, ?, ?, ?, ?)",
                            run.id(),
                            run.owner(),
                            run.request(),
                            run.createdAtMs(),
                            run.status().name(),
                            run.reason(),
                            run.fence());
                    beside.accept(handle);
                });
    }

    /// All runs, oldest first.
    public List<RunRow> runs() {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from run order by created_at_ms, id")
                                .map(Database::run)
                                .list());
    }

    /// Makes the caller the owner of a run, if nobody else became that since it was read.
    ///
    /// @return the new fence; empty if somebody did
    public OptionalLong takeOver(RunRow run) {
        int changed =
                jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "update run set fence = fence + 1 where id = ? and fence ="
                                                + " ?",
                                        run.id(),
                                        run.fence()));
        return changed == 1 ? OptionalLong.of(run.fence() + 1) : OptionalLong.empty();
    }

    /// Changes the status of a run that the caller owns.
    ///
    /// @return false if it no longer does
    public boolean setStatus(Owned run, RunRow.Status status, String reason) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "update run set status = ?, reason = ? where id = ? and"
                                                + " fence = ?",
                                        status.name(),
                                        reason,
                                        run.id(),
                                        run.fence()))
                == 1;
    }

    /// Changes what a run that the caller owns was asked to do.
    ///
    /// @return false if it no longer does
    public boolean setRequest(Owned run, String request) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "update run set request = ? where id = ? and fence = ?",
                                        request,
                                        run.id(),
                                        run.fence()))
                == 1;
    }

    /// Ends a run that the caller owns.
    ///
    /// @return false if it no longer does
    public boolean end(Owned run, RunRow.Status status, End end) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "update run set status = ?, reason = ?, ended_at_ms = ?,"
                                                + " weights_sha256 = ? where id = ? and fence = ?",
                                        status.name(),
                                        end.reason(),
                                        end.atMs(),
                                        end.weightsSha256(),
                                        run.id(),
                                        run.fence()))
                == 1;
    }

    /// Adds a checkpoint to a run that the caller owns.
    ///
    /// @return false if it no longer does
    public boolean insert(Owned run, CheckpointRow checkpoint, long atMs) {
        return insert(run, checkpoint, atMs, _ -> {});
    }

    /// The same, and whatever `beside` does, or neither.
    public boolean insert(Owned run, CheckpointRow checkpoint, long atMs, Consumer<Handle> beside) {
        return jdbi.inTransaction(
                handle -> {
                    boolean isOwner = insert(handle, run, checkpoint, atMs) == 1;
                    if (isOwner) beside.accept(handle);
                    return isOwner;
                });
    }

    private static int insert(Handle handle, Owned run, CheckpointRow checkpoint, long atMs) {
        return handle.execute(
                "insert into checkpoint (run_id, sequence, epoch, round, version, coverage,"
                        + " parameters, optimizer_state, at_ms) select id, ?, ?, ?, ?, ?, ?, ?, ?"
                        + " from run where id = ? and fence = ?",
                checkpoint.sequence(),
                checkpoint.epoch(),
                checkpoint.round(),
                checkpoint.version(),
                checkpoint.coverage(),
                checkpoint.parameters(),
                checkpoint.state(),
                atMs,
                run.id(),
                run.fence());
    }

    /// The checkpoints of a run, newest first.
    public List<CheckpointRow> checkpoints(String run) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select * from checkpoint where run_id = :run order by"
                                                + " sequence desc")
                                .bind("run", run)
                                .map(Database::checkpoint)
                                .list());
    }

    /// Marks the checkpoints of these parameters as the best so far.
    ///
    /// @return false if there is none, or the caller no longer owns the run
    public boolean markBest(Owned run, long version) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "update checkpoint set is_best = 1 where run_id = ? and"
                                                + " version = ? and exists (select 1 from run"
                                                + " where id = ? and fence = ?)",
                                        run.id(),
                                        version,
                                        run.id(),
                                        run.fence()))
                >= 1;
    }

    /// Removes a checkpoint.
    ///
    /// @return those of its blobs that no other checkpoint has
    public List<String> delete(String run, CheckpointRow checkpoint) {
        return jdbi.inTransaction(
                handle -> {
                    handle.execute(
                            "delete from checkpoint where run_id = ? and sequence = ?",
                            run,
                            checkpoint.sequence());
                    return List.of(checkpoint.parameters(), checkpoint.state()).stream()
                            .filter(blob -> !isUsed(handle, blob))
                            .toList();
                });
    }

    /// The newest `count` metrics of a kind, oldest first.
    public List<MetricRow> metrics(String run, MetricRow.Kind kind, int count) {
        var table =
                switch (kind) {
                    case ROUND -> "round_metric";
                    case EVALUATION -> "evaluation";
                };
        var order =
                switch (kind) {
                    case ROUND -> "round";
                    case EVALUATION -> "epoch";
                };
        return jdbi.withHandle(
                        handle ->
                                handle.createQuery(
                                                ("select * from %s where run_id = :run"
                                                                + " order by %s desc limit :count")
                                                        .formatted(table, order))
                                        .bind("run", run)
                                        .bind("count", count)
                                        .map((row, context) -> metric(kind, row))
                                        .list())
                .reversed();
    }

    /// The highest sequence number in a run's journal, 0 if it is empty.
    public long journalEnd(String run) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select coalesce(max(sequence), 0) from journal where"
                                                + " run_id = :run")
                                .bind("run", run)
                                .mapTo(Long.class)
                                .one());
    }

    /// The journal of a run after `sequence`, in order, at most `count` entries.
    public List<Journal.Entry> journal(String run, long sequence, int count) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select * from journal where run_id = :run and sequence >"
                                                + " :sequence order by sequence limit :count")
                                .bind("run", run)
                                .bind("sequence", sequence)
                                .bind("count", count)
                                .map(
                                        (row, context) ->
                                                new Journal.Entry(
                                                        run,
                                                        row.getLong("sequence"),
                                                        row.getLong("at_ms"),
                                                        row.getString("event")))
                                .list());
    }

    /// Writes all of `records` or none.
    void write(List<Journal.Line> records) {
        jdbi.useTransaction(
                handle -> {
                    for (var record : records) write(handle, record);
                });
    }

    @Override
    public void close() {
        source.close();
        server.close();
    }

    /// What is known of all devices' honesty, by device.
    public Map<String, Reputation> reputations() {
        return jdbi.withHandle(
                handle ->
                        handle
                                .createQuery("select * from device_reputation")
                                .map(
                                        (row, _) ->
                                                Map.entry(row.getString("device"), reputation(row)))
                                .stream()
                                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /// Replaces what is known of a device's honesty.
    public void keep(String device, Reputation now) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "insert into device_reputation (device, owner, trusted, confirmed,"
                                        + " failures, quarantined_until_ms) values (?, ?, ?, ?, ?,"
                                        + " ?) on conflict (device) do update set owner ="
                                        + " excluded.owner, trusted = excluded.trusted, confirmed"
                                        + " = excluded.confirmed, failures = excluded.failures,"
                                        + " quarantined_until_ms = excluded.quarantined_until_ms",
                                device,
                                now.owner(),
                                now.isTrusted() ? 1 : 0,
                                now.confirmed(),
                                now.failures(),
                                now.quarantinedUntil().map(Instant::toEpochMilli).orElse(null)));
    }

    private static Reputation reputation(ResultSet row) throws SQLException {
        long untilMs = row.getLong("quarantined_until_ms");
        var until =
                row.wasNull()
                        ? Optional.<Instant>empty()
                        : Optional.of(Instant.ofEpochMilli(untilMs));
        return new Reputation(
                row.getString("owner"),
                row.getBoolean("trusted"),
                row.getInt("confirmed"),
                row.getInt("failures"),
                until);
    }

    /// A run and the fence under which the caller owns it.
    public record Owned(String id, long fence) {}

    /// How a run ended.
    ///
    /// @param weightsSha256 empty if there are no weights
    public record End(String reason, long atMs, String weightsSha256) {}

    private static void write(Handle handle, Journal.Line record) {
        switch (record) {
            case Journal.Entry(var run, long sequence, long atMs, var event) ->
                    handle.execute(
                            "insert into journal (run_id, sequence, at_ms, event) values (?, ?, ?,"
                                    + " ?)",
                            run,
                            sequence,
                            atMs,
                            event);
            case Journal.Metric(var run, var metric) -> write(handle, run, metric);
        }
    }

    /// A round computed again after a restart replaces the same numbers.
    private static void write(Handle handle, String run, MetricRow metric) {
        switch (metric.kind()) {
            case ROUND ->
                    handle.execute(
                            "insert into round_metric (run_id, round, epoch, samples, loss,"
                                    + " accuracy, learning_rate, at_ms) values (?, ?, ?, ?, ?, ?,"
                                    + " ?, ?) on conflict (run_id, round) do update set epoch ="
                                    + " excluded.epoch, samples = excluded.samples, loss ="
                                    + " excluded.loss, accuracy = excluded.accuracy, learning_rate"
                                    + " = excluded.learning_rate, at_ms = excluded.at_ms",
                            run,
                            metric.round(),
                            metric.epoch(),
                            metric.samples(),
                            metric.loss(),
                            metric.accuracy(),
                            metric.learningRate(),
                            metric.atMs());
            case EVALUATION ->
                    handle.execute(
                            "insert into evaluation (run_id, epoch, samples, loss, accuracy,"
                                    + " at_ms) values (?, ?, ?, ?, ?, ?) on conflict (run_id,"
                                    + " epoch) do update set samples = excluded.samples, loss ="
                                    + " excluded.loss, accuracy = excluded.accuracy, at_ms ="
                                    + " excluded.at_ms",
                            run,
                            metric.epoch(),
                            metric.samples(),
                            metric.loss(),
                            metric.accuracy(),
                            metric.atMs());
        }
    }

    private static boolean isUsed(Handle handle, String blob) {
        return handle.createQuery(
                                "select count(*) from checkpoint where parameters = :blob or"
                                        + " optimizer_state = :blob")
                        .bind("blob", blob)
                        .mapTo(Integer.class)
                        .one()
                > 0;
    }

    private static RunRow run(ResultSet row, StatementContext context) throws SQLException {
        long endedAtMs = row.getLong("ended_at_ms");
        boolean hasEnded = !row.wasNull();
        return new RunRow(
                row.getString("id"),
                row.getString("owner"),
                row.getString("request"),
                row.getLong("created_at_ms"),
                RunRow.Status.valueOf(row.getString("status")),
                row.getString("reason"),
                row.getLong("fence"),
                hasEnded ? OptionalLong.of(endedAtMs) : OptionalLong.empty(),
                Optional.ofNullable(row.getString("weights_sha256"))
                        .filter(sha256 -> !sha256.isEmpty()));
    }

    private static CheckpointRow checkpoint(ResultSet row, StatementContext context)
            throws SQLException {
        return new CheckpointRow(
                row.getLong("sequence"),
                row.getInt("epoch"),
                row.getInt("round"),
                row.getLong("version"),
                row.getString("coverage"),
                row.getString("parameters"),
                row.getString("optimizer_state"),
                row.getInt("is_best") == 1);
    }

    static MetricRow metric(MetricRow.Kind kind, ResultSet row) throws SQLException {
        boolean isRound = kind == MetricRow.Kind.ROUND;
        return new MetricRow(
                kind,
                row.getInt("epoch"),
                isRound ? row.getInt("round") : 0,
                row.getLong("samples"),
                row.getDouble("loss"),
                row.getDouble("accuracy"),
                isRound ? row.getDouble("learning_rate") : 0,
                row.getLong("at_ms"));
    }
}
