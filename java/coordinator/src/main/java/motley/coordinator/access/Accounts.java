package motley.coordinator.access;

import static motley.tensor.Require.require;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/// The accounts in the database. Any thread may call.
final class Accounts {
    static final int ACCOUNTS_MAX = 100_000;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{1,31}");

    /// Whoever has the home folder's token, whoever has nothing, and all of them.
    private static final Set<String> TAKEN =
            Set.of(Person.OWNER.name(), Person.NOBODY.name(), Shares.EVERYBODY, "system");

    private final Jdbi jdbi;
    private final InstantSource clock;

    Accounts(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// @throws IllegalArgumentException if no account may be called so
    static void requireName(String name) {
        require(
                NAME.matcher(name).matches() && !TAKEN.contains(name),
                "name: %s (expected: 2 to 32 of a-z, 0-9, dot, hyphen, underscore)",
                name.length() > 64 ? name.substring(0, 64) + "…" : name);
    }

    /// A new account.
    ///
    /// @param password its hash
    /// @throws IllegalArgumentException if the name is taken
    Account add(String name, String password, Set<Role> roles) {
        requireName(name);
        var account = new Account(Secret.id('p'), name, password, roles, false, clock.millis());
        jdbi.useTransaction(
                handle -> {
                    var count = "select count(*) from account";
                    int all = handle.createQuery(count).mapTo(Integer.class).one();
                    int same =
                            handle.createQuery(count + " where name = :name")
                                    .bind("name", name)
                                    .mapTo(Integer.class)
                                    .one();
                    require(same == 0, "name: %s is taken (expected: another)", name);
                    require(all < ACCOUNTS_MAX, "accounts: %d (expected: no more)", all);
                    handle.execute(
                            "insert into account (id, name, password, roles, disabled,"
                                    + " created_at_ms) values (?, ?, ?, ?, 0, ?)",
                            account.id(),
                            account.name(),
                            account.password(),
                            Words.list(account.roles()),
                            account.createdAtMs());
                });
        return account;
    }

    /// By name.
    List<Account> all() {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery("select * from account order by name")
                                .map(Accounts::account)
                                .list());
    }

    Optional<Account> named(String name) {
        return one("select * from account where name = :key", name);
    }

    Optional<Account> withId(String id) {
        return one("select * from account where id = :key", id);
    }

    /// By id or by name.
    Optional<Account> find(String idOrName) {
        return withId(idOrName).or(() -> named(idOrName));
    }

    /// The person with this id, while they may use the coordinator.
    Optional<Person> person(String id) {
        if (id.equals(Person.OWNER.id())) return Optional.of(Person.OWNER);
        return withId(id).filter(account -> !account.isDisabled()).map(Account::person);
    }

    /// What a person is called.
    Optional<String> nameOf(String id) {
        if (id.equals(Person.OWNER.id())) return Optional.of(Person.OWNER.name());
        return withId(id).map(Account::name);
    }

    void setPassword(String id, String hash) {
        jdbi.useHandle(
                handle -> handle.execute("update account set password = ? where id = ?", hash, id));
    }

    /// Changes what a person may do, unless that leaves no administrator.
    ///
    /// @throws IllegalArgumentException if it would
    void change(Account account, Set<Role> roles, boolean isDisabled) {
        jdbi.useTransaction(
                handle -> {
                    handle.execute(
                            "update account set roles = ?, disabled = ? where id = ?",
                            Words.list(roles),
                            isDisabled ? 1 : 0,
                            account.id());
                    boolean isLast =
                            account.roles().contains(Role.ADMINISTRATOR)
                                    && handle
                                            .createQuery("select * from account where disabled = 0")
                                            .map(Accounts::account)
                                            .stream()
                                            .noneMatch(Accounts::isAdministrator);
                    require(
                            !isLast,
                            "account: %s is the last administrator (expected: one stays)",
                            account.name());
                });
    }

    boolean hasAdministrator() {
        return all().stream().anyMatch(a -> !a.isDisabled() && isAdministrator(a));
    }

    private static boolean isAdministrator(Account account) {
        return account.roles().contains(Role.ADMINISTRATOR);
    }

    private Optional<Account> one(String query, String key) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(query)
                                .bind("key", key)
                                .map(Accounts::account)
                                .findOne());
    }

    private static Account account(ResultSet row, StatementContext context) throws SQLException {
        return new Account(
                row.getString("id"),
                row.getString("name"),
                row.getString("password"),
                Words.split("roles", row.getString("roles"), Role.class),
                row.getInt("disabled") != 0,
                row.getLong("created_at_ms"));
    }
}
