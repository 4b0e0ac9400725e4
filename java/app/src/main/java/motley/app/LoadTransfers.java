package motley.app;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import motley.wire.TaskKey;

/// Bulk bytes of all simulated devices, over as many connections as there are transfers at once.
///
/// Nothing waits; any thread may call.
final class LoadTransfers implements AutoCloseable {
    private static final int GONE = 410;
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final URI coordinator;
    private final LoadTally tally;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    LoadTransfers(URI coordinator, LoadTally tally) {
        this.coordinator = coordinator;
        this.tally = tally;
    }

    /// @return whether there are such parameters still
    CompletableFuture<Boolean> readParameters(TaskKey task, String token) {
        var path = "/v1/runs/%s/parameters/%d".formatted(task.run(), task.parameterVersion());
        return send(request(path, token).GET());
    }

    /// @param value of every element
    /// @return whether the coordinator had a use for it
    CompletableFuture<Boolean> writeContribution(
            TaskKey task, int elements, float value, String token) {
        var bytes = ByteBuffer.allocate(4 * elements).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) bytes.putFloat(value);
        var path = "/v1/runs/%s/contributions/%d".formatted(task.run(), task.lease());
        return send(request(path, token).PUT(BodyPublishers.ofByteArray(bytes.array())));
    }

    private HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(coordinator.resolve(path))
                .timeout(ANSWER)
                .header("authorization", "Bearer " + token);
    }

    private CompletableFuture<Boolean> send(HttpRequest.Builder request) {
        long startNs = System.nanoTime();
        return http.sendAsync(request.build(), BodyHandlers.ofString())
                .handle(
                        (response, failure) -> {
                            tally.transfers.add(System.nanoTime() - startNs);
                            if (failure != null) return failed(String.valueOf(failure));
                            return response.statusCode() / 100 == 2 || noted(response);
                        });
    }

    /// Who comes too late is told so, and nothing is lost; the answer is refused in its turn.
    private boolean noted(HttpResponse<String> response) {
        if (response.statusCode() == GONE) {
            tally.because("transfer: too late");
            return false;
        }
        return failed("status %d: %s".formatted(response.statusCode(), response.body()));
    }

    private boolean failed(String why) {
        tally.failedTransfers.increment();
        tally.because("transfer: " + why);
        return false;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
