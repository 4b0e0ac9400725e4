package motley.coordinator.access;

import static motley.tensor.Require.require;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// Invitations and links to a new password; only their hashes are kept. Any thread may call.
final class OneTimeTokens {
    static final Duration LIFE_MAX = Duration.ofDays(31);
    static final int OPEN_MAX = 1_000;

    private final Jdbi jdbi;
    private final InstantSource clock;

    OneTimeTokens(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// A new one, and what its link holds.
    record Created(OneTimeToken token, String secret) {}

    Created invite(String createdBy, Set<Role> roles, Duration life) {
        require(!roles.isEmpty(), "roles: none (expected: one or more)");
        return add(OneTimeToken.Kind.INVITATION, "", roles, new By(createdBy, life));
    }

    /// Earlier links for the account end.
    Created reset(String createdBy, String account, Duration life) {
        jdbi.useHandle(
                handle -> handle.execute("delete from one_time_token where account = ?", account));
        return add(OneTimeToken.Kind.RESET, account, Set.of(), new By(createdBy, life));
    }

    private record By(String person, Duration life) {}

    private Created add(OneTimeToken.Kind kind, String account, Set<Role> roles, By by) {
        require(
                by.life.isPositive() && by.life.compareTo(LIFE_MAX) <= 0,
                "expiresInSeconds: %d (expected: 1 to %d)",
                by.life.toSeconds(),
                LIFE_MAX.toSeconds());
        long now = clock.millis();
        long end = now + by.life.toMillis();
        var token = new OneTimeToken(Secret.id('i'), kind, account, roles, by.person, now, end);
        var secret = Secret.random();
        jdbi.useTransaction(
                handle -> {
                    handle.execute("delete from one_time_token where expires_at_ms < ?", now);
                    int open =
                            handle.createQuery("select count(*) from one_time_token")
                                    .mapTo(Integer.class)
                                    .one();
                    require(open < OPEN_MAX, "links: %d are open (expected: fewer)", open);
                    handle.execute(
                            "insert into one_time_token (id, hash, kind, account, roles,"
                                    + " created_by, created_at_ms, expires_at_ms) values (?, ?, ?,"
                                    + " ?, ?, ?, ?, ?)",
                            token.id(),
                            Secret.hash(secret),
                            Words.of(kind),
                            account,
                            Words.list(roles),
                            by.person,
                            now,
                            end);
                });
        return new Created(token, secret);
    }

    /// The open one that has this secret.
    Optional<OneTimeToken> find(OneTimeToken.Kind kind, String secret) {
        return jdbi.withHandle(
                        handle ->
                                handle.createQuery(
                                                "select * from one_time_token where hash = :hash")
                                        .bind("hash", Secret.hash(secret))
                                        .map(OneTimeTokens::token)
                                        .findOne())
                .filter(token -> token.kind() == kind && clock.millis() < token.expiresAtMs());
    }

    /// Takes one away.
    ///
    /// @return false if somebody else did
    boolean use(OneTimeToken token) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "delete from one_time_token where id = ?", token.id()))
                == 1;
    }

    /// Open invitations, newest first.
    List<OneTimeToken> invitations() {
        return jdbi
                .withHandle(
                        handle ->
                                handle.createQuery(
                                                "select * from one_time_token order by"
                                                        + " created_at_ms desc, id")
                                        .map(OneTimeTokens::token)
                                        .list())
                .stream()
                .filter(token -> token.kind() == OneTimeToken.Kind.INVITATION)
                .filter(token -> clock.millis() < token.expiresAtMs())
                .toList();
    }

    private static OneTimeToken token(ResultSet row, StatementContext context) throws SQLException {
        return new OneTimeToken(
                row.getString("id"),
                Words.parse("kind", row.getString("kind"), OneTimeToken.Kind.class),
                row.getString("account"),
                Words.split("roles", row.getString("roles"), Role.class),
                row.getString("created_by"),
                row.getLong("created_at_ms"),
                row.getLong("expires_at_ms"));
    }
}
