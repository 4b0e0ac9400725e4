package motley.coordinator.plans;

import java.util.LinkedHashMap;
import java.util.Map;

/// What devices of a class found best: which variant of which kernel. In memory; after a restart
/// the first device of each class times again. Any thread may call.
final class Tunings {
    /// Those longest not asked for go first.
    static final int CLASSES_MAX = 256;

    /// Of one class; beyond it nothing more is remembered.
    static final int KERNELS_MAX = 1_024;

    /// In the order they were last asked for; guarded by this.
    private final LinkedHashMap<String, Map<String, String>> byClass =
            new LinkedHashMap<>(16, 0.75f, true);

    /// Variants by kernel; none for a class that nothing is known of.
    synchronized Map<String, String> of(String name) {
        var known = byClass.get(name);
        return known == null ? Map.of() : Map.copyOf(known);
    }

    /// Remembers what is not known yet: the first device of a class speaks for all.
    ///
    /// @return whether anything was new
    synchronized boolean learn(String name, Map<String, String> found) {
        var known = byClass.computeIfAbsent(name, _ -> new LinkedHashMap<>());
        int before = known.size();
        for (var one : found.entrySet()) {
            if (known.size() < KERNELS_MAX) known.putIfAbsent(one.getKey(), one.getValue());
        }
        if (byClass.size() > CLASSES_MAX) byClass.remove(byClass.sequencedKeySet().getFirst());
        return known.size() > before;
    }
}
