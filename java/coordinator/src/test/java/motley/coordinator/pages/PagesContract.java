package motley.coordinator.pages;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The web app's files over a real server.
@Timeout(120)
final class PagesContract {
    private static final String SAMPLE = "motley/coordinator/pages/sample";
    private static final String SCRIPT = "/assets/app-1a2b.js";

    private final HttpClient http = HttpClient.newHttpClient();
    private Server server;

    @AfterEach
    void close() {
        server.stop().join();
        http.close();
    }

    @Test
    void appComesForEachOfItsPaths() throws Exception {
        open(SAMPLE);
        for (var path : new String[] {"/", "/runs", "/runs/r123?tab=events"}) {
            var answer = get(path);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("<title>sample</title>");
            assertThat(header(answer, "cache-control")).isEqualTo("no-cache");
            assertThat(header(answer, "content-type")).isEqualTo("text/html; charset=utf-8");
        }
    }

    @Test
    void hashedFilesAreKeptForEver() throws Exception {
        open(SAMPLE);
        var answer = get(SCRIPT);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "cache-control")).contains("immutable");
        assertThat(header(answer, "content-type")).startsWith("text/javascript");
    }

    @Test
    void whatIsKnownIsNotSentAgain() throws Exception {
        open(SAMPLE);
        var answer = get("/", "if-none-match", header(get("/"), "etag"));
        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void textsArePackedForWhoUnpacks() throws Exception {
        open(SAMPLE);
        var answer = get(SCRIPT, "accept-encoding", "gzip, br");
        assertThat(header(answer, "content-encoding")).isEqualTo("gzip");
        assertThat(answer.body().length()).isLessThan(get(SCRIPT).body().length() / 2);
        assertThat(header(get(SCRIPT), "content-encoding")).isEmpty();
    }

    @Test
    void pagesMayNotLoadFromElsewhereNorBeFramed() throws Exception {
        open(SAMPLE);
        var answer = get("/");
        assertThat(header(answer, "content-security-policy"))
                .contains("default-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe-inline", "'unsafe-eval'", "*");
        assertThat(header(answer, "x-content-type-options")).isEqualTo("nosniff");
        assertThat(header(answer, "cross-origin-opener-policy")).isEqualTo("same-origin");
    }

    @Test
    void otherPathsAreProblems() throws Exception {
        open(SAMPLE);
        for (var path :
                new String[] {
                    "/v1/nothing",
                    "/favicon.ico",
                    "/assets/app-0000.js",
                    "/files.txt",
                    "/assets/..%2Ffiles.txt",
                    "/..%2f..%2fPages.class"
                }) {
            var answer = get(path);
            assertThat(answer.statusCode()).as(path).isIn(400, 404);
            assertThat(header(answer, "content-type")).as(path).contains("problem+json");
        }
    }

    @Test
    void buildWithoutPagesSaysHowToGetThem() throws Exception {
        open("motley/nowhere");
        var answer = get("/runs");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("Node 18", "npm");
    }

    private void open(String folder) {
        var builder = Server.builder().http(0).errorHandler(new Problem.Renderer());
        for (var route : Pages.of(folder).routes()) {
            builder.route()
                    .methods(route.method())
                    .path(route.path())
                    .build(
                            (context, request) ->
                                    HttpResponse.of(
                                            CompletableFuture.supplyAsync(
                                                    () -> answer(route, context, request))));
        }
        server = builder.build();
        server.start().join();
    }

    private static HttpResponse answer(
            Route route,
            ServiceRequestContext context,
            com.linecorp.armeria.common.HttpRequest request) {
        try {
            return route.handler().answer(context, request);
        } catch (Problem e) {
            return e.response(context.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private java.net.http.HttpResponse<String> get(String path, String... headers)
            throws Exception {
        var uri = URI.create("http://127.0.0.1:" + server.activeLocalPort() + path);
        var request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) request.headers(headers);
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(java.net.http.HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
