package motley.coordinator.credits;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import motley.rounds.credits.Account;
import motley.rounds.credits.Entry;
import motley.rounds.credits.Ledger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/// Posts entries within one transaction, by the rules of [Ledger].
final class Booker {
    private static final String INSERT =
            "insert into credit_entry (sequence, id, at_ms, from_account, to_account, micros,"
                    + " cause, run, device, kind, samples, flops, note) values (?, ?, ?, ?, ?, ?,"
                    + " ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing";

    private final Handle handle;
    private final long atMs;
    private final Map<Account, Long> moves = new TreeMap<>();
    private long next;

    Booker(Handle handle, long atMs) {
        this.handle = handle;
        this.atMs = atMs;
    }

    long balance(Account account) {
        return handle.createQuery("select balance from credit_account where account = :account")
                .bind("account", account.text())
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    /// The sequence number of the next entry.
    long next() {
        if (next == 0) {
            next =
                    handle.createQuery("select coalesce(max(sequence), 0) + 1 from credit_entry")
                            .mapTo(Long.class)
                            .one();
        }
        return next;
    }

    /// Who set credits aside for a run.
    Optional<Account> payerOf(String run) {
        return handle.createQuery(
                        "select from_account from credit_entry where to_account = :run and cause ="
                                + " 'RESERVE' order by sequence limit 1")
                .bind("run", new Account.Escrow(run).text())
                .mapTo(String.class)
                .findOne()
                .map(Account::parse);
    }

    /// Moves the credits, unless an entry of this id has moved them before.
    ///
    /// @throws IllegalStateException if they cannot be moved: a bug, which the transaction undoes
    void book(Booking booking) {
        insert(List.of(booking));
        moveInserted();
    }

    /// Writes the entries whose ids are new, but moves nothing yet.
    ///
    /// @return micro-credits of those that were new
    long insert(List<Booking> bookings) {
        var batch = handle.prepareBatch(INSERT);
        for (var booking : bookings) bind(batch, booking);
        var counts = batch.execute();
        long micros = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 0) continue;
            var entry = bookings.get(i).entry();
            moves.merge(entry.from(), -entry.micros(), Math::addExact);
            moves.merge(entry.to(), entry.micros(), Math::addExact);
            micros += entry.micros();
        }
        return micros;
    }

    /// Moves the credits of the entries that were written.
    ///
    /// @throws IllegalStateException if they are not there: a bug, which the transaction undoes
    void moveInserted() {
        moves.forEach(this::move);
        moves.clear();
    }

    private void bind(PreparedBatch batch, Booking booking) {
        var entry = booking.entry();
        var work = booking.work();
        long sequence = next();
        next = sequence + 1;
        batch.add(
                sequence,
                entry.id(),
                atMs,
                entry.from().text(),
                entry.to().text(),
                entry.micros(),
                entry.cause().name(),
                booking.run(),
                work.device(),
                work.kind(),
                work.samples(),
                work.flops(),
                booking.note());
    }

    private void move(Account account, long micros) {
        Ledger.refusal(account, balance(account), -micros)
                .ifPresent(
                        reason -> {
                            throw new IllegalStateException(reason);
                        });
        handle.execute(
                "insert into credit_account (account, balance) values (?, ?) on conflict (account)"
                        + " do update set balance = credit_account.balance + excluded.balance",
                account.text(),
                micros);
    }

    static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getString("id"),
                Account.parse(row.getString("from_account")),
                Account.parse(row.getString("to_account")),
                row.getLong("micros"),
                Entry.Cause.valueOf(row.getString("cause")));
    }
}
