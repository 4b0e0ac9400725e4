package motley.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import motley.coordinator.Coordinator;
import motley.wire.Trust;

/// Who works on one `motley train`: a coordinator, somebody else's or one of its own in this
/// process, and perhaps local device processes. Closing it ends what it started.
final class TrainingCrew implements AutoCloseable {
    private static final int FAREWELL_SECONDS = 10;

    private final ApiClient api;
    private final Optional<Coordinator> own;
    private final Optional<LocalDevices> devices;
    private final Optional<Path> home;
    private boolean isComplete;

    private TrainingCrew(
            ApiClient api,
            Optional<Coordinator> own,
            Optional<LocalDevices> devices,
            Optional<Path> home) {
        this.api = api;
        this.own = own;
        this.devices = devices;
        this.home = home;
    }

    /// Works with a coordinator that runs already.
    static TrainingCrew joining(
            ApiClient api, LocalDevices.Wanted locals, Home home, TrainingProfile profile) {
        var devices =
                locals.count() == 0
                        ? Optional.<LocalDevices>empty()
                        : Optional.of(
                                LocalDevices.start(
                                        locals,
                                        new LocalDevices.Coordinator(
                                                api.coordinator(), api.token()),
                                        home,
                                        profile));
        return new TrainingCrew(api, Optional.empty(), devices, Optional.empty());
    }

    /// Starts a coordinator in this process, for this training alone, on the loopback interface.
    ///
    /// The devices start first: they take as long as the coordinator to come up and try to connect
    /// until it is there.
    static TrainingCrew ofOwn(LocalDevices.Wanted locals, Home home, TrainingProfile profile) {
        int port = freePort();
        var uri = URI.create("http://127.0.0.1:" + port);
        var devices =
                LocalDevices.start(locals, new LocalDevices.Coordinator(uri, ""), home, profile);
        try {
            var directory = home.newTraining();
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            var coordinator = Coordinators.open(directory, address, profile::engine);
            return new TrainingCrew(
                    new ApiClient(uri, "", Trust.SYSTEM),
                    Optional.of(coordinator),
                    Optional.of(devices),
                    Optional.of(directory));
        } catch (RuntimeException e) {
            devices.close();
            throw e;
        }
    }

    /// A port that nobody has at this moment.
    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UserException("no free TCP port: " + e.getMessage(), e);
        }
    }

    ApiClient api() {
        return api;
    }

    /// @throws UserException if every local device has ended by itself
    void requireAlive() {
        if (own.isEmpty() || devices.isEmpty() || devices.get().isAnyAlive()) return;
        throw new UserException(devices.get().failure().orElse("all local devices have ended"));
    }

    /// Ends the local devices, which are not needed any more.
    void dismissDevices() {
        devices.ifPresent(LocalDevices::close);
    }

    /// From here on the run's files are no longer needed for going on with it.
    void complete() {
        isComplete = true;
    }

    /// Until closed, an end of this process stops the run first.
    StopOnExit stopOnExit(String run) {
        return new StopOnExit(run, Thread.currentThread());
    }

    /// A shutdown hook that lets the main thread end things in order.
    final class StopOnExit implements AutoCloseable {
        private final String run;
        private final Thread follower;
        private final CountDownLatch isDone = new CountDownLatch(1);
        private final Thread hook = new Thread(this::stop, "stop-on-exit");

        StopOnExit(String run, Thread follower) {
            this.run = run;
            this.follower = follower;
            Runtime.getRuntime().addShutdownHook(hook);
        }

        private void stop() {
            try {
                api.post("/v1/runs/" + run + "/stop", JsonNodeFactory.instance.objectNode());
                if (!isDone.await(FAREWELL_SECONDS, TimeUnit.SECONDS)) follower.interrupt();
            } catch (IOException e) {
                follower.interrupt(); // The coordinator is away: there is nothing to wait for.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            isDone.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is ending already, and the hook has done its work.
            }
        }
    }

    @Override
    public void close() {
        devices.ifPresent(LocalDevices::close);
        api.close();
        own.ifPresent(Coordinator::close);
        if (isComplete) home.ifPresent(TrainingCrew::delete);
    }

    private static void delete(Path tree) {
        try (var paths = Files.walk(tree)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
