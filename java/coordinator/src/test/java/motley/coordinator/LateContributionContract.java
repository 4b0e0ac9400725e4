package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import motley.wire.FromCoordinator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Contributions that are not wanted any more before they are there, as happens to slow uplinks.
@Timeout(240)
final class LateContributionContract {
    private static final int UNAUTHORIZED = 401;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int PART_BYTES = 1000;

    @TempDir private Path folder;

    /// A device must be able to tell that from a failure of its own, after which it rests.
    @Test
    void whoIsStillSendingIsToldThatItIsGone() throws Exception {
        var isUnderWay = new AtomicBoolean();
        var answer = new CompletableFuture<HttpResponse<byte[]>>();
        TestDevice.Conduct slow =
                (device, assign, outcome, tasks) -> {
                    if (answer.isDone()) TestDevice.submitHonestly(device, assign, outcome, tasks);
                    else sendHalfAndWait(device, assign, isUnderWay).ifPresent(answer::complete);
                };
        TestDevice.Conduct waiting =
                (device, assign, outcome, tasks) -> {
                    while (!isUnderWay.get() && !answer.isDone()) pause();
                    TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        try (var coordinator = new TestHome(folder.resolve("home")).open()) {
            var request = TestHome.request(coordinator, 1);
            var slowly = TestDevice.Settings.honest("slow").withConduct(slow);
            var other = TestDevice.Settings.honest("other").withConduct(waiting);
            var view = TestDevice.train(coordinator, request, folder, slowly, other);
            assertThat(view.weightsSha256()).isPresent();
        }
        var response = answer.get(1, TimeUnit.SECONDS);
        assertThat(response.statusCode()).isEqualTo(GONE);
        assertThat(new String(response.body(), StandardCharsets.UTF_8))
                .contains("(expected: one that this device holds)");
    }

    /// Sends the rest when another device has answered. Nothing where the lease or the session was
    /// lost before half was there, as on a machine that stands still.
    private static Optional<HttpResponse<byte[]>> sendHalfAndWait(
            TestDevice device, FromCoordinator.Assign assign, AtomicBoolean isUnderWay)
            throws Exception {
        var task = assign.task();
        var path = "/v1/runs/%s/contributions/%d".formatted(task.run(), task.lease());
        while (true) {
            CompletableFuture<HttpResponse<byte[]>> sent;
            boolean isBegun;
            try (var parts = new SubmissionPublisher<ByteBuffer>()) {
                sent = device.put(path, BodyPublishers.fromPublisher(parts, 2 * PART_BYTES));
                while (!parts.hasSubscribers() && !sent.isDone()) pause();
                parts.submit(ByteBuffer.allocate(PART_BYTES));
                var status = firstOf(Set.of(CONFLICT, GONE, UNAUTHORIZED), device, path, sent);
                if (status.isPresent() && status.getAsInt() != CONFLICT) return Optional.empty();
                isBegun = status.isPresent();
                if (isBegun) {
                    isUnderWay.set(true);
                    status = firstOf(Set.of(GONE, UNAUTHORIZED), device, path, sent);
                    isUnderWay.set(false);
                    if (status.equals(OptionalInt.of(UNAUTHORIZED))) return Optional.empty();
                    parts.submit(ByteBuffer.allocate(PART_BYTES));
                }
            }
            if (isBegun) return Optional.of(sent.get(60, TimeUnit.SECONDS));
            // A probe may have been in its way.
            if (sent.isCompletedExceptionally() || sent.get().statusCode() != CONFLICT)
                return Optional.empty();
        }
    }

    /// Asks with an empty body, which is refused whatever the status; nothing once all was `sent`.
    private static OptionalInt firstOf(
            Set<Integer> statuses, TestDevice device, String path, CompletableFuture<?> sent)
            throws Exception {
        while (!sent.isDone()) {
            var probe = device.put(path, BodyPublishers.noBody()).get(60, TimeUnit.SECONDS);
            if (statuses.contains(probe.statusCode())) return OptionalInt.of(probe.statusCode());
            pause();
        }
        return OptionalInt.empty();
    }

    private static void pause() {
        LockSupport.parkNanos(5_000_000);
    }
}
