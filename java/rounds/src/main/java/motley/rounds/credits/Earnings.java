package motley.rounds.credits;

import java.util.List;
import java.util.Map;
import motley.rounds.OrderedMap;

/// What a run owes for answers that are not paid yet: a value.
///
/// An answer is paid when the parameters that hold it are durable, in the same transaction. So a
/// coordinator that is killed forgets what it owed together with the work: what is computed again
/// is paid once, to whoever computes it again.
///
/// @param open for answers of the open round or evaluation, in the order they were accepted
/// @param due for answers of rounds that have closed, not paid yet
/// @param count how many answers there were
public record Earnings(OrderedMap<Long, Earning> open, OrderedMap<Long, Earning> due, long count) {
    public static final Earnings NONE = new Earnings(OrderedMap.empty(), OrderedMap.empty(), 0);

    /// One more answer counts.
    public Earnings with(Earning earning) {
        return new Earnings(open.with(count, earning), due, count + 1);
    }

    /// The open round begins anew: nothing in it counts.
    public Earnings recalled() {
        return new Earnings(OrderedMap.empty(), due, count);
    }

    /// The open round, or evaluation, has closed: what was accepted so far counts with it.
    public Earnings closed() {
        var all = due;
        for (var entry : open) all = all.with(entry.getKey(), entry.getValue());
        return new Earnings(OrderedMap.empty(), all, count);
    }

    /// How far a payment that begins now may go: to be given to [#dueBefore] and [#paid].
    public long mark() {
        return due.last().map(last -> last.getKey() + 1).orElse(0L);
    }

    /// What is due, of answers before `mark`.
    public List<Earning> dueBefore(long mark) {
        return due.entries()
                .filter(entry -> entry.getKey() < mark)
                .map(Map.Entry::getValue)
                .toList();
    }

    /// What was due before `mark` is paid.
    public Earnings paid(long mark) {
        var left = due;
        for (var first = left.first(); first.isPresent(); first = left.first()) {
            if (first.get().getKey() >= mark) break;
            left = left.without(first.get().getKey());
        }
        return new Earnings(open, left, count);
    }

    /// Micro-credits of all that is not paid.
    public long micros() {
        return sum(open) + sum(due);
    }

    private static long sum(OrderedMap<Long, Earning> earnings) {
        return earnings.values().mapToLong(Earning::micros).sum();
    }
}
