package motley.coordinator.credits;

import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Counts a ledger in a database again, from its entries.
final class LedgerCheck {
    private static final int FINDINGS_MAX = 100;

    private final Handle handle;
    private final List<String> findings = new ArrayList<>();

    LedgerCheck(Handle handle) {
        this.handle = handle;
    }

    List<String> findings() {
        long sum =
                handle.createQuery("select coalesce(sum(balance), 0) from credit_account")
                        .mapTo(Long.class)
                        .one();
        if (sum != 0) {
            findings.add("all accounts together: %d micro-credits (expected: 0)".formatted(sum));
        }
        add(
                "select a.account || ': holds ' || a.balance || ' micro-credits (expected: '"
                        + " || coalesce(e.micros, 0) || ', what its entries make)' from"
                        + " credit_account a left join (select account, sum(micros) micros from"
                        + " (select to_account account, micros from credit_entry union all select"
                        + " from_account, -micros from credit_entry) s group by account) e on"
                        + " e.account = a.account where a.balance <> coalesce(e.micros, 0)");
        add(
                "select e.account || ': is in entries and has no balance (expected: one)' from"
                        + " (select to_account account from credit_entry union select from_account"
                        + " from credit_entry) e where not exists (select 1 from credit_account a"
                        + " where a.account = e.account)");
        add(
                "select account || ': holds ' || balance || ' micro-credits (expected: at least"
                        + " 0)' from credit_account where account like 'run:%' and balance < 0");
        add(
                "select a.account || ': holds ' || a.balance || ' micro-credits (expected: 0, the"
                        + " run is over)' from credit_account a join run r on a.account = 'run:' ||"
                        + " r.id where a.balance <> 0 and r.ended_at_ms is not null");
        add(
                "select id || ': paid by ' || from_account || ' (expected: run:' || run || ')' from"
                        + " credit_entry where cause = 'WORK' and from_account <> 'run:' || run");
        return List.copyOf(findings);
    }

    private void add(String query) {
        int room = FINDINGS_MAX - findings.size();
        if (room <= 0) return;
        findings.addAll(handle.createQuery(query + " limit " + room).mapTo(String.class).list());
    }
}
