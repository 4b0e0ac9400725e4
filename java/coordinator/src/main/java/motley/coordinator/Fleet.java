package motley.coordinator;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import motley.coordinator.access.Access;
import motley.coordinator.access.Person;
import motley.coordinator.access.Secret;
import motley.coordinator.plans.Plans;
import motley.rounds.DeviceId;
import motley.rounds.Reputation;
import motley.rounds.sharing.FairShare;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.Hindrance;
import motley.wire.Protocol;
import motley.wire.Session;
import motley.wire.SharedDirectory;

/// All devices, and which run each of them works for.
///
/// A device that asks for work goes where [Sharing] says, of the runs that have a place for it. A
/// run keeps a device until the device asks again or the run has no use for it. Any thread may
/// call; only a hello waits, for the database.
final class Fleet {
    private final Access access;
    private final Optional<SharedDirectory> shared;
    private final int devicesMax;
    private final Reputations reputations;
    private final Plans plans;
    private final InstantSource clock;
    private final Map<String, DeviceSession> sessions = new ConcurrentHashMap<>();

    /// Sessions that have said hello and were let in.
    private final AtomicInteger connected = new AtomicInteger();

    private final Headcount headcount = new Headcount();

    /// Guarded by `this`, as are the decisions about who works for whom.
    private final Map<String, Device> devices = new LinkedHashMap<>();

    private final List<RunLoop> runs = new ArrayList<>();
    private final Sharing sharing;
    private long devicesMet;
    private boolean isClosing;

    Fleet(Access access, Optional<SharedDirectory> shared, int devicesMax, Records records) {
        this.access = access;
        this.shared = shared;
        this.devicesMax = devicesMax;
        reputations = records.reputations;
        plans = records.plans;
        clock = records.clock;
        sharing = new Sharing(clock);
    }

    /// What it knows from before, and of what devices run; and the time.
    record Records(Reputations reputations, Plans plans, InstantSource clock) {}

    /// The handler of a new connection.
    Session.Handler<FromDevice> open(Session<FromCoordinator> session) {
        var opened = new DeviceSession(this, session, Secret.random());
        sessions.put(opened.token(), opened);
        return opened;
    }

    /// The device whose session has `token`.
    Optional<Device> holderOf(String token) {
        return Optional.ofNullable(sessions.get(token)).flatMap(DeviceSession::device);
    }

    /// All devices in the order they were first met.
    synchronized List<DeviceView> views() {
        return devices.values().stream().map(Device::view).toList();
    }

    /// Why this device may not join; empty if it may.
    Optional<String> refusal(FromDevice.Hello hello) {
        if (hello.protocolVersion() != Protocol.VERSION) {
            return Optional.of(
                    "protocol version: %d (expected: %d; update whichever is older)"
                            .formatted(hello.protocolVersion(), Protocol.VERSION));
        }
        var ticket = access.ticket(hello.token(), hello.deviceId());
        if (ticket.isEmpty()) {
            return Optional.of(
                    "token: wrong or missing (expected: --token as `motley serve` printed it, or"
                            + " a link of `motley invite` that has not expired)");
        }
        if (ticket.get().isHandedOver() && isConnected(hello.deviceId())) {
            return Optional.of("device: here as another person's (expected: one of your own)");
        }
        if (connected.get() < devicesMax) return Optional.empty();
        return Optional.of("devices: %d are here (expected: no more)".formatted(devicesMax));
    }

    private boolean isConnected(String id) {
        return find(id).flatMap(Device::session).isPresent();
    }

    /// Takes a device in, or takes it back; its earlier connection ends.
    Device welcome(FromDevice.Hello hello, DeviceSession session) {
        var device = meet(hello);
        var profile = classed(hello.profile());
        own(device, hello.token());
        device.heard(clock.millis());
        var replaced = device.connected(session, hello.name(), profile);
        replaced.ifPresent(old -> old.dismiss("another connection of this device", false));
        session.send(
                new FromCoordinator.Welcome(
                        hello.deviceId(),
                        session.token(),
                        session.timed(Heartbeats.of(connected.incrementAndGet())),
                        shared.map(directory -> directory.path().toString()),
                        Optional.of(profile.numericClass())));
        device.run().ifPresent(run -> run.tell(new RunMessage.Joined(device)));
        return device;
    }

