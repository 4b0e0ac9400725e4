package motley.coordinator;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.metric.NoopMeterRegistry;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import motley.coordinator.access.Caller;
import motley.coordinator.access.Role;
import motley.coordinator.access.ShareRoutes;
import motley.coordinator.access.Shares;
import motley.coordinator.credits.CreditRoutes;
import motley.coordinator.datasets.DatasetRoutes;
import motley.coordinator.http.BodyReader;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.models.ModelRoutes;
import motley.coordinator.operations.OperationRoutes;
import motley.coordinator.pages.Pages;
import motley.coordinator.plans.PlanRoutes;
import motley.coordinator.repeats.RepeatedRequests;
import motley.coordinator.uploads.UploadRoutes;
import motley.rounds.Reputation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one port: device sessions, bulk bytes and the HTTP API, route by route as `openapi.yaml`
/// describes them.
///
/// Handlers run on virtual threads and may wait.
final class Api {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    /// A training is compiled before it is answered, which takes a busy machine a while.
    private static final Duration REQUEST_TIME_MAX = Duration.ofMinutes(1);

    private static final long REQUEST_BYTES_MAX = 1 << 20;
    private static final long FRAME_BYTES = 1 << 20;

    /// Connections beside two for each device: of people, and of devices that say hello.
    private static final int CONNECTIONS_MORE = 1_024;

    /// A session and its bulk requests, or a page with its streams of events, take a few.
    private static final long STREAMS_MAX = 128;

    /// Read the files of answers, piece by piece.
    private static final int FILE_THREADS = 16;

    private static final String OPENAPI = "openapi.yaml";
    private static final String PAGES = "motley/pages";

    private final Coordinator.Parts parts;
    private final Guard guard;
    private final List<Route> routes;
    private final int connectionsMax;
    private final RequestLog log;
    private final RepeatedRequests replies;

