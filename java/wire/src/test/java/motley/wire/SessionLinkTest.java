package motley.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import motley.wire.v1.CoordinatorMessage;
import motley.wire.v1.DeviceMessage;
import motley.wire.v1.Leaving;
import motley.wire.v1.WorkRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The rules of a session on a transport and a clock made by hand. The real clock beats every half
/// second; these tests are over before that, and beat by themselves.
final class SessionLinkTest {
    private static final DeviceMessage WORK =
            DeviceMessage.newBuilder().setWorkRequest(WorkRequest.getDefaultInstance()).build();

    private final Looks looks = new Looks();
    private final ScheduledExecutorService clock = looks;
    private final Recorder recorder = new Recorder();
    private final FakePipe pipe = new FakePipe();
    private long nowNs = 1;
    private final SessionLink<FromCoordinator, FromDevice, CoordinatorMessage, DeviceMessage> link =
            new SessionLink<>(
                    new SessionLink.Side<>(
                            new CoordinatorCodec(), new DeviceCodec(), new FromCoordinator.Pulse()),
                    recorder,
                    clock,
                    () -> nowNs);

    @AfterEach
    void stop() {
        clock.shutdownNow();
    }

    @Test
    void messagesSentBeforeOpeningGoOutInOrder() {
        assertThat(link.send(new FromCoordinator.Accepted(1))).isTrue();
        assertThat(link.send(new FromCoordinator.Accepted(2))).isTrue();
        link.open(pipe);
        assertThat(pipe.written).containsExactly(accepted(1), accepted(2));
    }

    @Test
    void goodbyeGoesOutThoughTheTransportIsBusy() {
        link.open(pipe);
        pipe.ready = false;
        link.send(new FromCoordinator.Accepted(1));
        link.close("done");
        assertThat(pipe.written).containsExactly(accepted(1));
        assertThat(pipe.finished).isTrue();
    }

    @Test
    void messagesWaitUntilTheTransportHasRoom() {
        link.open(pipe);
        pipe.ready = false;
        link.send(new FromCoordinator.Accepted(1));
        assertThat(pipe.written).isEmpty();
        pipe.ready = true;
        link.drain();
        assertThat(pipe.written).containsExactly(accepted(1));
    }

    @Test
    void peerThatDoesNotReadIsDropped() {
        link.open(pipe);
        pipe.ready = false;
        var reason = "x".repeat(1_000);
        int sent = 0;
        while (link.send(new FromCoordinator.Idle(reason))) sent++;
        assertThat(sent * 1_000).isLessThanOrEqualTo(Protocol.QUEUE_BYTES_MAX);
        assertThat(recorder.closed).singleElement().asString().startsWith("too slow: ");
        assertThat(pipe.aborted).isTrue();
    }

    @Test
    void oversizedMessageIsTheCallersError() {
        link.open(pipe);
        var huge = new FromCoordinator.Idle("x".repeat(Protocol.MESSAGE_BYTES_MAX));
        assertThatThrownBy(() -> link.send(huge))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("message: 65544 bytes (expected: at most 65536)");
        assertThat(link.send(new FromCoordinator.Pulse())).isTrue();
    }

    @Test
    void newPeerHasTenSecondsForItsFirstMessage() {
        link.open(pipe);
        nowNs += Protocol.CONNECT.toNanos();
        link.tick();
        assertThat(recorder.closed).isEmpty();
        nowNs++;
        link.tick();
        assertThat(recorder.closed).containsExactly("nothing heard for 10000 ms");
    }

    @Test
    void silenceAfterTheFirstMessageEndsTheSession() {
        link.open(pipe);
        link.received(WORK);
        nowNs += Protocol.SILENCE.toNanos();
        link.tick();
        assertThat(recorder.closed).isEmpty();
        nowNs++;
        link.tick();
        assertThat(recorder.closed).containsExactly("nothing heard for 2500 ms");
        assertThat(pipe.aborted).isTrue();
    }

    @Test
    void sessionIsLookedAtAgainAtItsLimit() {
        link.open(pipe);
        link.received(WORK);
        nowNs += Protocol.SILENCE.toNanos() - 1;
        link.tick();
        assertThat(looks.delaysNs).containsExactly(2L);
        nowNs += 2;
        looks.run();
        assertThat(recorder.closed).containsExactly("nothing heard for 2500 ms");
    }

    /// A suspended machine finds its own clock ahead before it has read what its peer sent.
    @Test
    void whatWaitedWhileTheProcessStoodStillIsReadFirst() {
        link.open(pipe);
        link.received(WORK);
        nowNs += TimeUnit.SECONDS.toNanos(60);
        link.tick();
        link.received(WORK);
        nowNs += Protocol.HEARTBEAT.toNanos();
        looks.run();
        link.tick();
        assertThat(recorder.closed).isEmpty();
    }

    @Test
    void silenceIsExcusedForOneHeartbeat() {
        link.open(pipe);
        link.received(WORK);
        nowNs += TimeUnit.SECONDS.toNanos(60);
        link.tick();
        link.tick();
        assertThat(recorder.closed).isEmpty();
        assertThat(looks.delaysNs).containsOnly(Protocol.HEARTBEAT.toNanos());
        nowNs += Protocol.HEARTBEAT.toNanos();
        looks.run();
        assertThat(recorder.closed).containsExactly("nothing heard for 60500 ms");
    }

