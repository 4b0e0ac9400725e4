package motley.simulation;

import java.util.List;
import java.util.function.Consumer;
import motley.rounds.Schedule;
import motley.rounds.credits.Account;
import motley.rounds.credits.Earning;
import motley.rounds.credits.Entry;
import motley.rounds.credits.Ledger;
import motley.rounds.credits.Price;

/// The ledger of one simulated run, on the coordinator's disk: it outlives the coordinator.
final class Treasury {
    static final String RUN = "r";

    /// Whoever wants the run.
    static final Account REQUESTOR = new Account.Person("requestor");

    private static final Account ESCROW = new Account.Escrow(RUN);

    /// What the integer model would be worth if its samples took this many operations.
    static final Price PRICE = new Price(1_700_000, 300_000);

    private final long reserve;
    private final Cashier cashier;
    private final Consumer<Observation> observer;
    private Ledger ledger = Ledger.EMPTY;

    Treasury(Schedule schedule, Cashier cashier, Consumer<Observation> observer) {
        reserve = PRICE.micros(schedule);
        this.cashier = cashier;
        this.observer = observer;
    }

    Price price() {
        return PRICE;
    }

    /// The requestor sets aside what the run will take.
    void open() {
        post(new Entry(RUN + "/reserve", REQUESTOR, ESCROW, reserve, Entry.Cause.RESERVE));
        observer.accept(new Observation.Paid(ledger));
    }

    void pay(List<Earning> due) {
        for (var earning : due) {
            var device = new Account.Person("device-" + earning.device().value());
            var cause = Entry.Cause.WORK;
            post(new Entry(earning.entryId(RUN), ESCROW, device, earning.micros(), cause));
        }
        if (!due.isEmpty()) observer.accept(new Observation.Paid(ledger));
    }

    /// What is left goes back.
    void settle() {
        long left = ledger.balance(ESCROW);
        if (left > 0) {
            post(new Entry(RUN + "/refund", ESCROW, REQUESTOR, left, Entry.Cause.REFUND));
        }
        observer.accept(new Observation.Settled(ledger));
    }

    private void post(Entry entry) {
        switch (ledger.post(entry)) {
            case Ledger.Outcome.Posted(var after) ->
                    ledger = cashier == Cashier.GENEROUS ? gifted(after, entry) : after;
            case Ledger.Outcome.Repeated() -> {}
            case Ledger.Outcome.Refused(var reason) -> throw new AssertionError(reason);
        }
    }

    private static Ledger gifted(Ledger after, Entry entry) {
        long more = after.balance(entry.to()) + 1;
        return new Ledger(after.balances().with(entry.to(), more), after.posted());
    }
}
