package motley.coordinator.access;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// Browsers that are logged in. What their cookies hold is known here by its hash only. Any thread
/// may call.
final class WebSessions {
    /// A session ends when it was not used for so long.
    static final Duration IDLE_MAX = Duration.ofDays(7);

    /// It ends in any case.
    static final Duration AGE_MAX = Duration.ofDays(30);

    /// Sessions of one account; the oldest go.
    static final int SESSIONS_MAX = 50;

    /// How exactly it is known when a session was last used.
    private static final Duration SEEN_EVERY = Duration.ofMinutes(5);

    private final Jdbi jdbi;
    private final InstantSource clock;

    WebSessions(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    private record Row(String account, long createdAtMs, long seenAtMs) {}

    /// A new session.
    ///
    /// @return what the cookie is to hold
    String open(String account, String address) {
        var secret = Secret.random();
        long now = clock.millis();
        jdbi.useTransaction(
                handle -> {
                    handle.execute(
                            "delete from web_session where created_at_ms < ? or seen_at_ms < ?",
                            now - AGE_MAX.toMillis(),
                            now - IDLE_MAX.toMillis());
                    handle.execute(
                            "delete from web_session where account = ? and hash not in (select"
                                    + " hash from web_session where account = ? order by"
                                    + " created_at_ms desc limit ?)",
                            account,
                            account,
                            SESSIONS_MAX - 1);
                    handle.execute(
                            "insert into web_session (hash, account, created_at_ms, seen_at_ms,"
                                    + " address) values (?, ?, ?, ?, ?)",
                            Secret.hash(secret),
                            account,
                            now,
                            now,
                            address);
                });
        return secret;
    }

    /// The account whose session it is, if it goes on.
    Optional<String> accountOf(String secret) {
        var hash = Secret.hash(secret);
        var found =
                jdbi.withHandle(
                        handle ->
                                handle.createQuery("select * from web_session where hash = :hash")
                                        .bind("hash", hash)
                                        .map(
                                                (row, context) ->
                                                        new Row(
                                                                row.getString("account"),
                                                                row.getLong("created_at_ms"),
                                                                row.getLong("seen_at_ms")))
                                        .findOne());
        long now = clock.millis();
        var live =
                found.filter(row -> now - row.createdAtMs < AGE_MAX.toMillis())
                        .filter(row -> now - row.seenAtMs < IDLE_MAX.toMillis());
        if (live.filter(row -> now - row.seenAtMs > SEEN_EVERY.toMillis()).isPresent()) {
            jdbi.useHandle(
                    handle ->
                            handle.execute(
                                    "update web_session set seen_at_ms = ? where hash = ?",
                                    now,
                                    hash));
        }
        return live.map(Row::account);
    }

    void end(String secret) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "delete from web_session where hash = ?", Secret.hash(secret)));
    }

    /// Ends all sessions of an account.
    void endAll(String account) {
        jdbi.useHandle(
                handle -> handle.execute("delete from web_session where account = ?", account));
    }

    /// What a page must send beside the cookie to change something: other origins can neither read
    /// nor guess it.
    static String csrf(String secret) {
        return Secret.signed(secret, "csrf");
    }
}
