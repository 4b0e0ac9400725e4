package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    @Test
    void everyTaskRunsOnceInEveryCall() {
        for (int size = 1; size <= 4; size++) {
            try (var threads = Threads.open(size)) {
                for (int tasks = 0; tasks < 300; tasks++) everyTaskRunsOnce(threads, tasks);
            }
        }
    }

    private static void everyTaskRunsOnce(Threads threads, int tasks) {
        var runs = new AtomicIntegerArray(tasks);
        threads.forEach(
                tasks,
                (index, worker) -> {
                    assertThat(worker).isBetween(0, threads.size() - 1);
                    runs.incrementAndGet(index);
                });
        for (int i = 0; i < tasks; i++) assertThat(runs.get(i)).isEqualTo(1);
    }

    @Test
    void workersNeverRunTwoTasksAtOnce() {
        try (var threads = Threads.open(3)) {
            var running = new AtomicIntegerArray(3);
            threads.forEach(
                    5_000,
                    (index, worker) -> {
                        assertThat(running.incrementAndGet(worker)).isEqualTo(1);
                        running.decrementAndGet(worker);
                    });
        }
    }

    @Test
    void whatTasksWroteIsVisibleToTheCallerAndToTheNextCall() {
        try (var threads = Threads.open(3)) {
            var values = new int[64];
            for (int call = 1; call <= 1_000; call++) {
                int expected = call;
                threads.forEach(64, (index, worker) -> values[(index + expected) % 64]++);
                assertThat(values).containsOnly(expected);
            }
        }
    }

    @Test
    void exceptionReachesTheCallerAndThePoolGoesOn() {
        try (var threads = Threads.open(3)) {
            assertThatThrownBy(() -> threads.forEach(100, ThreadsTest::failAtForty))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("at 40");
            everyTaskRunsOnce(threads, 100);
        }
    }

    private static void failAtForty(int index, int worker) {
        if (index == 40) throw new ArithmeticException("at 40");
    }

    @Test
    void interruptOfTheCallerIsKeptAndDelaysNothing() {
        try (var threads = Threads.open(2)) {
            Thread.currentThread().interrupt();
            var runs = new AtomicInteger();
            threads.forEach(1_000, (index, worker) -> runs.incrementAndGet());
            assertThat(Thread.interrupted()).isTrue();
            assertThat(runs.get()).isEqualTo(1_000);
        }
    }

    @Test
    void bodyMustNotCallItsOwnPool() {
        try (var threads = Threads.open(1)) {
            assertThatIllegalStateException()
                    .isThrownBy(
                            () -> threads.forEach(1, (i, w) -> threads.forEach(1, (j, v) -> {})))
                    .withMessageContaining("already running");
        }
    }

    @Test
    void closedPoolRefusesWork() {
        var threads = Threads.open(2);
        threads.close();
        threads.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> threads.forEach(1, (index, worker) -> {}))
                .withMessageContaining("closed");
    }

    @Test
    void poolOfNoThreadsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Threads.open(0))
                .withMessage("threads: 0 (expected: 1 to 1024)");
    }
}
