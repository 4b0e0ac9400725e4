package motley.coordinator.plans;

import static motley.tensor.Require.require;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// What devices of a class found best: which variant of which kernel. In the database, so that a
/// class does not time again after a restart; read whenever a plan is compiled, which takes longer.
/// Any thread may call.
public final class Tunings {
    /// Those longest not used go first.
    static final int CLASSES_MAX = 256;

    /// Of one class; those found longest ago go first.
    static final int KERNELS_MAX = 256;

    static final int NAME_CHARS_MAX = 1_000;
    static final int KERNEL_CHARS_MAX = 100;
    static final int VARIANT_CHARS_MAX = 40;

    /// Drivers change, and with them what is fastest: after that a class times again.
    static final Duration AGE_MAX = Duration.ofDays(90);

    private final Jdbi jdbi;
    private final InstantSource clock;

    public Tunings(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// Variants by kernel; none for a class that nothing is known of.
    synchronized Map<String, String> of(String name) {
        return jdbi.inTransaction(
                handle -> {
                    var known = known(handle, name);
                    if (!known.isEmpty()) use(handle, name);
                    return known;
                });
    }

    /// Remembers what is not known yet: the first device of a class speaks for all.
    ///
    /// @return whether anything was new
    /// @throws IllegalArgumentException if a text is too long
    synchronized boolean learn(String name, Map<String, String> found) {
        requireLength("class", name, NAME_CHARS_MAX);
        found.forEach(
                (kernel, variant) -> {
                    requireLength("kernel", kernel, KERNEL_CHARS_MAX);
                    requireLength("variant", variant, VARIANT_CHARS_MAX);
                });
        return jdbi.inTransaction(
                handle -> {
                    forgetOld(handle);
                    var news = new LinkedHashMap<>(found);
                    news.keySet().removeAll(known(handle, name).keySet());
                    if (news.isEmpty()) return false;
                    use(handle, name);
                    news.forEach((kernel, variant) -> insert(handle, name, kernel, variant));
                    forgetKernels(handle, name);
                    forgetClasses(handle);
                    return true;
                });
    }

    /// Forgets for which kernels of a class `variant` was found best.
    synchronized void forget(String name, String variant) {
        jdbi.useHandle(
                handle ->
                        handle.execute(
                                "delete from tuning where class = ? and variant = ?",
                                name,
                                variant));
    }

    private static void requireLength(String what, String text, int charsMax) {
        require(
                text.length() <= charsMax,
                "%s: %d characters (expected: at most %d)",
                what,
                text.length(),
                charsMax);
    }

    private Map<String, String> known(Handle handle, String name) {
        var rows =
                handle.createQuery(
                                "select kernel, variant from tuning where class = :class and at_ms"
                                        + " > :after order by kernel")
                        .bind("class", name)
                        .bind("after", oldestMs())
                        .map((row, _) -> Map.entry(row.getString(1), row.getString(2)))
                        .list();
        var variants = new LinkedHashMap<String, String>();
        for (var row : rows) variants.put(row.getKey(), row.getValue());
        return variants;
    }

    private long oldestMs() {
        return clock.millis() - AGE_MAX.toMillis();
    }

    private static void use(Handle handle, String name) {
        handle.execute(
                "insert into tuning_class (name, used) values (?, (select coalesce(max(used), 0) +"
                        + " 1 from tuning_class)) on conflict (name) do update set used ="
                        + " excluded.used",
                name);
    }

    private void insert(Handle handle, String name, String kernel, String variant) {
        handle.execute(
                "insert into tuning (class, kernel, variant, at_ms) values (?, ?, ?, ?)",
                name,
                kernel,
                variant,
                clock.millis());
    }

    private void forgetOld(Handle handle) {
        handle.execute("delete from tuning where at_ms <= ?", oldestMs());
        handle.execute(
                "delete from tuning_class where not exists (select 1 from tuning where class ="
                        + " tuning_class.name)");
    }

    private static void forgetKernels(Handle handle, String name) {
        handle.execute(
                "delete from tuning where class = ? and kernel not in (select kernel from tuning"
                        + " where class = ? order by at_ms desc, kernel limit ?)",
                name,
                name,
                KERNELS_MAX);
    }

    private static void forgetClasses(Handle handle) {
        handle.execute(
                "delete from tuning_class where name not in (select name from tuning_class order by"
                        + " used desc limit ?)",
                CLASSES_MAX);
    }
}
