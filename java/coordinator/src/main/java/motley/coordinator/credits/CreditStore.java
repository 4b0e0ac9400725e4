package motley.coordinator.credits;

import static motley.tensor.Require.require;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import motley.coordinator.access.Person;
import motley.rounds.credits.Account;
import motley.rounds.credits.Entry;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The ledger in the database. Any thread may call; every change is one transaction.
public final class CreditStore {
    private final Jdbi jdbi;
    private final InstantSource clock;

    public CreditStore(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// What somebody has.
    ///
    /// @param balance all that is theirs, in micro-credits; below zero: they owe it
    /// @param reserved set aside for runs that are not over
    /// @param earned for the work of their devices
    /// @param spent on the work of others' devices and their own
    /// @param granted by the house
    public record Standing(long balance, long reserved, long earned, long spent, long granted) {}

    /// An entry as a statement shows it.
    ///
    /// @param sequence in the order they were made
    public record Line(
            long sequence,
            long atMs,
            Entry entry,
            String run,
            String device,
            String kind,
            long samples,
            long flops,
            String note) {}

    /// Sets `micros` aside for `run`, with the transaction of `handle` that makes the run.
    ///
    /// @throws IllegalArgumentException if the person would owe more than is allowed
    public void reserve(Handle handle, String run, String person, long micros) {
        if (micros <= 0) return;
        var from = new Account.Person(person);
        requireLimit(handle, from, micros);
        var entry =
                new Entry(
                        run + "/reserve",
                        from,
                        new Account.Escrow(run),
                        micros,
                        Entry.Cause.RESERVE);
        new Booker(handle, clock.millis()).book(new Booking(entry, run));
    }

    /// Pays what is due for a run, with the transaction of `handle` that makes the work durable.
    /// Where its reserve is not enough, more is set aside: the work is done.
    ///
    /// @param payer who wants the run
    void pay(Handle handle, String run, String payer, List<Payroll.Due> due) {
        if (due.isEmpty()) return;
        var escrow = new Account.Escrow(run);
        var booker = new Booker(handle, clock.millis());
        long unpaid = booker.insert(due.stream().map(each -> booking(run, escrow, each)).toList());
        long missing = unpaid - booker.balance(escrow);
        if (missing > 0) {
            var id = due.getFirst().earning().entryId(run) + "/reserve";
            var from = new Account.Person(payer);
            var more = new Entry(id, from, escrow, missing, Entry.Cause.RESERVE);
            booker.book(new Booking(more, run));
        }
        booker.moveInserted();
    }

    private static Booking booking(String run, Account escrow, Payroll.Due due) {
        var earning = due.earning();
        var entry =
                new Entry(
                        earning.entryId(run),
                        escrow,
                        new Account.Person(due.payee().person()),
                        earning.micros(),
                        Entry.Cause.WORK);
        var task = earning.task();
        var kind = task.kind().name().toLowerCase(Locale.ROOT);
        var work =
                new Booking.Work(due.payee().device(), kind, task.samples().count(), due.flops());
        return new Booking(entry, run, work, "");
    }

    /// Who set credits aside for a run; empty: nobody.
    public Optional<String> payer(String run) {
        var payer = jdbi.withHandle(handle -> new Booker(handle, 0).payerOf(run));
        return payer.map(account -> account instanceof Account.Person(var id) ? id : "");
    }

    /// Micro-credits paid for the work of a run.
    public long paid(String run) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select coalesce(sum(micros), 0) from credit_entry where"
                                                + " run = :run and cause = 'WORK'")
                                .bind("run", run)
                                .mapTo(Long.class)
                                .one());
    }

    /// Gives back what a run that is over did not need. Does nothing the second time.
    public void refund(String run) {
        jdbi.useTransaction(
                handle -> {
                    var escrow = new Account.Escrow(run);
                    var booker = new Booker(handle, clock.millis());
                    long left = booker.balance(escrow);
                    var payer = booker.payerOf(run);
                    if (left <= 0 || payer.isEmpty()) return;
                    var id = "%s/refund/%d".formatted(run, booker.next());
                    var entry = new Entry(id, escrow, payer.get(), left, Entry.Cause.REFUND);
                    booker.book(new Booking(entry, run));
                });
    }

    /// The house gives somebody credits.
    public void grant(String person, long micros, String note) {
        jdbi.useTransaction(
                handle -> {
                    var entry =
                            new Entry(
                                    "grant/" + UUID.randomUUID(),
                                    new Account.House(),
                                    new Account.Person(person),
                                    micros,
                                    Entry.Cause.GRANT);
                    var booking = new Booking(entry, "", Booking.Work.NONE, note);
                    new Booker(handle, clock.millis()).book(booking);
                });
    }

    /// How far people may owe; empty: as far as they like.
    public OptionalLong limit() {
        return jdbi.withHandle(CreditStore::limit);
    }

    /// @param micros how far people may owe from now on; empty: as far as they like
    public void limit(OptionalLong micros) {
        micros.ifPresent(
                value -> require(value >= 0, "limitMicros: %d (expected: at least 0)", value));
        jdbi.useTransaction(
                handle -> {
                    handle.execute("delete from credit_limit");
                    if (micros.isEmpty()) return;
                    handle.execute(
                            "insert into credit_limit (id, micros) values (1, ?)",
                            micros.getAsLong());
                });
    }

    public Standing standing(Person person) {
        var account = new Account.Person(person.id()).text();
        return jdbi.inTransaction(
                handle ->
                        new Standing(
                                new Booker(handle, 0).balance(Account.parse(account)),
                                reserved(handle, account),
                                sum(handle, "to_account", account, Entry.Cause.WORK),
                                spent(handle, account),
                                sum(handle, "to_account", account, Entry.Cause.GRANT)));
    }

    /// Entries of somebody's account and of the runs they pay, newest first.
    ///
    /// @param before only those with a lower sequence number
    /// @param count at most so many
    public List<Line> statement(Person person, long before, int count) {
        var account = new Account.Person(person.id()).text();
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select * from credit_entry where sequence < :before and"
                                                + " (from_account = :account or to_account ="
                                                + " :account or from_account in (select to_account"
                                                + " from credit_entry where from_account ="
                                                + " :account and cause = 'RESERVE')) order by"
                                                + " sequence desc limit :count")
                                .bind("before", before)
                                .bind("account", account)
                                .bind("count", count)
                                .map((row, _) -> line(row))
                                .list());
    }

    /// Micro-credits paid for a run so far, by each device.
    public List<Contribution> contributions(String run) {
        return contributions("run", run, "");
    }

    /// What a device was paid for, run by run.
    ///
    /// @param person whose work it was; empty: anybody's
    public List<Contribution> work(String device, String person) {
        return contributions("device", device, person);
    }

    /// What one device has done for one run, as far as it is paid.
    public record Contribution(
            String run,
            String device,
            String person,
            long tasks,
            long samples,
            long flops,
            long micros,
            long firstAtMs,
            long lastAtMs) {}

    /// What one device has earned for one person, in all.
    public record Earning(
            String device, long runs, long tasks, long samples, long micros, long lastAtMs) {}

    /// What somebody was paid for, device by device, the one that was paid last at the front.
    public List<Earning> earnings(String person) {
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select device, count(distinct run) runs, count(*) tasks,"
                                                + " sum(case when kind = 'train' then samples else"
                                                + " 0 end) samples, sum(micros) micros, max(at_ms)"
                                                + " last_ms from credit_entry where to_account ="
                                                + " :account and cause = 'WORK' group by device"
                                                + " order by last_ms desc, device")
                                .bind("account", new Account.Person(person).text())
                                .map((row, _) -> earning(row))
                                .list());
    }

    private List<Contribution> contributions(String column, String value, String person) {
        var account = person.isEmpty() ? "" : new Account.Person(person).text();
        return jdbi.withHandle(
                handle ->
                        handle.createQuery(
                                        "select run, device, to_account, count(*) tasks,"
                                                + " sum(case when kind = 'train' then samples else"
                                                + " 0 end) samples, sum(flops) flops, sum(micros)"
                                                + " micros, min(at_ms) first_ms, max(at_ms)"
                                                + " last_ms from credit_entry where "
                                                + column
                                                + " = :value and cause = 'WORK' and (:account = ''"
                                                + " or to_account = :account) group by run, device,"
                                                + " to_account order by micros desc, run, device")
                                .bind("value", value)
                                .bind("account", account)
                                .map((row, _) -> contribution(row))
                                .list());
    }

    /// Micro-credits paid for all work, and all that is set aside.
    public Totals totals() {
        return jdbi.withHandle(
                handle ->
                        new Totals(
                                one(
                                        handle,
                                        "select coalesce(sum(micros), 0) from credit_entry where"
                                                + " cause = 'WORK'"),
                                one(
                                        handle,
                                        "select coalesce(sum(balance), 0) from credit_account"
                                                + " where account like 'run:%'"),
                                one(handle, "select count(*) from credit_entry")));
    }

    /// @param entries how many there are
    public record Totals(long paid, long reserved, long entries) {}

    /// What is wrong with the ledger, in one sentence each; empty: nothing.
    public List<String> check() {
        return jdbi.inTransaction(handle -> new LedgerCheck(handle).findings());
    }

    private void requireLimit(Handle handle, Account from, long micros) {
        var limit = limit(handle);
        if (limit.isEmpty()) return;
        long balance = new Booker(handle, 0).balance(from);
        long left = balance + limit.getAsLong();
        require(
                micros <= left,
                "budget: %s credits (expected: at most %s, your balance of %s and what people may"
                        + " owe here, %s)",
                Credits.text(micros),
                Credits.text(Math.max(0, left)),
                Credits.text(balance),
                Credits.text(limit.getAsLong()));
    }

    private static OptionalLong limit(Handle handle) {
        return handle.createQuery("select micros from credit_limit")
                .mapTo(Long.class)
                .findOne()
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
    }

    private static long reserved(Handle handle, String account) {
        return handle.createQuery(
                        "select coalesce(sum(balance), 0) from credit_account where account in"
                                + " (select to_account from credit_entry where from_account ="
                                + " :account and cause = 'RESERVE')")
                .bind("account", account)
                .mapTo(Long.class)
                .one();
    }

    private static long spent(Handle handle, String account) {
        return handle.createQuery(
                        "select coalesce(sum(micros), 0) from credit_entry where cause = 'WORK' and"
                                + " from_account in (select to_account from credit_entry where"
                                + " from_account = :account and cause = 'RESERVE')")
                .bind("account", account)
                .mapTo(Long.class)
                .one();
    }

    private static long sum(Handle handle, String column, String account, Entry.Cause cause) {
        return handle.createQuery(
                        "select coalesce(sum(micros), 0) from credit_entry where "
                                + column
                                + " = :account and cause = :cause")
                .bind("account", account)
                .bind("cause", cause.name())
                .mapTo(Long.class)
                .one();
    }

    private static long one(Handle handle, String query) {
        return handle.createQuery(query).mapTo(Long.class).one();
    }

    private static Line line(ResultSet row) throws SQLException {
        return new Line(
                row.getLong("sequence"),
                row.getLong("at_ms"),
                Booker.entry(row),
                row.getString("run"),
                row.getString("device"),
                row.getString("kind"),
                row.getLong("samples"),
                row.getLong("flops"),
                row.getString("note"));
    }

    private static Earning earning(ResultSet row) throws SQLException {
        return new Earning(
                row.getString("device"),
                row.getLong("runs"),
                row.getLong("tasks"),
                row.getLong("samples"),
                row.getLong("micros"),
                row.getLong("last_ms"));
    }

    private static Contribution contribution(ResultSet row) throws SQLException {
        var to = Account.parse(row.getString("to_account"));
        return new Contribution(
                row.getString("run"),
                row.getString("device"),
                to instanceof Account.Person(var id) ? id : "",
                row.getLong("tasks"),
                row.getLong("samples"),
                row.getLong("flops"),
                row.getLong("micros"),
                row.getLong("first_ms"),
                row.getLong("last_ms"));
    }
}
