package motley.coordinator.storage;

import java.util.List;
import org.jdbi.v3.core.Jdbi;

/// What became of a run, as its metrics and its journal tell it.
public final class RunHistory {
    private final Jdbi jdbi;

    public RunHistory(Database database) {
        jdbi = database.jdbi();
    }

    /// Metrics of rounds, thinned.
    ///
    /// @param roundsPerPoint how many rounds a point is the mean of
    public record Curve(int roundsPerPoint, List<MetricRow> points) {}

    /// Something that happened.
    ///
    /// @param event as JSON
    public record Entry(long sequence, long atMs, String event) {}

    /// All rounds of a run in at most `pointsMax` points, each the mean over as many rounds, with
    /// their samples together and the number of the last.
    public Curve curve(String run, int pointsMax) {
        return jdbi.withHandle(
                handle -> {
                    int rounds =
                            handle.createQuery(
                                            "select coalesce(max(round) + 1, 0) from round_metric"
                                                    + " where run_id = ?")
                                    .bind(0, run)
                                    .mapTo(Integer.class)
                                    .one();
                    int each = Math.max(1, Math.ceilDiv(rounds, pointsMax));
                    var points =
                            handle.createQuery(
                                            """
                                            select max(round) as round, max(epoch) as epoch,
                                              sum(samples) as samples,
                                              sum(loss * samples) / sum(samples) as loss,
                                              sum(accuracy * samples) / sum(samples) as accuracy,
                                              avg(learning_rate) as learning_rate,
                                              max(at_ms) as at_ms
                                            from round_metric where run_id = :run
                                            group by round / :each order by 1
                                            """)
                                    .bind("run", run)
                                    .bind("each", each)
                                    .map(
                                            (row, context) ->
                                                    Database.metric(MetricRow.Kind.ROUND, row))
                                    .list();
                    return new Curve(each, points);
                });
    }

    /// The newest entries of a run's journal before one, newest first.
    ///
    /// @param before a sequence number that none of them reaches
    public List<Entry> entries(String run, long before, int count) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        """
                                        select sequence, at_ms, event from journal
                                        where run_id = :run and sequence < :before
                                        order by sequence desc limit :count
                                        """)
                                .bind("run", run)
                                .bind("before", before)
                                .bind("count", count)
                                .map(
                                        (row, context) ->
                                                new Entry(
                                                        row.getLong("sequence"),
                                                        row.getLong("at_ms"),
                                                        row.getString("event")))
                                .list());
    }
}
