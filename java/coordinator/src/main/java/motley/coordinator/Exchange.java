package motley.coordinator;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Supplier;
import motley.rounds.Kind;
import motley.rounds.Task;
import motley.wire.FromCoordinator;
import motley.wire.SharedDirectory;
import motley.wire.TaskKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How parameters reach the devices of one run and their contributions come back: mapped files for
/// devices of this machine, HTTP bodies for others.
///
/// Parameters are copied once per version and way, when the first device needs them. [#parameters]
/// and [#begin] may be called by any thread; the rest belongs to the thread of the run.
final class Exchange implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final RunContext context;
    private final Supplier<MemorySegment> newest;
    private final Published published = new Published();
    private final Inbox inbox;
    private final LocalTasks locals;
    private long sharedVersion = -1;
    private boolean isSharing;

    /// @param newest the present parameters
    /// @param locals what there is to say of tasks of local steps
    Exchange(RunContext context, Supplier<MemorySegment> newest, LocalTasks locals) {
        this.locals = locals;
        this.context = context;
        this.newest = newest;
        inbox = new Inbox(newest.get().byteSize(), context.budget());
        isSharing = context.shared().isPresent();
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
        session.get().prepare(context.manifest());
        var files =
                session.get().sharesMemory()
                        ? share(device, task)
                        : Optional.<FromCoordinator.Files>empty();
        if (files.isEmpty()) {
            published.publish(task.key().version(), newest.get());
            if (task.kind() == Kind.TRAIN) inbox.expect(task.key().lease().number(), device.id());
        }
        session.get().send(message(task, local, files));
    }

    /// What a device answered to a training task.
    Optional<MemorySegment> body(Device device, long lease) {
        return inbox.body(lease)
                .or(() -> context.shared().flatMap(shared -> contribution(shared, device, lease)));
    }

    /// The answer to this lease is counted, or not wanted any more.
    void release(long lease) {
        inbox.release(lease);
    }

    void releaseAll() {
        inbox.releaseAll();
    }

    /// The parameters of `version` as an HTTP body, to be released; empty if they are gone.
    Optional<ByteBuf> parameters(long version) {
        return published.retain(version);
    }

    /// Begins to take an answer as an HTTP body.
    Inbox.Begun begin(long lease, Device device) {
        return inbox.begin(lease, device.id());
    }

    @Override
    public void close() {
        inbox.close();
        published.close();
        context.shared().ifPresent(shared -> shared.remove(run()));
    }

    private String run() {
        return context.owned().id();
    }

    private Optional<MemorySegment> contribution(
            SharedDirectory shared, Device device, long lease) {
        return shared.contribution(run(), device.id(), lease);
    }

    private Optional<FromCoordinator.Files> share(Device device, Task task) {
        if (!isSharing) return Optional.empty();
        var shared = context.shared().orElseThrow();
        try {
            long version = task.key().version();
            if (sharedVersion != version) shared.publish(run(), version, newest.get());
            sharedVersion = version;
            int elements = context.plan().parameterElements();
            shared.makeContributionFile(run(), device.id(), elements);
            return Optional.of(
                    new FromCoordinator.Files(
                            SharedDirectory.parametersFile(run(), version),
                            SharedDirectory.contributionFile(run(), device.id())));
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
        return new FromCoordinator.Assign(named, work, ttlMillis, files);
    }
}
