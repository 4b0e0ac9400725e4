package motley.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import motley.wire.FromCoordinator;
import motley.wire.FromCoordinator.Timing;
import motley.wire.FromDevice;
import motley.wire.GrpcSessions;
import motley.wire.Protocol;
import motley.wire.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A device that is there learns that many others have come, and that they have gone.
@Timeout(value = 200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HeartbeatsContract {
    private static final int MANY = 520;

    @TempDir private Path folder;

    @Test
    void deviceLearnsHowManyThereAre() throws Exception {
        try (var coordinator = new TestHome(folder.resolve("home")).open();
                var own = new GrpcSessions(coordinator.uri(), 1, 1);
                var sessions =
                        new GrpcSessions(
                                coordinator.uri(), GrpcSessions.SESSIONS_PER_CONNECTION_MAX, 2)) {
            var first = new Listener();
            greet(own, first, "first");
            assertThat(first.next()).isEqualTo(new Timing(500, 2_500));

            var others = new ArrayList<Session<FromDevice>>();
            var let = new CountDownLatch(MANY);
            var counter = new Counter(let);
            for (int i = 0; i < MANY; i++) others.add(greet(sessions, counter, "other-" + i));
            assertThat(let.await(100, TimeUnit.SECONDS)).isTrue();
            assertThat(first.next().heartbeatMillis()).isBetween(1_000, 1_042);

            for (var other : others) other.close("enough");
            assertThat(first.next().heartbeatMillis()).isBetween(500, 521);
        }
    }

    private static Session<FromDevice> greet(
            GrpcSessions sessions, Session.Handler<FromCoordinator> handler, String id) {
        var session = sessions.connect(handler);
        var profile = TestDevice.profile(Optional.empty());
        session.send(new FromDevice.Hello(Protocol.VERSION, "", id, id, profile));
        return session;
    }

    /// What it is told, each time that it changes.
    private static final class Listener implements Session.Handler<FromCoordinator> {
        private final BlockingQueue<Timing> news = new LinkedBlockingQueue<>();
        private @Nullable Timing last;

        Timing next() throws InterruptedException {
            var next = news.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("told within a minute").isNotNull();
            return Objects.requireNonNull(next);
        }

        @Override
        public void received(FromCoordinator message) {
            message.retiming()
                    .filter(timing -> !timing.equals(last))
                    .ifPresent(
                            timing -> {
                                last = timing;
                                news.add(timing);
                            });
        }

        @Override
        public void closed(String why) {}
    }

    private record Counter(CountDownLatch let) implements Session.Handler<FromCoordinator> {
        @Override
        public void received(FromCoordinator message) {
            if (message instanceof FromCoordinator.Welcome) let.countDown();
        }

        @Override
        public void closed(String why) {}
    }
}
