package motley.coordinator.credits;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import motley.rounds.DeviceId;
import motley.rounds.Task;
import motley.rounds.credits.Earning;
import motley.rounds.credits.Earnings;
import motley.rounds.credits.Price;
import org.jdbi.v3.core.Handle;

/// What one run owes to those who work for it, until it is paid.
///
/// The run's thread says what counts, the one that writes its checkpoints pays.
public final class Payroll {
    private final CreditStore store;
    private final Terms terms;
    private final Map<DeviceId, Payee> payees = new HashMap<>();
    private Earnings earnings = Earnings.NONE;

    /// Paid or owed, in micro-credits, since the run began.
    private long promised;

    /// @param payer who wants the run
    public record Terms(String run, String payer, Price price, Budget budget) {}

    /// What a run may take.
    ///
    /// @param micros in all; empty: what it takes
    /// @param ahead what a round, and an evaluation after it, take at most
    public record Budget(OptionalLong micros, long ahead) {}

    /// Who is paid.
    ///
    /// @param device that did the work, by its own id
    /// @param person whose device it is
    public record Payee(String device, String person) {}

    /// What is due to somebody.
    record Due(Earning earning, Payee payee, long flops) {}

    public Payroll(CreditStore store, Terms terms) {
        this.store = store;
        this.terms = terms;
        promised = store.paid(terms.run);
    }

    /// An answer to `task` counts.
    public synchronized void earned(DeviceId device, Payee payee, Task task) {
        payees.put(device, payee);
        long micros = terms.price.micros(task);
        earnings = earnings.with(new Earning(device, task, micros));
        promised += micros;
    }

    /// Why the run must end, if its budget does not last for what comes next.
    public synchronized Optional<String> exhausted() {
        var budget = terms.budget;
        if (budget.micros.isEmpty()) return Optional.empty();
        long all = budget.micros.getAsLong();
        if (promised + budget.ahead <= all) return Optional.empty();
        return Optional.of(
                "the budget of %s credits does not pay another round".formatted(Credits.text(all)));
    }

    /// Nothing in the open round counts.
    public synchronized void recalled() {
        earnings = earnings.recalled();
    }

    /// The open round, or evaluation, is done.
    public synchronized void closed() {
        earnings = earnings.closed();
    }

    /// How far a payment that begins now may go.
    public synchronized long mark() {
        return earnings.mark();
    }

    /// Pays what was due before `mark`, with the transaction of `handle`.
    public void pay(Handle handle, long mark) {
        store.pay(handle, terms.run, terms.payer, due(mark));
    }

    /// The transaction of [#pay] is durable.
    public synchronized void paid(long mark) {
        earnings = earnings.paid(mark);
    }

    /// Gives back what is left: the run is over.
    public void refund() {
        store.refund(terms.run);
    }

    private synchronized List<Due> due(long mark) {
        return earnings.dueBefore(mark).stream().map(this::due).toList();
    }

    private Due due(Earning earning) {
        var payee = Objects.requireNonNull(payees.get(earning.device()));
        return new Due(earning, payee, terms.price.flops(earning.task()));
    }
}
