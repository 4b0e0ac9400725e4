package motley.coordinator.access;

import static motley.tensor.Require.require;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// Tokens for devices, in links and QR codes. Any thread may call.
///
/// A token lets any device in until it expires. A device that came with it in time may come back
/// with it until it is revoked: a device that loses its connection must not lose its place. The
/// token follows from its id and a key, so a link can be shown again though it is not kept.
final class JoinTokens {
    static final Duration LIFE_MAX = Duration.ofDays(31);
    static final int TOKENS_MAX = 200;

    private static final Pattern FORM = Pattern.compile("(j[a-z0-9]{10})\\.([A-Za-z0-9_-]{43})");

    private final Jdbi jdbi;
    private final InstantSource clock;
    private final String key;

    /// @param key a secret that is not in the database
    JoinTokens(Jdbi jdbi, InstantSource clock, String key) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.key = key;
    }

    JoinToken create(String owner, String name, Duration life) {
        ApiTokens.requireName(name);
        require(
                life.isPositive() && life.compareTo(LIFE_MAX) <= 0,
                "expiresInSeconds: %d (expected: 1 to %d)",
                life.toSeconds(),
                LIFE_MAX.toSeconds());
        long now = clock.millis();
        var token = new JoinToken(Secret.id('j'), owner, name, now, now + life.toMillis(), 0);
        jdbi.useTransaction(
                handle -> {
                    handle.execute(
                            "delete from join_token where expires_at_ms < ? and id not in (select"
                                    + " join_token from device_owner)",
                            now);
                    int count =
                            handle.createQuery(
                                            "select count(*) from join_token where owner = :owner")
                                    .bind("owner", owner)
                                    .mapTo(Integer.class)
                                    .one();
                    require(
                            count < TOKENS_MAX,
                            "join tokens: %d (expected: fewer; revoke some)",
                            count);
                    handle.execute(
                            "insert into join_token (id, owner, name, created_at_ms,"
                                    + " expires_at_ms) values (?, ?, ?, ?, ?)",
                            token.id(),
                            owner,
                            name,
                            now,
                            token.expiresAtMs());
                });
        return token;
    }

    /// What a device is to show.
    String secret(JoinToken token) {
        return token.id() + "." + Secret.signed(key, token.id());
    }

    /// The token that has this secret, expired or not, until it is revoked.
    Optional<JoinToken> withSecret(String secret) {
        var parts = FORM.matcher(secret);
        if (!parts.matches()) return Optional.empty();
        if (!Secret.isEqual(Secret.signed(key, parts.group(1)), parts.group(2))) {
            return Optional.empty();
        }
        return query("id = :key", parts.group(1)).stream().findFirst();
    }

    /// Newest first.
    List<JoinToken> of(String owner) {
        return query("owner = :key", owner);
    }

    /// @return the devices that came with it; empty if there is no such token
    Optional<List<String>> revoke(String owner, String id) {
        return jdbi.inTransaction(
                handle -> {
                    int revoked =
                            handle.execute(
                                    "delete from join_token where id = ? and owner = ?", id, owner);
                    if (revoked == 0) return Optional.empty();
                    return Optional.of(
                            handle.createQuery(
                                            "select device from device_owner where join_token ="
                                                    + " :id")
                                    .bind("id", id)
                                    .mapTo(String.class)
                                    .list());
                });
    }

    boolean hasExpired(JoinToken token) {
        return clock.millis() >= token.expiresAtMs();
    }

    private List<JoinToken> query(String condition, String value) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select *, (select count(*) from device_owner d where"
                                                + " d.join_token = join_token.id) as devices from"
                                                + " join_token where "
                                                + condition
                                                + " order by created_at_ms desc, id")
                                .bind("key", value)
                                .map(JoinTokens::token)
                                .list());
    }

    private static JoinToken token(ResultSet row, StatementContext context) throws SQLException {
        return new JoinToken(
                row.getString("id"),
                row.getString("owner"),
                row.getString("name"),
                row.getLong("created_at_ms"),
                row.getLong("expires_at_ms"),
                row.getInt("devices"));
    }
}
