package motley.coordinator;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import motley.rounds.Task;

/// The tasks a run has given out whose answers it may still take. Confined to the run's thread.
final class Grants {
    private final Exchange exchange;

    /// By lease number.
    private final Map<Long, Task> tasks = new HashMap<>();

    Grants(Exchange exchange) {
        this.exchange = exchange;
    }

    void add(Task task) {
        tasks.put(task.key().lease().number(), task);
    }

    Optional<Task> find(long lease) {
        return Optional.ofNullable(tasks.get(lease));
    }

    void clear() {
        tasks.clear();
    }

    /// Answers to tasks at older parameters would be refused: their bytes are not taken any more.
    void forgetOlderThan(long version) {
        tasks.values()
                .removeIf(
                        task -> {
                            boolean isOld = task.key().version() < version;
                            if (isOld) exchange.release(task.key().lease().number());
                            return isOld;
                        });
    }
}
