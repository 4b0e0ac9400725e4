package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import motley.wire.FromCoordinator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Contributions that are not wanted any more before they are there, as happens to slow uplinks.
@Timeout(240)
final class LateContributionContract {
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int PART_BYTES = 1000;

    @TempDir private Path folder;

    /// A device must be able to tell that from a failure of its own, after which it rests.
    @Test
    void whoIsStillSendingIsToldThatItIsGone() throws Exception {
        var begun = new CompletableFuture<Boolean>();
        var answer = new CompletableFuture<HttpResponse<byte[]>>();
        TestDevice.Conduct slow =
                (device, assign, outcome, tasks) -> {
                    begun.complete(true);
                    if (tasks == 1) answer.complete(sendHalfAndWait(device, assign));
                    else TestDevice.submitHonestly(device, assign, outcome, tasks);
                };
        // Both hold one of the first four tasks; the sixth is of the second round.
        TestDevice.Conduct waiting =
                (device, assign, outcome, tasks) -> {
                    if (tasks == 1) begun.get(100, TimeUnit.SECONDS);
                    if (tasks == 6) answer.get(100, TimeUnit.SECONDS);
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

    /// Sends the rest when another device has answered.
    private static HttpResponse<byte[]> sendHalfAndWait(
            TestDevice device, FromCoordinator.Assign assign) throws Exception {
        var task = assign.task();
        var path = "/v1/runs/%s/contributions/%d".formatted(task.run(), task.lease());
        CompletableFuture<HttpResponse<byte[]>> sent;
        boolean isBegun;
        do {
            try (var parts = new SubmissionPublisher<ByteBuffer>()) {
                sent = device.put(path, BodyPublishers.fromPublisher(parts, 2 * PART_BYTES));
                while (!parts.hasSubscribers() && !sent.isDone()) pause();
                parts.submit(ByteBuffer.allocate(PART_BYTES));
                awaitStatus(device, path, CONFLICT, sent);
                // A probe may have been in its way.
                isBegun = !sent.isDone();
                awaitStatus(device, path, GONE, sent);
                parts.submit(ByteBuffer.allocate(PART_BYTES));
            }
        } while (!isBegun);
        return sent.get(60, TimeUnit.SECONDS);
    }

    /// Asks with an empty body, which is refused whatever the status.
    private static void awaitStatus(
            TestDevice device, String path, int status, CompletableFuture<?> sent)
            throws Exception {
        while (!sent.isDone()) {
            var probe = device.put(path, BodyPublishers.noBody()).get(60, TimeUnit.SECONDS);
            if (probe.statusCode() == status) return;
            pause();
        }
    }

    private static void pause() {
        LockSupport.parkNanos(5_000_000);
    }
}
