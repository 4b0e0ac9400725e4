package motley.programs;

import java.nio.file.Path;
import java.util.function.LongConsumer;

/// Runs a random test on one seed after another.
///
/// With `-Dmotley.seed=N` only seed N runs; a failure names the command that does so.
public final class Seeds {
    private Seeds() {}

    /// Runs `check` on the seeds `0, 1, … count - 1`.
    ///
    /// @param test the calling test's class
    /// @param method the calling test's method
    /// @throws AssertionError if `check` fails in any way
    public static void forEach(int count, Class<?> test, String method, LongConsumer check) {
        var only = System.getProperty("motley.seed");
        if (only != null) {
            run(Long.parseLong(only), test, method, check);
            return;
        }
        for (long seed = 0; seed < count; seed++) run(seed, test, method, check);
    }

    private static void run(long seed, Class<?> test, String method, LongConsumer check) {
        try {
            check.accept(seed);
        } catch (AssertionError | RuntimeException e) {
            var message =
                    String.format(
                            "reproduce with: mvn -q -pl java/%s -am test -Dmotley.seed=%d"
                                    + " -Dtest=%s#%s\n%s",
                            module(), seed, test.getSimpleName(), method, e);
            throw new AssertionError(message, e);
        }
    }

    /// Tests run in the folder of their module.
    private static Path module() {
        return Path.of("").toAbsolutePath().getFileName();
    }
}
