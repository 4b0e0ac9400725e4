package motley.coordinator;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.metric.NoopMeterRegistry;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.rounds.Reputation;
import motley.wire.GrpcSessionService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one port: device sessions, bulk bytes and the HTTP API, route by route as `openapi.yaml`
/// describes them.
///
/// Handlers run on virtual threads and may wait.
final class Api {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final long REQUEST_BYTES_MAX = 1 << 20;
    private static final long FRAME_BYTES = 1 << 20;

    /// Connections beside two for each device: of people, and of devices that say hello.
    private static final int CONNECTIONS_MORE = 1_024;

    /// A session and its bulk requests, or a page with its streams of events, take a few.
    private static final long STREAMS_MAX = 128;

    private static final String OPENAPI = "openapi.yaml";

    private final Coordinator.Parts parts;
    private final Guard guard;
    private final List<Route> routes;
    private final int connectionsMax;

    Api(Coordinator.Parts parts, CoordinatorSettings.Limits limits) {
        this.parts = parts;
        connectionsMax = Math.clamp(2L * limits.devicesMax(), 1, 1 << 24) + CONNECTIONS_MORE;
        guard = new Guard(parts.access(), parts.fleet());
        var runs = new RunRoutes(parts.runs(), parts.listeners());
        var bulk = new BulkRoutes(parts, guard, limits.blobBytesMax());
        routes =
                List.of(
                        Route.brief(HttpMethod.GET, "/v1/health", Scope.PUBLIC, (c, r) -> health()),
                        Route.brief(
                                HttpMethod.GET,
                                "/v1/openapi.yaml",
                                Scope.PUBLIC,
                                (c, r) -> openApi()),
                        Route.brief(
                                HttpMethod.GET, "/v1/devices", Scope.PEOPLE, (c, r) -> devices()),
                        decision("pardon", Reputation::pardoned),
                        decision("trust", known -> known.pardoned().trusted(true)),
                        decision("distrust", known -> known.trusted(false)),
                        Route.brief(HttpMethod.POST, "/v1/runs", Scope.PEOPLE, runs::start),
                        Route.brief(HttpMethod.GET, "/v1/runs", Scope.PEOPLE, runs::list),
                        Route.brief(HttpMethod.GET, "/v1/runs/{run}", Scope.PEOPLE, runs::show),
                        Route.brief(HttpMethod.PATCH, "/v1/runs/{run}", Scope.PEOPLE, runs::change),
                        Route.lengthy(
                                HttpMethod.GET,
                                "/v1/runs/{run}/events",
                                Scope.PEOPLE,
                                runs::events),
                        Route.brief(
                                HttpMethod.POST,
                                "/v1/runs/{run}/continue",
                                Scope.PEOPLE,
                                runs::startFrom),
                        Route.brief(
                                HttpMethod.POST, "/v1/runs/{run}/stop", Scope.PEOPLE, runs::stop),
                        Route.brief(
                                HttpMethod.POST, "/v1/runs/{run}/pause", Scope.PEOPLE, runs::pause),
                        Route.brief(
                                HttpMethod.POST,
                                "/v1/runs/{run}/resume",
                                Scope.PEOPLE,
                                runs::resume),
                        Route.lengthy(
                                HttpMethod.GET, "/v1/runs/{run}/model", Scope.PEOPLE, runs::model),
                        Route.lengthy(
                                HttpMethod.GET,
                                "/v1/runs/{run}/parameters/{version}",
                                Scope.DEVICES_TOO,
                                bulk::parameters),
                        Route.lengthy(
                                HttpMethod.PUT,
                                "/v1/runs/{run}/contributions/{lease}",
                                Scope.DEVICE,
                                bulk::contribution),
                        Route.lengthy(
                                HttpMethod.GET,
                                "/v1/blobs/{sha256}",
                                Scope.DEVICES_TOO,
                                bulk::readBlob),
                        Route.lengthy(
                                HttpMethod.HEAD,
                                "/v1/blobs/{sha256}",
                                Scope.DEVICES_TOO,
                                bulk::readBlob),
                        Route.lengthy(
                                HttpMethod.PUT,
                                "/v1/blobs/{sha256}",
                                Scope.PEOPLE,
                                bulk::writeBlob));
    }

    List<Route> routes() {
        return routes;
    }

    /// A server that listens on `address` once it is started.
    Server server(InetSocketAddress address, GrpcSessionService sessions) {
        var blocking =
                Executors.newScheduledThreadPool(
                        0, Thread.ofVirtual().name("request-", 0).factory());
        var server =
                Server.builder()
                        .http(address)
                        .blockingTaskExecutor(blocking, true)
                        .maxRequestLength(REQUEST_BYTES_MAX)
                        .http2MaxFrameSize((int) FRAME_BYTES)
                        .maxNumConnections(connectionsMax)
                        .http2MaxStreamsPerConnection(STREAMS_MAX)
                        .gracefulShutdownTimeoutMillis(0, 0)
                        .meterRegistry(NoopMeterRegistry.get())
                        .errorHandler(new Problem.Renderer());
        sessions.addTo(server);
        routes.forEach(route -> add(server, route));
        return server.build();
    }

    private void add(ServerBuilder server, Route route) {
        var binding = server.route().methods(route.method()).path(route.path());
        if (route.isLong()) binding.maxRequestLength(0).requestTimeoutMillis(0);
        binding.build(
                (context, request) ->
                        HttpResponse.of(
                                CompletableFuture.supplyAsync(
                                        () -> answer(route, context, request),
                                        context.blockingTaskExecutor())));
    }

    private HttpResponse answer(Route route, ServiceRequestContext context, HttpRequest request) {
        try {
            guard.check(route.scope(), request.headers());
            return route.handler().answer(context, request);
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
            return new Problem(HttpStatus.INTERNAL_SERVER_ERROR, "internal error; see the log")
                    .response(context.path());
        }
    }

    private HttpResponse health() {
        return Reply.ok(Reply.object().put("status", "ok"));
    }

    private HttpResponse devices() {
        return Reply.ok(Reply.list("devices", parts.fleet().views(), Json::device));
    }

    private Route decision(String verb, UnaryOperator<Reputation> decision) {
        var path = "/v1/devices/{device}/" + verb;
        return Route.brief(HttpMethod.POST, path, Scope.PEOPLE, (c, r) -> decide(c, decision));
    }

    private HttpResponse decide(ServiceRequestContext context, UnaryOperator<Reputation> decision) {
        var id = String.valueOf(context.pathParam("device"));
        var device =
                parts.fleet()
                        .decide(id, decision)
                        .orElseThrow(() -> Problem.notFound("device", id));
        return Reply.ok(Json.device(device));
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
