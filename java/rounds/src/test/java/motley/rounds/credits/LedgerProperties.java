package motley.rounds.credits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Laws of a ledger, over random entries in any order, some of them posted again.
final class LedgerProperties {
    private static final int SEEDS = 200;

    @Test
    void sumIsZeroAndEscrowsAreNeverOverdrawn() {
        for (long seed = Long.getLong("motley.seed", 0); seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var ledger = Ledger.EMPTY;
            for (var entry : entries(random, 60)) {
                if (ledger.post(entry) instanceof Ledger.Outcome.Posted(var after)) ledger = after;
                assertThat(ledger.sum()).as("seed %d", seed).isZero();
                for (var balance : ledger.balances()) {
                    if (!(balance.getKey() instanceof Account.Escrow)) continue;
                    assertThat(balance.getValue()).as("seed %d", seed).isNotNegative();
                }
            }
        }
    }

    @Test
    void postingEverythingAgainChangesNothing() {
        for (long seed = Long.getLong("motley.seed", 0); seed < SEEDS; seed++) {
            var random = new SplittableRandom(seed);
            var ledger = Ledger.EMPTY;
            var counted = new ArrayList<Entry>();
            for (var entry : entries(random, 40)) {
                if (!(ledger.post(entry) instanceof Ledger.Outcome.Posted(var after))) continue;
                ledger = after;
                counted.add(entry);
            }
            for (var entry : counted) {
                assertThat(ledger.post(entry))
                        .as("seed %d", seed)
                        .isInstanceOf(Ledger.Outcome.Repeated.class);
            }
            assertThat(replayed(counted)).as("seed %d", seed).isEqualTo(ledger);
        }
    }

    @Test
    void idOfAnotherEntryIsRefused() {
        var person = new Account.Person("a");
        var first = new Entry("x", new Account.House(), person, 5, Entry.Cause.GRANT);
        var ledger = replayed(List.of(first));
        var other = new Entry("x", new Account.House(), person, 6, Entry.Cause.GRANT);
        assertThat(ledger.post(other))
                .isEqualTo(
                        new Ledger.Outcome.Refused("entry: x is another one (expected: a new id)"));
    }

    @Test
    void escrowIsNotOverdrawn() {
        var outcome =
                Ledger.EMPTY.post(
                        new Entry(
                                "w",
                                new Account.Escrow("r1"),
                                new Account.Person("a"),
                                7,
                                Entry.Cause.WORK));
        assertThat(outcome)
                .isEqualTo(
                        new Ledger.Outcome.Refused(
                                "run:r1: holds 0 micro-credits (expected: at least 7)"));
    }

    @Test
    void accountsAreReadAsTheyAreWritten() {
        for (var account :
                List.of(new Account.House(), new Account.Person("a:b"), new Account.Escrow("r1"))) {
            assertThat(Account.parse(account.text())).isEqualTo(account);
        }
    }

    private static Ledger replayed(List<Entry> entries) {
        var ledger = Ledger.EMPTY;
        for (var entry : entries) {
            if (ledger.post(entry) instanceof Ledger.Outcome.Posted(var after)) ledger = after;
        }
        return ledger;
    }

    private static List<Entry> entries(SplittableRandom random, int count) {
        var accounts =
                List.of(
                        new Account.House(),
                        new Account.Person("a"),
                        new Account.Person("b"),
                        new Account.Escrow("r1"),
                        new Account.Escrow("r2"));
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < count; i++) {
            if (!entries.isEmpty() && random.nextInt(4) == 0) {
                entries.add(entries.get(random.nextInt(entries.size())));
                continue;
            }
            int from = random.nextInt(accounts.size());
            int to = (from + 1 + random.nextInt(accounts.size() - 1)) % accounts.size();
            var causes = Entry.Cause.values();
            entries.add(
                    new Entry(
                            "e" + i,
                            accounts.get(from),
                            accounts.get(to),
                            1 + random.nextInt(1000),
                            causes[random.nextInt(causes.length)]));
        }
        return entries;
    }
}
