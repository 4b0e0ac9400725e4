package motley.coordinator;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import motley.coordinator.Transfer.Way;
import motley.rounds.DeviceId;
import motley.rounds.Event;
import motley.rounds.Kind;
import motley.rounds.LeaseId;
import motley.rounds.Task;
import motley.wire.DeviceProfile;
import motley.wire.FromCoordinator;
import motley.wire.Hindrance;
import motley.wire.SharedDirectory;
import motley.wire.TaskKey;
import motley.wire.encoding.EncodedVector;
import motley.wire.encoding.Encoding;
import motley.wire.encoding.ParameterHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How parameters reach the devices of one run and their contributions come back: mapped files for
/// devices of this machine, HTTP bodies for others.
///
/// Parameters are copied once per version and way, when the first device needs them. [#parameters]
/// and [#begin] may be called by any thread; the rest belongs to the thread of the run.
final class Exchange implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /// Memory for mapped parameters, where their versions are more than the usual few.
    private static final long FILES_BYTES_MAX = 64L << 20;

    private final RunContext context;
    private final Supplier<MemorySegment> newest;
    private final Published published = new Published();
    private final Inbox inbox;
    private final LocalTasks locals;
    private final Transfer transfer;
    private final Optional<RoundedParameters> rounded;
    private final TaskInputs inputs;
    private final MemoryNeed need;
    private long sharedVersion = -1;
    private long namedVersion = -1;

    /// What the parameters of `namedVersion` are named by.
    private String name = "";

    /// Versions that are in mapped files at once.
    private int files = SharedDirectory.VERSIONS;

    private boolean isSharing;

    /// Elements of an answer to the training task given last; tasks of one round are alike.
    private int elements;

    /// @param newest the present parameters
    /// @param locals what there is to say of tasks of local steps
    Exchange(RunContext context, Supplier<MemorySegment> newest, LocalTasks locals) {
        this.locals = locals;
        this.context = context;
        this.newest = newest;
        transfer = context.plan().request().transfer();
        inbox =
                new Inbox(
                        transfer.encodingOver(Way.HTTP),
                        context.plan().parameterElements(),
                        context.budget());
        isSharing = context.shared().isPresent();
        inputs = new TaskInputs(context);
        need = MemoryNeed.of(context.plan());
        rounded =
                switch (transfer.parameters()) {
                    case F32 -> Optional.empty();
                    case BF16 ->
                            Optional.of(new RoundedParameters(context.plan().parameterElements()));
                };
    }

    /// From now on parameters can be had until they have been replaced `staleness` times, and
    /// fewer times where they are large.
    void keepVersions(int staleness) {
        published.keepOlder(staleness);
        long affordable = FILES_BYTES_MAX / Math.max(1, newest.get().byteSize());
        long wanted = SharedDirectory.VERSIONS + (long) staleness;
        files = (int) Math.max(SharedDirectory.VERSIONS, Math.min(wanted, affordable));
    }

    /// Sends `task`, and first whatever the device needs for it.
    void assign(Device device, Task task) {
        var session = device.session();
        if (session.isEmpty()) return;
        Optional<FromCoordinator.LocalSteps> local;
        try {
            local = locals.of(task);
        } catch (IOException e) {
            // The lease expires, and the task is given again.
            LOG.warn("run {}: the optimizer's state cannot be stored: {}", run(), e.getMessage());
            return;
        }
        if (task.kind() == Kind.TRAIN) {
            elements = context.plan().contributionElements(task.key().round());
        }
        session.get().prepare(context.manifest());
        if (device.thin().isPresent()) inputs.expect(device, task);
        var files =
                session.get().sharesMemory()
                        ? share(device, task)
                        : Optional.<FromCoordinator.Files>empty();
        if (files.isEmpty()) {
            publish(task.key().version());
            if (task.kind() == Kind.TRAIN) {
                inbox.expect(task.key().lease().number(), device.id(), elements);
            }
        }
        session.get().send(message(task, local, files));
    }

    private void publish(long version) {
        if (rounded.isEmpty()) published.publish(version, newest.get());
        else rounded.get().round(version, newest.get());
    }

    /// What devices compute with.
    private MemorySegment parametersOf(long version) {
        return rounded.map(form -> form.round(version, newest.get())).orElseGet(newest);
    }

    /// The bytes of one version never change, so that they are looked at once.
    private String nameOf(long version) {
        if (namedVersion != version) name = ParameterHash.of(parametersOf(version));
        namedVersion = version;
        return name;
    }

    /// A device has given a task back, perhaps because the file of its parameters is damaged:
    /// before the next task it is written again.
    ///
    /// @return what the training loop is told of it
    Event takenBack(DeviceId device, LeaseId lease, String reason) {
        sharedVersion = -1;
        return new Event.LeaseReturned(device, lease, reason);
    }

    /// What a device answered to a training task.
    Optional<EncodedVector> body(Device device, long lease) {
        return inbox.body(lease)
                .or(() -> context.shared().flatMap(shared -> contribution(shared, device, lease)));
    }

    /// What went over the network.
    Traffic traffic() {
        return context.record().traffic();
    }

    /// The answer to this lease is counted, or not wanted any more.
    void release(long lease) {
        inbox.release(lease);
    }

    /// The parameters of `version` as an HTTP body, to be released; empty if they are gone.
    Optional<ByteBuf> parameters(long version) {
        return published.retain(version);
    }

    /// The parameters of `version` rounded, for a device that holds version `held`; empty if they
    /// are gone, or not in that form.
    Optional<byte[]> roundedParameters(long version, OptionalLong held) {
        return rounded.flatMap(form -> form.frame(version, held));
    }

    /// What tasks compute on, for devices that hold no samples. Any thread may call it.
    TaskInputs inputs() {
        return inputs;
    }

    /// What keeps a device from taking part; empty if nothing does. Any thread may call it.
    Optional<Hindrance> unfitness(Device device) {
        long lentBytes = device.memoryLimitBytes();
        if (!need.isMetBy(lentBytes)) return Optional.of(need.hindrance(run(), lentBytes));
        var own = OnDevices.unfitness(run(), context.plan().request(), device);
        if (own.isPresent()) return own;
        return device.thin().flatMap(this::unfitness);
    }

    private Optional<Hindrance> unfitness(DeviceProfile.Thin thin) {
        var encoding = transfer.encodingOver(Way.HTTP).text();
        var form = transfer.parameters().text();
        if (context.plan().settings().strategy().local().isUsed()) {
            return Optional.of(
                    new Hindrance(
                            "run %s has local steps, which no browser takes".formatted(run()),
                            "lend this machine with `motley join`, or wait for another run"));
        }
        if (!thin.encodings().contains(encoding)) {
            return Optional.of(lacking("encoding", encoding));
        }
        if (!thin.parameterForms().contains(form)) {
            return Optional.of(lacking("parameters", form));
        }
        return Optional.empty();
    }

    private Hindrance lacking(String what, String name) {
        return new Hindrance(
                "run %s has %s %s, which this device cannot do".formatted(run(), what, name),
                "lend this machine with `motley join`, or wait for another run");
    }

    /// Begins to take an answer as an HTTP body.
    Inbox.Begun begin(long lease, Device device) {
        return inbox.begin(lease, device.id());
    }

    @Override
    public void close() {
        inbox.close();
        published.close();
        rounded.ifPresent(RoundedParameters::close);
        context.shared().ifPresent(shared -> shared.remove(run()));
    }

    private String run() {
        return context.owned().id();
    }

    /// Floats are read where they lie. Whatever else a device may still be writing to is copied
    /// first: it was looked at, and must stay as it was.
    private Optional<EncodedVector> contribution(
            SharedDirectory shared, Device device, long lease) {
        var encoding = transfer.encodingOver(Way.FILES);
        var opened =
                shared.contribution(run(), device.id(), lease)
                        .map(bytes -> encoding.equals(Encoding.plain()) ? bytes : copied(bytes))
                        .map(bytes -> EncodedVector.open(encoding, elements, bytes));
        if (opened.isEmpty()) return Optional.empty();
        return switch (opened.get()) {
            case EncodedVector.Opened.Whole(var vector) -> Optional.of(vector);
            case EncodedVector.Opened.Flawed(var reason) -> {
                LOG.warn("run {}: {}: {}", run(), device.name(), reason);
                yield Optional.empty();
            }
        };
    }

    /// A file has no more room than the largest contribution.
    private static MemorySegment copied(MemorySegment bytes) {
        return MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE));
    }

    private Optional<FromCoordinator.Files> share(Device device, Task task) {
        if (!isSharing) return Optional.empty();
        var shared = context.shared().orElseThrow();
        try {
            long version = task.key().version();
            var file = SharedDirectory.parametersFile(run(), version, files);
            if (sharedVersion != version) {
                shared.publishIn(file, version, parametersOf(version));
            }
            sharedVersion = version;
            int most = context.plan().parameterElements();
            long bytesMax = transfer.encodingOver(Way.FILES).sizeBytesMax(most);
            shared.makeContributionFile(run(), device.id(), bytesMax);
            return Optional.of(
                    new FromCoordinator.Files(
                            file, SharedDirectory.contributionFile(run(), device.id())));
        } catch (IOException e) {
            LOG.warn("run {}: no shared memory, HTTP instead: {}", run(), e.getMessage());
            isSharing = false;
            return Optional.empty();
        }
    }

    private FromCoordinator.Assign message(
            Task task,
            Optional<FromCoordinator.LocalSteps> local,
            Optional<FromCoordinator.Files> files) {
        var key = task.key();
        var named =
                new TaskKey(
                        run(),
                        key.lease().number(),
                        key.lease().fence(),
                        key.round(),
                        key.slot(),
                        key.version());
        var kind =
                switch (task.kind()) {
                    case TRAIN -> FromCoordinator.Kind.TRAIN;
                    case EVALUATE -> FromCoordinator.Kind.EVALUATE;
                };
        var samples = task.samples();
        var work =
                new FromCoordinator.Work(
                        kind, task.epoch(), samples.first(), samples.count(), local);
        int ttlMillis = Math.clamp(task.ttl().toMillis(), 1, Integer.MAX_VALUE);
        var form = transfer.form(files.isPresent() ? Way.FILES : Way.HTTP, nameOf(key.version()));
        return new FromCoordinator.Assign(named, work, ttlMillis, files, form);
    }
}
