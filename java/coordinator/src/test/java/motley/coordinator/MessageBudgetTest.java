package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class MessageBudgetTest {
    private final AtomicLong nanoTime = new AtomicLong();
    private final MessageBudget budget = new MessageBudget(nanoTime::get);

    @Test
    void steadyPaceIsNeverTooMuch() {
        for (int i = 0; i < 5 * MessageBudget.PER_SECOND; i++) {
            nanoTime.addAndGet(1_000_000_000L / MessageBudget.PER_SECOND);
            assertThat(budget.take()).isTrue();
        }
    }

    @Test
    void floodIsNoticedAndForgivenInTime() {
        for (int i = 0; i < MessageBudget.AT_ONCE; i++) assertThat(budget.take()).isTrue();
        assertThat(budget.take()).isFalse();
        nanoTime.addAndGet(1_000_000_000L);
        for (int i = 0; i < MessageBudget.PER_SECOND; i++) assertThat(budget.take()).isTrue();
        assertThat(budget.take()).isFalse();
    }
}
