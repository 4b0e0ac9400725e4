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

/// Tokens with which programs act for people; only their hashes are kept. Any thread may call.
final class ApiTokens {
    static final Duration LIFE_MAX = Duration.ofDays(366);
    static final int TOKENS_MAX = 100;
    static final int NAME_LENGTH_MAX = 64;

    private final Jdbi jdbi;
    private final InstantSource clock;

    ApiTokens(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// A new token, and what only its owner learns.
    record Created(ApiToken token, String secret) {}

    /// @param latestMs when it ends at the latest: no token outlives the one that asked for it
    /// @throws IllegalArgumentException if the name is too long or the person has too many
    Created create(
            String owner, String name, Set<TokenScope> scopes, Duration life, long latestMs) {
        requireName(name);
        require(!scopes.isEmpty(), "scopes: none (expected: one or more)");
        require(
                life.isPositive() && life.compareTo(LIFE_MAX) <= 0,
                "expiresInSeconds: %d (expected: 1 to %d)",
                life.toSeconds(),
                LIFE_MAX.toSeconds());
        long now = clock.millis();
        long end = Math.min(now + life.toMillis(), latestMs);
        var token = new ApiToken(Secret.id('t'), owner, name, scopes, now, end);
        var secret = "motley_" + Secret.random();
        jdbi.useTransaction(
                handle -> {
                    handle.execute("delete from api_token where expires_at_ms < ?", now);
                    int count =
                            handle.createQuery(
                                            "select count(*) from api_token where owner = :owner")
                                    .bind("owner", owner)
                                    .mapTo(Integer.class)
                                    .one();
                    require(count < TOKENS_MAX, "tokens: %d (expected: fewer; revoke some)", count);
                    handle.execute(
                            "insert into api_token (id, hash, owner, name, scopes, created_at_ms,"
                                    + " expires_at_ms) values (?, ?, ?, ?, ?, ?, ?)",
                            token.id(),
                            Secret.hash(secret),
                            owner,
                            name,
                            Words.list(scopes),
                            token.createdAtMs(),
                            token.expiresAtMs());
                });
        return new Created(token, secret);
    }

    /// @throws IllegalArgumentException if it is not for people to read
    static void requireName(String name) {
        require(
                name.length() <= NAME_LENGTH_MAX && name.chars().noneMatch(Character::isISOControl),
                "name: %d characters (expected: at most %d, on one line)",
                name.length(),
                NAME_LENGTH_MAX);
    }

    /// The token that has this secret and has not expired.
    Optional<ApiToken> withSecret(String secret) {
        return jdbi.withHandle(
                        handle ->
                                handle.createQuery("select * from api_token where hash = :hash")
                                        .bind("hash", Secret.hash(secret))
                                        .map(ApiTokens::token)
                                        .findOne())
                .filter(token -> clock.millis() < token.expiresAtMs());
    }

    /// Newest first.
    List<ApiToken> of(String owner) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select * from api_token where owner = :owner order by"
                                                + " created_at_ms desc, id")
                                .bind("owner", owner)
                                .map(ApiTokens::token)
                                .list());
    }

    /// @return whether there was one
    boolean revoke(String owner, String id) {
        return jdbi.withHandle(
                        handle ->
                                handle.execute(
                                        "delete from api_token where id = ? and owner = ?",
                                        id,
                                        owner))
                == 1;
    }

    void revokeAll(String owner) {
        jdbi.useHandle(handle -> handle.execute("delete from api_token where owner = ?", owner));
    }

    private static ApiToken token(ResultSet row, StatementContext context) throws SQLException {
        return new ApiToken(
                row.getString("id"),
                row.getString("owner"),
                row.getString("name"),
                Words.split("scopes", row.getString("scopes"), TokenScope.class),
                row.getLong("created_at_ms"),
                row.getLong("expires_at_ms"));
    }
}