    @Test
    void silenceIsExcusedOnce() {
        link.open(pipe);
        link.received(WORK);
        nowNs += TimeUnit.SECONDS.toNanos(60);
        link.tick();
        nowNs += TimeUnit.SECONDS.toNanos(60);
        link.tick();
        assertThat(recorder.closed).containsExactly("nothing heard for 120000 ms");
    }

    @Test
    void agreedSilenceReplacesTheUsualOne() {
        link.open(pipe);
        link.retime(new FromCoordinator.Timing(10_000, 60_000));
        link.received(WORK);
        nowNs += TimeUnit.SECONDS.toNanos(60);
        link.tick();
        assertThat(recorder.closed).isEmpty();
    }

    @Test
    void timeAskedForAgainChangesNothing() {
        link.open(pipe);
        var asked = new FromCoordinator.Timing(10_000, 60_000);
        link.retime(asked);
        int schedules = looks.schedules;
        link.retime(asked);
        assertThat(looks.schedules).isEqualTo(schedules);
        link.retime(new FromCoordinator.Timing(20_000, 60_000));
        assertThat(looks.schedules).isEqualTo(schedules + 1);
    }

    /// Either end keeps the time that the coordinator has named.
    @Test
    void coordinatorKeepsTheTimeItAsksFor() {
        link.open(pipe);
        var welcome =
                new FromCoordinator.Welcome(
                        "id",
                        "token",
                        new FromCoordinator.Timing(10_000, 60_000),
                        Optional.empty(),
                        Optional.empty());
        assertThat(new TimedSession(link).send(welcome)).isTrue();
        link.received(WORK);
        nowNs += TimeUnit.SECONDS.toNanos(60);
        link.tick();
        assertThat(recorder.closed).isEmpty();
        nowNs++;
        link.tick();
        assertThat(recorder.closed).containsExactly("nothing heard for 60000 ms");
    }

    @Test
    void heartbeatFollowsTheFirstMessage() {
        link.open(pipe);
        link.tick();
        assertThat(pipe.written).isEmpty();
        link.send(new FromCoordinator.Accepted(1));
        link.tick();
        assertThat(pipe.written).hasSize(2);
        assertThat(pipe.written.getLast().hasPulse()).isTrue();
    }

    @Test
    void sessionClosesOnce() {
        link.open(pipe);
        link.close("first");
        link.close("second");
        link.fail("third");
        link.received(WORK);
        assertThat(recorder.closed).containsExactly("first");
        assertThat(recorder.received).isEmpty();
        assertThat(pipe.finished).isTrue();
        assertThat(link.send(new FromCoordinator.Pulse())).isFalse();
    }

    @Test
    void closingFromWithinTheHandlerComesAfterTheMessage() {
        recorder.onReceived = () -> link.close("enough");
        link.open(pipe);
        link.received(WORK);
        assertThat(recorder.order).containsExactly("received", "returned", "closed");
    }

    @Test
    void malformedMessageEndsTheSession() {
        link.open(pipe);
        var leaving = Leaving.newBuilder().setReason("x".repeat(1_001));
        link.received(DeviceMessage.newBuilder().setLeaving(leaving).build());
        assertThat(recorder.received).isEmpty();
        assertThat(recorder.closed)
                .containsExactly(
                        "malformed message: reason: 1001 characters (expected: at most 1000)");
    }

    private static CoordinatorMessage accepted(long lease) {
        return new CoordinatorCodec().encode(new FromCoordinator.Accepted(lease));
    }

    private static final class Recorder implements Session.Handler<FromDevice> {
        final List<FromDevice> received = new ArrayList<>();
        final List<String> closed = new ArrayList<>();
        final List<String> order = new ArrayList<>();
        Runnable onReceived = () -> {};

        @Override
        public void received(FromDevice message) {
            received.add(message);
            order.add("received");
            onReceived.run();
            order.add("returned");
        }

        @Override
        public void closed(String why) {
            closed.add(why);
            order.add("closed");
        }
    }

    /// A clock whose single events happen when the test says so.
    private static final class Looks extends ScheduledThreadPoolExecutor {
        final List<Long> delaysNs = new ArrayList<>();
        private final List<Runnable> events = new ArrayList<>();
        int schedules;

        Looks() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(
                Runnable beat, long delay, long period, TimeUnit unit) {
            schedules++;
            return super.scheduleWithFixedDelay(beat, delay, period, unit);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable event, long delay, TimeUnit unit) {
            delaysNs.add(unit.toNanos(delay));
            events.add(event);
            return super.schedule(() -> {}, 0, TimeUnit.NANOSECONDS);
        }

        void run() {
            for (var event : List.copyOf(events)) event.run();
        }
    }

    private static final class FakePipe implements Pipe<CoordinatorMessage> {
        final List<CoordinatorMessage> written = new ArrayList<>();
        boolean ready = true;
        boolean finished;
        boolean aborted;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void write(CoordinatorMessage message) {
            written.add(message);
        }

        @Override
        public void finish() {
            finished = true;
        }

        @Override
        public void abort(String why) {
            aborted = true;
        }
    }
}
