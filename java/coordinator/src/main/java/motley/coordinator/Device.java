package motley.coordinator;

import java.util.Objects;
import java.util.Optional;
import motley.coordinator.access.Person;
import motley.coordinator.credits.Payroll;
import motley.rounds.DeviceId;
import motley.rounds.Kind;
import motley.rounds.Reputation;
import motley.rounds.Task;
import motley.wire.DeviceHealth;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.FromDevice;
import motley.wire.Hindrance;
import org.jspecify.annotations.Nullable;

/// A device the coordinator has met since it started. Its fields are guarded by itself; any thread
/// may call.
final class Device {
    private final String id;
    private final DeviceId number;
    private final Headcount headcount;

    private String name;
    private String owner = Person.OWNER.id();
    private DeviceProfile profile;
    private DeviceHealth health = DeviceHealth.unknown();
    private @Nullable DeviceSession session;
    private @Nullable RunLoop run;
    private @Nullable String countedFor;
    private @Nullable Hindrance gone;

    /// Why no run has work for it.
    private @Nullable Hindrance idle;
    private boolean isAsking;
    private long lease;
    private long heardAtMs;
    private long tasks;
    private long samples;
    private long computeMicros;
    private long withheld;
    private Reputation reputation = Reputation.NEW;
    private final Traffic traffic = new Traffic();

    /// @param number what the training loops call it
    /// @param headcount of the fleet; the device keeps it right
    Device(String id, DeviceId number, FromDevice.Hello hello, Headcount headcount) {
        this.id = id;
        this.number = number;
        this.name = hello.name();
        this.profile = hello.profile();
        this.headcount = headcount;
    }

    String id() {
        return id;
    }

    DeviceId number() {
        return number;
    }

    /// What went over the network to and from it.
    Traffic traffic() {
        return traffic;
    }

    synchronized String name() {
        return name;
    }

    /// Whose it is.
    synchronized void owned(String by) {
        owner = by;
    }

    synchronized String numericClass() {
        return profile.numericClass();
    }

    /// The samples of its own that it offers as `named`.
    synchronized Optional<DeviceProfile.OwnSamples> ownSamples(String named) {
        return profile.ownSamples().stream().filter(own -> own.name().equals(named)).findFirst();
    }

    /// How much its owner lends.
    synchronized long memoryLimitBytes() {
        return profile.memoryLimitBytes();
    }

    /// What it knows if it holds no samples and has no compiler.
    synchronized Optional<DeviceProfile.Thin> thin() {
        return profile.thin();
    }

    synchronized Optional<DeviceSession> session() {
        return Optional.ofNullable(session);
    }

    /// The run it works for at present.
    synchronized Optional<RunLoop> run() {
        return Optional.ofNullable(run);
    }

    /// Whether it works for `which` and is connected.
    synchronized boolean isCountedFor(RunLoop which) {
        return which.id().equals(countedFor);
    }

    synchronized boolean isAsking() {
        return isAsking && session != null;
    }

    /// A new connection: whatever was in hand is not any more.
    ///
    /// @return the connection it replaces
    synchronized Optional<DeviceSession> connected(
            DeviceSession now, String newName, DeviceProfile newProfile) {
        var before = Optional.ofNullable(session);
        session = now;
        name = newName;
        profile = newProfile;
        isAsking = false;
        lease = 0;
        gone = null;
        count();
        return before;
    }

    /// The end of a connection.
    ///
    /// @return false if another one has replaced it
    synchronized boolean disconnected(DeviceSession ended, Hindrance why) {
        if (session != ended) return false;
        session = null;
        isAsking = false;
        lease = 0;
        gone = why;
        count();
        return true;
    }

    synchronized void heard(long atMs) {
        heardAtMs = atMs;
    }

    synchronized void measured(DeviceHealth now) {
        health = now;
    }

    synchronized void asks() {
        isAsking = true;
        lease = 0;
    }

    synchronized void attach(RunLoop to) {
        run = to;
        idle = null;
        count();
    }

    /// No run has work for it.
    void idles(Hindrance why) {
        synchronized (this) {
            idle = why;
        }
        send(new FromCoordinator.Idle(why.text()));
    }

    synchronized void detach() {
        run = null;
        count();
    }

    /// It counts for a run while it works for it and is connected.
    private void count() {
        var now = run == null || session == null ? null : run.id();
        if (Objects.equals(now, countedFor)) return;
        headcount.move(countedFor, now);
        countedFor = now;
    }

    synchronized void given(long newLease) {
        isAsking = false;
        lease = newLease;
    }

    /// An answer to `task` counts.
    synchronized void worked(Task task, long micros) {
        tasks++;
        if (task.kind() == Kind.TRAIN) samples += task.samples().count();
        computeMicros += micros;
    }

    /// Who is paid for what it does.
    synchronized Payroll.Payee payee() {
        return new Payroll.Payee(id, owner);
    }

    /// The id of the person whose it is.
    synchronized String owner() {
        return owner;
    }

    /// An answer of this device waits to be confirmed.
    void held(long ofLease) {
        synchronized (this) {
            withheld++;
        }
        send(new FromCoordinator.Accepted(ofLease));
    }

    /// An answer that was held is confirmed.
    synchronized void confirmed(Task task, long micros) {
        withheld = Math.max(0, withheld - 1);
        worked(task, micros);
    }

    synchronized Reputation reputation() {
        return reputation;
    }

    synchronized void reputed(Reputation now) {
        reputation = now;
    }

    /// Sends `message` if the device is connected.
    void send(FromCoordinator message) {
        session().ifPresent(connection -> connection.send(message));
    }

    synchronized DeviceView view() {
        double perSecond = computeMicros == 0 ? 0 : samples * 1e6 / computeMicros;
        return new DeviceView(
                id,
                name,
                owner,
                profile,
                health,
                state(),
                reason(),
                Optional.ofNullable(run).map(RunLoop::id),
                new DeviceView.Work(tasks, samples, perSecond, withheld, traffic.view()),
                reputation,
                heardAtMs);
    }

    private DeviceView.State state() {
        if (session == null) return DeviceView.State.SILENT;
        if (health.pausedBecause().isPresent()) return DeviceView.State.PAUSED;
        return lease == 0 ? DeviceView.State.IDLE : DeviceView.State.WORKING;
    }

    private Optional<String> reason() {
        if (session == null) return Optional.ofNullable(gone).map(Hindrance::text);
        var pause = health.pausedBecause();
        if (pause.isPresent()) return pause;
        var aside = run == null ? Optional.ofNullable(idle) : asideBecause(run);
        return aside.map(Hindrance::text);
    }

    private Optional<Hindrance> asideBecause(RunLoop loop) {
        return Members.asideBecause(loop.state(), number);
    }
}
