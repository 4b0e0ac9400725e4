package motley.coordinator.repeats;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import motley.coordinator.access.Caller;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Route;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers a request that comes twice once: whoever sends `Idempotency-Key` with a POST may send it
/// again when its answer was lost, and gets that answer.
///
/// Answers of success are kept for a day, over restarts. A request that failed has made nothing and
/// is answered anew. Source: IETF draft "The Idempotency-Key HTTP Header Field", §2.
public final class RepeatedRequests {
    private static final Logger LOG = LoggerFactory.getLogger(RepeatedRequests.class);
    private static final String HEADER = "idempotency-key";
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int KEYS_MAX = 10_000;
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ReplyRows rows;
    private final InstantSource clock;

    public RepeatedRequests(Jdbi jdbi, InstantSource clock) {
        rows = new ReplyRows(jdbi);
        this.clock = clock;
    }

    /// What the route answers, or has answered to the same request.
    ///
    /// @throws Problem if the key stands for another request, or one that is not answered yet
    public HttpResponse answer(Route route, ServiceRequestContext context, HttpRequest request)
            throws IOException, InterruptedException {
        var given = request.headers().get(HEADER);
        if (given == null || !isForPeople(route)) return route.handler().answer(context, request);
        var key = new RepeatKey(Caller.of(context).id(), given);
        var whole = request.aggregate().join();
        var sha256 = sha256(whole);
        long now = clock.millis();
        rows.forgetOlderThan(now - KEPT.toMillis());
        requireRoom(key.person());
        if (!rows.begin(key, sha256, now)) return again(key, sha256);
        boolean isKept = false;
        try {
            var response = route.handler().answer(context, whole.toHttpRequest());
            var reply = response.aggregate().join();
            isKept = reply.status().isSuccess() && isKept(key, KeptReply.of(reply));
            return reply.toHttpResponse();
        } finally {
            if (!isKept) forget(key);
        }
    }

    /// A body of any length cannot be compared, and nobody's requests are not one person's.
    private static boolean isForPeople(Route route) {
        if (!route.method().equals(HttpMethod.POST) || route.isLong()) return false;
        return switch (route.scope()) {
            case PEOPLE, REQUESTORS, PROVIDERS, ADMINISTRATORS, MONITORS, ACCOUNT -> true;
            case PUBLIC, DEVICES_TOO, DEVICE -> false;
        };
    }

    private void requireRoom(String person) {
        if (rows.count(person) < KEYS_MAX) return;
        throw new Problem(
                HttpStatus.TOO_MANY_REQUESTS,
                "idempotency-key: %d are kept (expected: no more in a day)".formatted(KEYS_MAX),
                Duration.ofHours(1));
    }

    private HttpResponse again(RepeatKey key, String sha256) {
        var found = rows.find(key);
        if (found.isEmpty()) throw busy();
        var row = found.get();
        if (!row.requestSha256().equals(sha256)) {
            throw new Problem(
                    HttpStatus.UNPROCESSABLE_ENTITY,
                    "idempotency-key: was sent with another request (expected: a new one, or the"
                            + " same method, path and body)");
        }
        if (row.sealed().isPresent()) {
            return KeptReply.parse(key.open(row.sealed().get())).response();
        }
        if (row.isOfThisLife()) throw busy();
        throw new Problem(
                HttpStatus.CONFLICT,
                "idempotency-key: the coordinator ended while it answered (expected: a new one,"
                        + " once you have looked whether what you asked for is there)");
    }

    private static Problem busy() {
        return new Problem(
                HttpStatus.CONFLICT,
                "idempotency-key: its first request is being answered (expected: a moment more)",
                SOON);
    }

    /// What was made is there, whether its answer can be kept or not.
    private boolean isKept(RepeatKey key, KeptReply reply) {
        try {
            rows.keep(key, key.seal(reply.bytes()));
        } catch (JdbiException e) {
            LOG.warn("a reply cannot be kept: {}", e.getMessage());
        }
        return true;
    }

    private void forget(RepeatKey key) {
        try {
            rows.forget(key);
        } catch (JdbiException e) {
            LOG.warn("a key cannot be forgotten: {}", e.getMessage());
        }
    }

    private static String sha256(AggregatedHttpRequest request) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var head = request.method() + " " + request.path() + "\n";
            digest.update(head.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(request.content().array()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
