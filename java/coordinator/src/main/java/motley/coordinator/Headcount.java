package motley.coordinator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How many connected devices work for each run: who asks need not look at ten thousand devices.
///
/// Any thread may call. A run without devices takes no room.
final class Headcount {
    /// By the run's id.
    private final Map<String, Long> devices = new ConcurrentHashMap<>();

    long of(String run) {
        return devices.getOrDefault(run, 0L);
    }

    /// A device goes from one run to another; null: from nowhere, or nowhere.
    void move(@Nullable String from, @Nullable String to) {
        if (from != null) devices.computeIfPresent(from, (_, n) -> n > 1 ? n - 1 : null);
        if (to != null) devices.merge(to, 1L, Long::sum);
    }
}