    /// What a device that runs plans computes is the compiler's doing.
    private DeviceProfile classed(DeviceProfile profile) {
        if (profile.thin().isEmpty()) return profile;
        return profile.withNumericClass(plans.numericClass(profile));
    }

    /// A device that comes as another person's has nothing of the honesty it showed before.
    private void own(Device device, String token) {
        var ticket = access.ticket(token, device.id());
        if (ticket.isEmpty()) return;
        var owner = ticket.get().owner();
        access.joined(device.id(), ticket.get());
        device.owned(owner);
        // What comes with the coordinator's own token may be anybody's.
        var known = owner.equals(Person.OWNER.id()) ? "" : owner;
        var before = device.reputation();
        if (before.owner().equals(known)) return;
        var now = ticket.get().isHandedOver() ? Reputation.NEW : before;
        var owned =
                new Reputation(
                        known,
                        now.isTrusted(),
                        now.confirmed(),
                        now.failures(),
                        now.quarantinedUntil());
        device.reputed(owned);
        reputations.keep(device.id(), owned);
    }

    /// Sends devices away; they may come back with a token that is good.
    void expel(List<String> ids) {
        for (var id : ids) {
            find(id).flatMap(Device::session)
                    .ifPresent(session -> session.dismiss("what let it in was revoked", false));
        }
    }

    boolean accepts(FromDevice.SharedMemoryProof proof) {
        return shared.isPresent() && shared.get().isProvenBy(proof);
    }

    void heard(Device device) {
        device.heard(clock.millis());
    }

    void heartbeat(Device device, FromDevice.Heartbeat beat) {
        device.measured(beat.health());
        if (beat.lease() == 0) return;
        device.run().ifPresent(run -> run.tell(new RunMessage.Heard(device, beat.lease())));
    }

    /// How often a device should be heard at present.
    FromCoordinator.Timing timing() {
        return Heartbeats.of(connected.get());
    }

    void submit(Device device, FromDevice.Submission submission) {
        var run = runOf(submission.task().run());
        if (run.isPresent()) {
            run.get().tell(new RunMessage.Submitted(device, submission));
        } else {
            device.send(
                    new FromCoordinator.Refused(
                            submission.task().lease(), "run: not active any more"));
        }
    }

    void giveBack(Device device, FromDevice.LeaseReturn back) {
        runOf(back.run()).ifPresent(run -> run.tell(new RunMessage.Returned(device, back)));
    }

    void leave(Device device, DeviceSession session, String reason) {
        var gone = new Hindrance("left: " + reason, "it works again once it has joined again");
        if (!device.disconnected(session, gone)) return;
        device.run().ifPresent(run -> run.tell(new RunMessage.Left(device, reason)));
        device.detach();
    }

    /// A device that is gone without a word keeps its place in the run, which decides how long it
    /// waits for the tasks in its hands.
    void lost(Device device, DeviceSession session, String why) {
        var gone = new Hindrance(why, "it comes back by itself while its program or page is open");
        if (!device.disconnected(session, gone)) return;
        device.run().ifPresent(run -> run.tell(new RunMessage.Silent(device, why)));
    }

    void forget(DeviceSession session) {
        sessions.remove(session.token());
        if (session.device().isPresent()) connected.decrementAndGet();
    }

    synchronized void requestWork(Device device) {
        device.asks();
        dispatch(device);
    }

    /// A run that devices may work for from now on.
    synchronized void add(RunLoop run, Sharing.Claimant claimant) {
        runs.add(run);
        sharing.put(run.id(), claimant);
        dispatchFree();
    }

    /// A run that has ended.
    synchronized void remove(RunLoop run) {
        runs.remove(run);
        sharing.remove(run.id());
        for (var device : devices.values()) {
            if (device.run().filter(run::equals).isPresent()) device.detach();
        }
        if (!isClosing) dispatchFree();
    }

    /// A run claims something else from now on.
    synchronized void claim(String run, Claim claim) {
        sharing.claim(run, claim);
        dispatchFree();
    }

