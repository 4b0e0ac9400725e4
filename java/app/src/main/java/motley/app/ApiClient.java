package motley.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import motley.wire.Trust;

/// A coordinator's HTTP API, as the commands use it. The contract is `openapi.yaml`.
///
/// Problems come as [UserException] with the coordinator's own words; a coordinator that does not
/// answer as [AwayException].
final class ApiClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final URI coordinator;
    private final String token;
    private final HttpClient http;

    /// @param token empty where none is needed
    ApiClient(URI coordinator, String token, Trust trust) {
        this.coordinator = coordinator;
        this.token = token;
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .sslContext(trust.context())
                        .build();
    }

    /// The coordinator does not answer; it may come back.
    static final class AwayException extends IOException {
        private static final long serialVersionUID = 1;

        AwayException(URI coordinator, IOException cause) {
            super("no coordinator answers at " + coordinator + ": " + reason(cause), cause);
        }

        private static String reason(IOException cause) {
            if (cause instanceof ConnectException) return "connection refused";
            return cause.getMessage() == null
                    ? cause.getClass().getSimpleName()
                    : cause.getMessage();
        }
    }

    URI coordinator() {
        return coordinator;
    }

    String token() {
        return token;
    }

    JsonNode get(String path) throws AwayException, InterruptedException {
        return json(send(request(path).GET(), BodyHandlers.ofString()));
    }

    JsonNode post(String path, JsonNode body) throws AwayException, InterruptedException {
        var request =
                request(path)
                        .header("content-type", "application/json")
                        .header("idempotency-key", UUID.randomUUID().toString())
                        .POST(BodyPublishers.ofString(body.toString()));
        return json(sendOnce(request));
    }

    /// A request whose answer is lost on the way is sent again; its key keeps it from being done
    /// twice.
    private HttpResponse<String> sendOnce(HttpRequest.Builder request)
            throws AwayException, InterruptedException {
        try {
            return send(request, BodyHandlers.ofString());
        } catch (AwayException e) {
            if (e.getCause() instanceof ConnectException) throw e;
            return send(request, BodyHandlers.ofString());
        }
    }

    JsonNode put(String path, JsonNode body) throws AwayException, InterruptedException {
        var request =
                request(path)
                        .header("content-type", "application/json")
                        .PUT(BodyPublishers.ofString(body.toString()));
        return json(send(request, BodyHandlers.ofString()));
    }

    /// Removes what `path` names.
    void delete(String path) throws AwayException, InterruptedException {
        json(send(request(path).DELETE(), BodyHandlers.ofString()));
    }

    JsonNode patch(String path, JsonNode body) throws AwayException, InterruptedException {
        var request =
                request(path)
                        .header("content-type", "application/json")
                        .method("PATCH", BodyPublishers.ofString(body.toString()));
        return json(send(request, BodyHandlers.ofString()));
    }

    /// Begins a session as a browser would.
    ApiSession begin(String path, JsonNode body) throws AwayException, InterruptedException {
        var request =
                request(path)
                        .header("content-type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString()));
        var response = send(request, BodyHandlers.ofString());
        var answer = json(response);
        var cookie = response.headers().firstValue("set-cookie").orElse("");
        return new ApiSession(this, cookie.substring(0, Math.max(0, cookie.indexOf(';'))), answer);
    }

    JsonNode inSession(String method, String path, String body, ApiSession session)
            throws AwayException, InterruptedException {
        var request =
                request(path)
                        .header("cookie", session.cookie())
                        .header("x-motley-csrf", session.csrf())
                        .method(method, BodyPublishers.ofString(body));
        return json(send(request, BodyHandlers.ofString()));
    }

    /// Stores `file` as blob `sha256` unless the coordinator has it already.
    void upload(String sha256, Path file) throws IOException, InterruptedException {
        var path = "/v1/blobs/" + sha256;
        var head = request(path).method("HEAD", BodyPublishers.noBody());
        if (send(head, BodyHandlers.discarding()).statusCode() == 200) return;
        BodyPublisher body = BodyPublishers.ofFile(file);
        var request = request(path).header("content-type", "application/octet-stream").PUT(body);
        json(send(request, BodyHandlers.ofString()));
    }

    /// Appends what `file` has from `offset` on to the upload at `path`, however long that takes.
    ///
    /// @return false if it cannot be appended there now: another request writes, or the upload has
    ///     grown
    boolean append(String path, Path file, long offset) throws IOException, InterruptedException {
        var bytes =
                BodyPublishers.ofInputStream(
                        () -> {
                            try {
                                return Channels.newInputStream(
                                        FileChannel.open(file).position(offset));
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        var body = BodyPublishers.fromPublisher(bytes, Files.size(file) - offset);
        var request =
                authorize(HttpRequest.newBuilder(coordinator.resolve(path)))
                        .header("content-type", "application/octet-stream")
                        .header("upload-offset", "" + offset)
                        .method("PATCH", body);
        var response = send(request, BodyHandlers.ofString());
        if (response.statusCode() == 409 || response.statusCode() == 423) return false;
        json(response);
        return true;
    }

    /// Writes what `path` gives to `file`, which appears only when it is complete.
    void download(String path, Path file) throws IOException, InterruptedException {
        var directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        var part = Files.createTempFile(directory, file.getFileName().toString(), ".part");
        try {
            var response = send(request(path).GET(), BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                if (response.statusCode() != 200) {
                    throw problem(
                            response.statusCode(),
                            new String(body.readAllBytes(), StandardCharsets.UTF_8));
                }
                Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /// Hands the server-sent events of `path` to `consumer` until the coordinator ends the stream.
    void events(String path, Consumer<JsonNode> consumer)
            throws AwayException, InterruptedException {
        var request = HttpRequest.newBuilder(coordinator.resolve(path));
        authorize(request).header("accept", "text/event-stream");
        var response = send(request.GET(), BodyHandlers.ofInputStream());
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() != 200) {
                throw problem(response.statusCode(), String.valueOf(lines.readLine()));
            }
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data:")) consumer.accept(JSON.readTree(line.substring(5)));
            }
        } catch (IOException e) {
            throw new AwayException(coordinator, e);
        }
    }

    private HttpRequest.Builder request(String path) {
        return authorize(HttpRequest.newBuilder(coordinator.resolve(path)).timeout(ANSWER));
    }

    private HttpRequest.Builder authorize(HttpRequest.Builder request) {
        return token.isEmpty() ? request : request.header("authorization", "Bearer " + token);
    }

    private <T> HttpResponse<T> send(
            HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
            throws AwayException, InterruptedException {
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            throw new AwayException(coordinator, e);
        }
    }

    private JsonNode json(HttpResponse<String> response) throws AwayException {
        if (response.statusCode() / 100 != 2) {
            throw problem(response.statusCode(), response.body());
        }
        try {
            return response.body().isBlank()
                    ? JSON.createObjectNode()
                    : JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new AwayException(coordinator, e);
        }
    }

    private UserException problem(int status, String body) {
        if (status == 401 && !body.contains("name or password")) {
            return new UserException(
                    "%s needs a token: add --token as `motley serve` printed it, or `motley login`"
                            .formatted(coordinator));
        }
        try {
            var problem = JSON.readTree(body);
            if (!problem.path("errors").isEmpty()) {
                return new UserException(FieldErrors.text(problem.path("errors")));
            }
            var detail = problem.path("detail").asText("");
            if (!detail.isEmpty()) return new UserException(detail);
        } catch (JsonProcessingException e) {
            // Not ours: a proxy's page, perhaps. The status says enough.
        }
        return new UserException("%s answers with status %d".formatted(coordinator, status));
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