    /// One thread a request: many of them wait, for a body above all.
    private final Executor handlers =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory());

    Api(Coordinator.Parts parts, CoordinatorSettings.Limits limits) {
        this.parts = parts;
        connectionsMax = Math.clamp(2L * limits.devicesMax(), 1, 1 << 24) + CONNECTIONS_MORE;
        guard = new Guard(parts.access(), parts.fleet());
        log = new RequestLog(parts.figures().counters());
        replies = new RepeatedRequests(parts.figures().database().jdbi(), InstantSource.system());
        var learnt = new RunModels(parts.runs(), parts.blobs());
        var runs = new RunRoutes(parts, learnt);
        var bulk = new BulkRoutes(parts, guard, limits.blobBytesMax());
        routes =
                Stream.of(
                                core(runs, bulk),
                                shares(parts, runs).routes(),
                                parts.access().routes(parts.fleet()::expel),
                                new UploadRoutes(parts.uploads()).routes(),
                                datasets(parts).routes(),
                                new ModelRoutes(parts.models(), parts.access(), learnt::users)
                                        .routes(),
                                operations(parts.figures()),
                                projects(parts).routes(),
                                new DeviceWorkRoutes(parts).routes(),
                                new CreditRoutes(parts.credits()).routes(),
                                new HistoryRoutes(runs, parts.runs().database()).routes(),
                                new ExaminationRoutes(runs, parts.runs(), parts.blobs()).routes(),
                                new PlanRoutes(parts.plans()).routes())
                        .flatMap(List::stream)
                        .toList();
    }

    private List<Route> core(RunRoutes runs, BulkRoutes bulk) {
        return List.of(
                Route.brief(HttpMethod.GET, "/v1/health", Scope.PUBLIC, (c, r) -> health()),
                Route.brief(HttpMethod.GET, "/v1/openapi.yaml", Scope.PUBLIC, (c, r) -> openApi()),
                Route.brief(HttpMethod.GET, "/v1/devices", Scope.PEOPLE, (c, r) -> devices(c)),
                decision("pardon", Reputation::pardoned),
                decision("trust", known -> known.pardoned().trusted(true)),
                decision("distrust", known -> known.trusted(false)),
                Route.brief(HttpMethod.POST, "/v1/runs", Scope.REQUESTORS, runs::start),
                Route.brief(HttpMethod.GET, "/v1/runs", Scope.PEOPLE, runs::list),
                Route.brief(HttpMethod.GET, "/v1/runs/{run}", Scope.PEOPLE, runs::show),
                Route.brief(HttpMethod.PATCH, "/v1/runs/{run}", Scope.REQUESTORS, runs::change),
                Route.lengthy(HttpMethod.GET, "/v1/runs/{run}/events", Scope.PEOPLE, runs::events),
                Route.brief(
                        HttpMethod.POST,
                        "/v1/runs/{run}/continue",
                        Scope.REQUESTORS,
                        runs::startFrom),
                Route.brief(HttpMethod.POST, "/v1/runs/{run}/stop", Scope.REQUESTORS, runs::stop),
                Route.brief(HttpMethod.POST, "/v1/runs/{run}/pause", Scope.REQUESTORS, runs::pause),
                Route.brief(
                        HttpMethod.POST, "/v1/runs/{run}/resume", Scope.REQUESTORS, runs::resume),
                Route.lengthy(HttpMethod.GET, "/v1/runs/{run}/model", Scope.PEOPLE, runs::model),
                Route.lengthy(
                        HttpMethod.GET,
                        "/v1/runs/{run}/parameters/{version}",
                        Scope.DEVICES_TOO,
                        bulk::parameters),
                Route.brief(
                        HttpMethod.GET,
                        "/v1/runs/{run}/inputs/{lease}",
                        Scope.DEVICE,
                        bulk::inputs),
                Route.lengthy(
                        HttpMethod.PUT,
                        "/v1/runs/{run}/contributions/{lease}",
                        Scope.DEVICE,
                        bulk::contribution),
                Route.lengthy(
                        HttpMethod.GET, "/v1/blobs/{sha256}", Scope.DEVICES_TOO, bulk::readBlob),
                Route.lengthy(
                        HttpMethod.HEAD, "/v1/blobs/{sha256}", Scope.DEVICES_TOO, bulk::readBlob),
                Route.lengthy(
                        HttpMethod.PUT, "/v1/blobs/{sha256}", Scope.REQUESTORS, bulk::writeBlob));
    }

    private static DatasetRoutes datasets(Coordinator.Parts parts) {
        return new DatasetRoutes(
                parts.datasets(), parts.blobs(), parts.access(), id -> parts.runs().dependents(id));
    }

    private static ShareRoutes shares(Coordinator.Parts parts, RunRoutes runs) {
        var shared = new ShareRoutes.Shared(RunRoutes.KIND, "/v1/runs/{run}", Shares.May.WRITE);
        return new ShareRoutes(parts.access(), shared, runs::mine);
    }

    private static ProjectRoutes projects(Coordinator.Parts parts) {
        var comparison =
                new ProjectComparison(parts.projects(), parts.runs().database(), parts.credits());
        return new ProjectRoutes(parts.projects(), comparison);
    }

    private static List<Route> operations(CoordinatorFigures figures) {
        return new OperationRoutes(figures.readiness(), figures::write).routes();
    }

    List<Route> routes() {
        return routes;
    }

    /// A server that listens once it is started.
    ///
    /// @throws IOException if its certificate or key cannot be read
    Server server(CoordinatorSettings settings, SessionServices sessions) throws IOException {
        var blocking =
                Executors.newScheduledThreadPool(
                        FILE_THREADS, Thread.ofVirtual().name("file-", 0).factory());
        var server =
                Server.builder()
                        .blockingTaskExecutor(blocking, true)
                        .maxRequestLength(REQUEST_BYTES_MAX)
                        .requestTimeout(REQUEST_TIME_MAX)
                        .http2MaxFrameSize((int) FRAME_BYTES)
                        .maxNumConnections(connectionsMax)
                        .http2MaxStreamsPerConnection(STREAMS_MAX)
                        .gracefulShutdownTimeoutMillis(0, 0)
                        .meterRegistry(NoopMeterRegistry.get())
                        .errorHandler(new Problem.Renderer());
        listen(server, settings);
        sessions.addTo(server, guard);
        routes.forEach(route -> add(server, route));
        Pages.of(PAGES).routes().forEach(route -> add(server, route));
        return server.build();
    }

    private static void listen(ServerBuilder server, CoordinatorSettings settings)
            throws IOException {
        var tls = settings.entrance().tls();
        SafeHeaders.addTo(server, tls.isPresent());
        if (tls.isEmpty()) {
            server.http(settings.listen());
            return;
        }
        var files = tls.get();
        try {
            server.https(settings.listen())
                    .tls(TlsKeyPair.of(files.key().toFile(), files.certificate().toFile()))
                    .tlsCustomizer(context -> context.protocols("TLSv1.3", "TLSv1.2"));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "%s, %s: not readable (expected: a certificate and its key, PKCS #8, in PEM)"
                            .formatted(files.certificate(), files.key()),
                    e);
        }
    }

    private void add(ServerBuilder server, Route route) {
        var binding = server.route().methods(route.method()).path(route.path());
        if (route.isLong()) binding.maxRequestLength(0).requestTimeoutMillis(0);
        binding.build(
                (context, request) -> {
                    log.begin(context, route);
                    return HttpResponse.of(
                            CompletableFuture.supplyAsync(
                                    () -> answer(route, context, request), handlers));
                });
    }

    private HttpResponse answer(Route route, ServiceRequestContext context, HttpRequest request) {
        try (var lines = RequestLog.of(context)) {
            return answer(route, context, request, lines);
        } finally {
            BodyReader.drop(request);
        }
    }

    private HttpResponse answer(
            Route route,
            ServiceRequestContext context,
            HttpRequest request,
            RequestLog.Lines lines) {
        try {
            guard.check(route, context, request.headers());
            lines.asker(context);
            return replies.answer(route, context, request);
        } catch (Problem e) {
            return e.response(context.path());
        } catch (IllegalArgumentException e) {
            return new Problem(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()))
                    .response(context.path());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Problem(HttpStatus.SERVICE_UNAVAILABLE, "the coordinator stops")
                    .response(context.path());
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} {}: failed", route.method(), context.path(), e);
            var detail = "internal error; see the log, request " + RequestLog.id(context);
            return new Problem(HttpStatus.INTERNAL_SERVER_ERROR, detail).response(context.path());
        }
    }

    private HttpResponse health() {
        return Reply.ok(Reply.object().put("status", "ok"));
    }

    /// All of one's own devices, and of others' what they are called; those who offer devices and
    /// do not use any see their own alone.
    private HttpResponse devices(ServiceRequestContext context) {
        var person = Caller.of(context);
        var devices =
                parts.fleet().views().stream()
                        .filter(d -> person.mayUse(d.owner()) || person.is(Role.REQUESTOR))
                        .toList();
        return Reply.ok(
                Reply.list(
                        "devices",
                        devices,
                        device ->
                                person.mayUse(device.owner())
                                        ? Json.device(device)
                                        : Json.foreignDevice(device)));
    }

    private Route decision(String verb, UnaryOperator<Reputation> decision) {
        var path = "/v1/devices/{device}/" + verb;
        return Route.brief(
                HttpMethod.POST, path, Scope.ADMINISTRATORS, (c, r) -> decide(c, decision));
    }

    private HttpResponse decide(ServiceRequestContext context, UnaryOperator<Reputation> decision) {
        var id = String.valueOf(context.pathParam("device"));
        var device =
                parts.fleet()
                        .decide(id, decision)
                        .orElseThrow(() -> Problem.notFound("device", id));
        parts.access().note(context, "device-" + verb(context), id);
        return Reply.ok(Json.device(device));
    }

    private static String verb(ServiceRequestContext context) {
        return context.path().substring(context.path().lastIndexOf('/') + 1);
    }

    private static HttpResponse openApi() {
        try (InputStream in = Api.class.getResourceAsStream(OPENAPI)) {
            if (in == null) throw new IllegalStateException(OPENAPI + " is not in the build");
            return HttpResponse.of(
                    HttpStatus.OK, MediaType.parse("application/yaml"), in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
