package motley.simulation;

import static motley.simulation.Checker.check;

import java.util.HashMap;
import java.util.Map;
import motley.rounds.Kind;
import motley.rounds.LeaseId;
import motley.rounds.Range;
import motley.rounds.Schedule;
import motley.rounds.Task;
import motley.rounds.credits.Entry;
import motley.rounds.credits.Ledger;

/// No credit comes from nowhere or gets lost, whatever crashes: the sum of all accounts is zero,
/// the same samples are paid once an epoch, only to whom an answer was accepted from, and in the
/// end all of them are.
final class CreditsBalanced implements Checker {
    private final Schedule schedule;

    /// Every answer that was ever accepted, by its lease.
    private final Map<String, Observation.Added> accepted = new HashMap<>();

    /// Which lease was paid for a piece of work.
    private final Map<Work, String> paid = new HashMap<>();

    private int entriesSeen;

    /// What is worth something once, however often it is computed.
    private record Work(Kind kind, int epoch, Range samples) {
        static Work of(Task task) {
            return new Work(task.kind(), task.epoch(), task.samples());
        }
    }

    CreditsBalanced(Schedule schedule) {
        this.schedule = schedule;
    }

    @Override
    public void observe(Observation observation) {
        switch (observation) {
            case Observation.Added added ->
                    accepted.put(entryId(added.task().key().lease()), added);
            case Observation.Paid(var ledger) -> balance(ledger);
            case Observation.Settled(var ledger) -> settle(ledger);
            case Observation.Stepped _,
                    Observation.Started _,
                    Observation.Closed _,
                    Observation.Applied _,
                    Observation.Evaluated _,
                    Observation.Saved _,
                    Observation.NotSaved _ -> {}
        }
    }

    private void balance(Ledger ledger) {
        long sum = 0;
        for (var entry : ledger.balances()) sum += entry.getValue();
        check(sum == 0, "%d micro-credits in all accounts together (expected: 0)", sum);
        check(ledger.posted().size() >= entriesSeen, "entries are gone from %s", ledger.posted());
        entriesSeen = ledger.posted().size();
        for (var posted : ledger.posted()) {
            if (posted.getValue().cause() == Entry.Cause.WORK) checkWork(posted.getValue());
        }
    }

    private void checkWork(Entry entry) {
        var answer = accepted.get(entry.id());
        if (answer == null) {
            throw new AssertionError("paid %s (expected: an accepted answer)".formatted(entry));
        }
        var task = answer.task();
        var to = "person:device-" + answer.device().value();
        check(entry.to().text().equals(to), "paid %s (expected: to %s)", entry, to);
        long worth = worth(task.kind(), task.samples().count());
        check(entry.micros() == worth, "paid %s (expected: %d)", entry, worth);
        var before = paid.putIfAbsent(Work.of(task), entry.id());
        boolean isFirst = before == null || before.equals(entry.id());
        check(isFirst, "paid %s, and %s for the same samples (expected: once)", entry, before);
    }

    private void settle(Ledger ledger) {
        balance(ledger);
        long work = 0;
        for (var posted : ledger.posted()) {
            if (posted.getValue().cause() == Entry.Cause.WORK) work += posted.getValue().micros();
        }
        long expected = 0;
        for (var each : paid.keySet()) expected += worth(each.kind(), each.samples().count());
        check(work == expected, "%d micro-credits for work (expected: %d)", work, expected);
        checkSamples(Kind.TRAIN, (long) schedule.epochs() * schedule.trainSamples());
        long evaluations = 0;
        for (int epoch = 0; epoch < schedule.epochs(); epoch++) {
            if (schedule.evaluatesAfter(epoch)) evaluations++;
        }
        checkSamples(Kind.EVALUATE, evaluations * schedule.evaluationSamples());
    }

    private void checkSamples(Kind kind, long expected) {
        long samples =
                paid.keySet().stream()
                        .filter(work -> work.kind() == kind)
                        .mapToLong(work -> work.samples().count())
                        .sum();
        check(samples == expected, "%d samples paid, %s (expected: %d)", samples, kind, expected);
    }

    private static String entryId(LeaseId lease) {
        return Treasury.RUN + "/" + lease;
    }

    /// Counted here once more, by the rule and not by its code.
    private static long worth(Kind kind, int samples) {
        long each = kind == Kind.TRAIN ? 1_700_000 : 300_000;
        return Math.max(1, (each * samples + 999_999) / 1_000_000);
    }
}
