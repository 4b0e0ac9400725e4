package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import motley.wire.FromCoordinator;
import motley.wire.FromCoordinator.Timing;
import motley.wire.FromDevice;
import motley.wire.GrpcSessions;
import motley.wire.Protocol;
import motley.wire.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A device that is there learns that many others have come, and that they have gone.
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HeartbeatsContract {
    private static final int MANY = 520;
    private static final int ALONE_MS = 500;

    /// For so many and the one that was there before.
    private static final int MANY_MS = 1_042;

    @TempDir private Path folder;

    @Test
    void deviceLearnsHowManyThereAre() throws Exception {
        var others = new ArrayList<Visitor>();
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var own = new GrpcSessions(coordinator.uri(), 1, 1);
                var sessions =
                        new GrpcSessions(
                                coordinator.uri(), GrpcSessions.SESSIONS_PER_CONNECTION_MAX, 2);
                var first = Visitor.join(own, "first")) {
            first.awaitPeriod(ALONE_MS, ALONE_MS);

            for (int i = 0; i < MANY; i++) others.add(Visitor.join(sessions, "other-" + i));
            first.awaitPeriod(MANY_MS / 2 + 1, MANY_MS);

            others.forEach(Visitor::close);
            first.awaitPeriod(ALONE_MS, 2 * ALONE_MS - 1);
        } finally {
            others.forEach(Visitor::close);
        }
    }

    /// A device without work. It comes back when its session is lost, as on a machine that stands
    /// still for some seconds.
    private static final class Visitor implements Session.Handler<FromCoordinator>, AutoCloseable {
        private static final Executor SOON =
                CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

        private final GrpcSessions sessions;
        private final String id;

        /// What it is told.
        private final BlockingQueue<Timing> news = new LinkedBlockingQueue<>();

        private int periodMs;

        // Guarded by `this`.
        private Optional<Session<FromDevice>> session = Optional.empty();
        private boolean hasLeft;

        private Visitor(GrpcSessions sessions, String id) {
            this.sessions = sessions;
            this.id = id;
        }

        static Visitor join(GrpcSessions sessions, String id) {
            var visitor = new Visitor(sessions, id);
            visitor.connect();
            return visitor;
        }

        private synchronized void connect() {
            if (hasLeft) return;
            var profile = TestDevice.profile(Optional.empty());
            var joined = sessions.connect(this);
            joined.send(new FromDevice.Hello(Protocol.VERSION, "", id, id, profile));
            session = Optional.of(joined);
        }

        @Override
        public synchronized void close() {
            hasLeft = true;
            session.ifPresent(it -> it.close("enough"));
        }

        /// Until the last that it was told is to be heard every so many milliseconds. It is told
        /// again where that has doubled or halved.
        void awaitPeriod(int least, int most) throws InterruptedException {
            while (periodMs < least || periodMs > most) {
                var next = news.poll(60, TimeUnit.SECONDS);
                assertThat(next).as("told after %d ms", periodMs).isNotNull();
                periodMs = Objects.requireNonNull(next).heartbeatMillis();
            }
        }

        @Override
        public void received(FromCoordinator message) {
            message.retiming().ifPresent(news::add);
        }

        @Override
        public void closed(String why) {
            SOON.execute(this::connect);
        }
    }
}
