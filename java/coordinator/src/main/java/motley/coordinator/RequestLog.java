package motley.coordinator;

import com.linecorp.armeria.common.logging.RequestLogProperty;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.concurrent.TimeUnit;
import motley.coordinator.access.Caller;
import motley.coordinator.http.Route;
import motley.coordinator.operations.Counters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// Which request it is that log lines are about, and a line for each that was answered: method,
/// path without its query, status, time. The asker hears the request's id in `x-request-id`.
record RequestLog(Counters counters) {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);
    private static final String HEADER = "x-request-id";

    /// Counts the request when it is answered.
    void begin(ServiceRequestContext context, Route route) {
        var id = id(context);
        context.setAdditionalResponseHeader(HEADER, id);
        var _ =
                context.log()
                        .whenComplete()
                        .thenAccept(
                                log -> {
                                    if (!log.isAvailable(RequestLogProperty.RESPONSE_HEADERS)) {
                                        return;
                                    }
                                    int status = log.responseStatus().code();
                                    counters.answered(status);
                                    if (!LOG.isDebugEnabled()) return;
                                    try (var _ = MDC.putCloseable("request", id)) {
                                        LOG.debug(
                                                "{} {}: {} in {} ms",
                                                route.method(),
                                                context.path(),
                                                status,
                                                TimeUnit.NANOSECONDS.toMillis(
                                                        log.totalDurationNanos()));
                                    }
                                });
    }

    static String id(ServiceRequestContext context) {
        return context.id().shortText();
    }

    /// Log lines of this thread are about the request until it is closed.
    static Lines of(ServiceRequestContext context) {
        MDC.put("request", id(context));
        var run = context.pathParam("run");
        if (run != null) MDC.put("run", run);
        var device = context.pathParam("device");
        if (device != null) MDC.put("device", device);
        return new Lines();
    }

    /// Log lines about a request.
    static final class Lines implements AutoCloseable {
        private Lines() {}

        /// They name who asks, too.
        void asker(ServiceRequestContext context) {
            MDC.put("person", Caller.of(context).id());
        }

        @Override
        public void close() {
            MDC.clear();
        }
    }
}
