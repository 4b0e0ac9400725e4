package motley.coordinator.pages;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import org.jspecify.annotations.Nullable;

/// The web app's files: what the build of `web/` left on the class path, or a page that says how to
/// get them.
///
/// A file under `assets/` has a hash of its content in its name and may be kept for ever; every
/// other one is asked for again. A path that names no file is one of the app's own, and the app
/// comes for it. The files are read at the first request.
public final class Pages {
    private static final String INDEX = "index.html";
    private static final String KEPT = "public, max-age=31536000, immutable";
    private static final String ASKED_AGAIN = "no-cache";

    /// What a page may load and do. WebAssembly is compiled where a page is a device; nothing comes
    /// from elsewhere, and nobody shows a page inside of theirs.
    private static final String POLICY =
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:;"
                    + " worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action"
                    + " 'self'; frame-ancestors 'none'";

    private final String folder;
    private @Nullable Map<String, PageFile> files;

    private Pages(String folder) {
        this.folder = folder;
    }

    /// What the build left in a folder of the class path.
    public static Pages of(String folder) {
        return new Pages(folder);
    }

    /// For everything that no other route is for.
    public List<Route> routes() {
        return List.of(
                Route.brief(HttpMethod.GET, "/{*path}", Scope.PUBLIC, this::answer),
                Route.brief(HttpMethod.HEAD, "/{*path}", Scope.PUBLIC, this::answer));
    }

    private HttpResponse answer(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var path = String.valueOf(context.pathParam("path"));
        var files = files();
        var file = files.get(path);
        if (file != null) return answer(file, path.startsWith("assets/"), request);
        if (!isOfTheApp(path)) {
            throw new Problem(
                    HttpStatus.NOT_FOUND, "path: /%s (expected: one there is)".formatted(path));
        }
        var index = files.get(INDEX);
        return index == null ? Missing.page(headers(HttpStatus.OK)) : answer(index, false, request);
    }

    /// The API's paths, and names of files, are no pages.
    private static boolean isOfTheApp(String path) {
        return !path.equals("v1") && !path.startsWith("v1/") && path.lastIndexOf('.') < 0;
    }

    private static HttpResponse answer(PageFile file, boolean isKept, HttpRequest request) {
        var known = request.headers().get(HttpHeaderNames.IF_NONE_MATCH, "");
        boolean isKnown = known.contains(file.tag());
        var headers =
                headers(isKnown ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
                        .add(HttpHeaderNames.CACHE_CONTROL, isKept ? KEPT : ASKED_AGAIN)
                        .add(HttpHeaderNames.VARY, "accept-encoding")
                        .add(HttpHeaderNames.ETAG, file.tag());
        if (isKnown) return HttpResponse.of(headers.build());
        headers.contentType(file.type());
        boolean isPacked =
                file.isWorthPacking()
                        && request.headers()
                                .get(HttpHeaderNames.ACCEPT_ENCODING, "")
                                .contains("gzip");
        if (isPacked) headers.add(HttpHeaderNames.CONTENT_ENCODING, "gzip");
        return answer(headers, isPacked ? file.packed() : file.plain(), request.method());
    }

    private static HttpResponse answer(
            ResponseHeadersBuilder headers, HttpData body, HttpMethod method) {
        headers.contentLength(body.length());
        return method == HttpMethod.HEAD
                ? HttpResponse.of(headers.build())
                : HttpResponse.of(headers.build(), body);
    }

    private static ResponseHeadersBuilder headers(HttpStatus status) {
        return ResponseHeaders.builder(status)
                .add(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .add(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
                .add("cross-origin-opener-policy", "same-origin")
                .add("cross-origin-embedder-policy", "require-corp")
                .add("cross-origin-resource-policy", "same-origin");
    }

    private synchronized Map<String, PageFile> files() throws IOException {
        var read = files;
        if (read == null) read = files = PageFile.readAll(folder);
        return read;
    }

    /// What stands at `/` where the build had no npm.
    private static final class Missing {
        private static final String TEXT =
                """
                <!doctype html><html lang="en"><meta charset="utf-8"><title>Motley</title>
                <h1>Motley runs here, without its pages</h1>
                <p>They were not built, because that takes Node 18 or newer with npm. Install both
                (Debian, Ubuntu: <code>apt-get install nodejs npm</code>; macOS:
                <code>brew install node</code>) and start the coordinator again with
                <code>./motley serve</code>: it builds what is missing.</p>
                <p>The command line does all that the pages do: <code>./motley --help</code>. So
                does the HTTP interface: <a href="/v1/openapi.yaml">/v1/openapi.yaml</a>.</p></html>
                """;

        static HttpResponse page(ResponseHeadersBuilder headers) {
            var body = HttpData.ofUtf8(TEXT);
            headers.contentType(MediaType.HTML_UTF_8).contentLength(body.length());
            return HttpResponse.of(
                    headers.add(HttpHeaderNames.CACHE_CONTROL, ASKED_AGAIN).build(), body);
        }
    }
}