    /// A run has learnt something about the honesty of `device`.
    void reputed(Device device, Reputation reputation, RunLoop run) {
        device.reputed(reputation);
        reputations.keep(device.id(), reputation);
        if (reputation.isQuarantined(clock.instant())) release(device, run);
    }

    /// People decide about the device called `id`.
    ///
    /// @return the device; empty if there is none
    Optional<DeviceView> decide(String id, UnaryOperator<Reputation> decision) {
        var device = find(id);
        device.ifPresent(
                known -> {
                    var now = decision.apply(known.reputation());
                    known.reputed(now);
                    reputations.keep(id, now);
                    known.run().ifPresent(run -> run.tell(new RunMessage.Vouched(known)));
                    dispatchFree();
                });
        return device.map(Device::view);
    }

    private synchronized Optional<Device> find(String id) {
        return Optional.ofNullable(devices.get(id));
    }

    /// A run has no use for this device at present.
    synchronized void release(Device device, RunLoop run) {
        if (device.run().filter(run::equals).isEmpty()) return;
        device.detach();
        if (device.isAsking()) dispatch(device);
    }

    /// Gives work to devices that wait for some: a run is there, or goes on.
    synchronized void dispatchFree() {
        for (var device : devices.values()) {
            if (device.isAsking() && device.run().isEmpty()) dispatch(device);
        }
    }

    /// Ends all sessions.
    void close() {
        synchronized (this) {
            isClosing = true;
        }
        for (var session : List.copyOf(sessions.values())) {
            session.dismiss("the coordinator stops", true);
        }
    }

    /// The device that says hello. For a new one the longest known of those that are gone is
    /// forgotten when there are too many.
    private synchronized Device meet(FromDevice.Hello hello) {
        var known = devices.get(hello.deviceId());
        if (known != null) return known;
        if (devices.size() >= devicesMax) {
            devices.values().stream()
                    .filter(device -> device.session().isEmpty() && device.run().isEmpty())
                    .findFirst()
                    .ifPresent(device -> devices.remove(device.id()));
        }
        var number = new DeviceId(++devicesMet);
        var device = new Device(hello.deviceId(), number, hello, headcount);
        device.reputed(reputations.of(device.id()));
        devices.put(hello.deviceId(), device);
        return device;
    }

    private synchronized Optional<RunLoop> runOf(String id) {
        return runs.stream().filter(run -> run.id().equals(id)).findFirst();
    }

    private void dispatch(Device device) {
        var before = device.run();
        var chosen = choose(device);
        if (before.isPresent() && !before.equals(chosen)) {
            before.get().tell(new RunMessage.Left(device, "works for another run"));
            device.detach();
        }
        if (chosen.isEmpty()) {
            device.idles(hindrance(device));
            return;
        }
        var run = chosen.get();
        if (!before.equals(chosen)) {
            device.attach(run);
            run.tell(new RunMessage.Joined(device));
        }
        run.tell(new RunMessage.WorkRequested(device));
    }

    private Optional<RunLoop> choose(Device device) {
        var candidates =
                runs.stream()
                        .filter(run -> sharing.admits(device, run.id()))
                        .filter(run -> run.hasPlaceFor(device))
                        .map(run -> new FairShare.Candidate(run.id(), others(run, device)))
                        .toList();
        return sharing.choose(device, candidates).flatMap(this::runOf);
    }

    /// Connected devices other than `device` that work for `run`.
    private long others(RunLoop run, Device device) {
        boolean isHere = device.isCountedFor(run);
        return headcount.of(run.id()) - (isHere ? 1 : 0);
    }

    private Hindrance hindrance(Device device) {
        var until = device.reputation().quarantinedUntil().filter(clock.instant()::isBefore);
        if (until.isPresent()) {
            return new Hindrance(
                    "answers of this device were proven wrong",
                    "no work for it until %s; an administrator may `motley devices --pardon` it"
                            .formatted(until.get()));
        }
        if (runs.isEmpty()) {
            return new Hindrance("no run is active", "it works as soon as somebody starts one");
        }
        return runs.stream()
                .flatMap(run -> run.exchange().unfitness(device).stream())
                .findFirst()
                .orElse(
                        new Hindrance(
                                "no active run has a place for this device",
                                "it gets one when a device leaves, or a run is allowed more"));
    }
}
