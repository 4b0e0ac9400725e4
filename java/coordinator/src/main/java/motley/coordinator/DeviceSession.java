package motley.coordinator;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import motley.wire.FromCoordinator;
import motley.wire.FromCoordinator.Timing;
import motley.wire.FromDevice;
import motley.wire.RunManifest;
import motley.wire.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// One connection of a device, from its Hello to its end.
///
/// Messages come one at a time; any thread may send.
final class DeviceSession implements Session.Handler<FromDevice> {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceSession.class);
    private static final String NOT_FIRST = "the first message must be Hello, and only that one";

    private final Fleet fleet;
    private final Session<FromCoordinator> session;
    private final String token;
    private final MessageBudget budget = new MessageBudget(System::nanoTime);
    private final Set<String> prepared = new HashSet<>();
    private volatile @Nullable Device device;
    private volatile boolean sharesMemory;
    private volatile Timing told = Heartbeats.of(1);

    /// @param token what the device must send with bulk requests
    DeviceSession(Fleet fleet, Session<FromCoordinator> session, String token) {
        this.fleet = fleet;
        this.session = session;
        this.token = token;
    }

    String token() {
        return token;
    }

    Optional<Device> device() {
        return Optional.ofNullable(device);
    }

    /// Whether bulk bytes go through mapped files.
    boolean sharesMemory() {
        return sharesMemory;
    }

    /// Remembers what the device is told.
    Timing timed(Timing now) {
        told = now;
        return now;
    }

    void send(FromCoordinator message) {
        session.send(message);
    }

    /// Tells the device about a run, once per connection.
    void prepare(RunManifest manifest) {
        synchronized (prepared) {
            if (!prepared.add(manifest.run())) return;
        }
        send(new FromCoordinator.Prepare(manifest));
    }

    /// Ends the connection with a word about why.
    void dismiss(String reason, boolean mayReturn) {
        session.send(new FromCoordinator.Goodbye(reason, mayReturn));
        session.close(reason);
    }

    @Override
    public void received(FromDevice message) {
        var known = device;
        try (var _ = MDC.putCloseable("device", known == null ? "" : known.id())) {
            take(message);
        }
    }

    private void take(FromDevice message) {
        if (!budget.take()) {
            dismiss(MessageBudget.EXCEEDED, true);
            return;
        }
        var known = device;
        if (message instanceof FromDevice.Hello hello) {
            if (known == null) greet(hello);
            else dismiss(NOT_FIRST, false);
            return;
        }
        if (known == null) {
            dismiss(NOT_FIRST, false);
            return;
        }
        fleet.heard(known);
        switch (message) {
            case FromDevice.Hello ignored -> dismiss(NOT_FIRST, false);
            case FromDevice.Heartbeat beat -> {
                fleet.heartbeat(known, beat);
                retime(fleet.timing());
            }
            case FromDevice.SharedMemoryProof proof -> sharesMemory = fleet.accepts(proof);
            case FromDevice.WorkRequest ignored -> fleet.requestWork(known);
            case FromDevice.Submission submission -> fleet.submit(known, submission);
            case FromDevice.LeaseReturn back -> fleet.giveBack(known, back);
            case FromDevice.Leaving leaving -> fleet.leave(known, this, leaving.reason());
        }
    }

    @Override
    public void closed(String why) {
        var known = device;
        if (known != null) {
            LOG.info("device {} ({}): gone, {}", known.id(), known.name(), why);
            fleet.lost(known, this, why);
        }
        fleet.forget(this);
    }

    private void retime(Timing now) {
        if (Heartbeats.isOutdated(told, now))
            send(new FromCoordinator.Pulse(Optional.of(timed(now))));
    }

    private void greet(FromDevice.Hello hello) {
        var refusal = fleet.refusal(hello);
        if (refusal.isPresent()) {
            LOG.info("device {}: turned away, {}", hello.deviceId(), refusal.get());
            dismiss(refusal.get(), false);
            return;
        }
        device = fleet.welcome(hello, this);
        LOG.info("device {} ({}): has joined", hello.deviceId(), hello.name());
    }
}
