package motley.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Whether the network is paid by the byte, as NetworkManager knows or guesses it; on a machine
/// without NetworkManager that is unknown.
///
/// Asks twice a minute at most, in the background: an answer may be half a minute old. Source:
/// NetworkManager, `NMMetered`.
final class NetworkCost {
    /// It answers `u` and one of unknown 0, yes 1, no 2, guessed yes 3, guessed no 4.
    private static final List<String> QUESTION =
            List.of(
                    "busctl",
                    "--system",
                    "get-property",
                    "org.freedesktop.NetworkManager",
                    "/org/freedesktop/NetworkManager",
                    "org.freedesktop.NetworkManager",
                    "Metered");

    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long ANSWER_SECONDS = 2;
    private static final int ANSWER_BYTES_MAX = 1_000;

    private volatile Optional<Boolean> last = Optional.empty();
    private volatile @Nullable Thread asking;
    private long askedAtNs;
    private boolean hasAsked;

    /// What is known by now; the first call finds nothing out yet.
    Optional<Boolean> isMetered() {
        long now = System.nanoTime();
        boolean isDue = !hasAsked || now - askedAtNs > EVERY_NS;
        var running = asking;
        if (isDue && (running == null || !running.isAlive())) {
            hasAsked = true;
            askedAtNs = now;
            asking = Thread.ofVirtual().start(() -> last = ask(QUESTION));
        }
        return last;
    }

    /// What a program that is asked `question` says.
    static Optional<Boolean> ask(List<String> question) {
        try {
            var process =
                    new ProcessBuilder(question)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            process.getOutputStream().close();
            try (InputStream out = process.getInputStream()) {
                if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    return Optional.empty();
                }
                var bytes = out.readNBytes(ANSWER_BYTES_MAX);
                return parse(new String(bytes, StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    static Optional<Boolean> parse(String answer) {
        return switch (answer.strip()) {
            case "u 1", "u 3" -> Optional.of(true);
            case "u 2", "u 4" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
