package motley.simulation;

import java.util.EnumMap;
import java.util.Map;

/// How often each fault struck.
///
/// Confined to one thread.
final class Tally {
    private final Map<Fault, Long> counts = new EnumMap<>(Fault.class);

    void strike(Fault fault) {
        counts.merge(fault, 1L, Long::sum);
    }

    Map<Fault, Long> counts() {
        return Map.copyOf(counts);
    }
}
