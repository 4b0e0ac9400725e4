package motley.coordinator;

import static motley.tensor.Require.require;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import motley.coordinator.access.Terms;
import motley.coordinator.storage.DatabaseAddress;
import motley.program.Engine;

/// How a coordinator runs.
///
/// @param home folder for everything that must survive a restart; made if it does not exist
/// @param listen where devices and people connect; port 0 takes any free one
/// @param engines opens an engine for one run's optimizer; the run closes it
/// @param limits what it takes from others
/// @param checkpointEvery time between two checkpoints of a run
/// @param sharedMemory whether devices of this machine exchange bytes through mapped files
/// @param entrance how people and devices come in
/// @param storage where what must survive a restart is kept, if not in `home`
public record CoordinatorSettings(
        Path home,
        InetSocketAddress listen,
        Supplier<Engine> engines,
        Limits limits,
        Duration checkpointEvery,
        boolean sharedMemory,
        Entrance entrance,
        Storage storage) {
    /// Everything is kept in `home`.
    public CoordinatorSettings(
            Path home,
            InetSocketAddress listen,
            Supplier<Engine> engines,
            Limits limits,
            Duration checkpointEvery,
            boolean sharedMemory,
            Entrance entrance) {
        this(home, listen, engines, limits, checkpointEvery, sharedMemory, entrance, Storage.HOME);
    }

    public CoordinatorSettings {
        require(
                checkpointEvery.isPositive(),
                "checkpointEvery: %s (expected: above zero)",
                checkpointEvery);
        require(
                listen.getAddress() != null,
                "listen: %s (expected: an address that exists)",
                listen);
    }

    /// What a coordinator takes from others.
    ///
    /// @param blobBytesMax largest blob
    /// @param inboxBytesMax contributions held in memory at once, over all runs, that wait for
    ///     their submission
    /// @param devicesMax devices connected at once
    /// @param runsMax runs that are active at once before projects wait for their turn
    public record Limits(long blobBytesMax, long inboxBytesMax, int devicesMax, int runsMax) {
        /// 4 GiB a blob, 1 GiB of contributions, 10,000 devices, 4 runs.
        public static final Limits DEFAULT = new Limits(4L << 30, 1L << 30, 10_000, 4);

        private static final int RUNS_MAX = 1_000;

        public Limits {
            require(blobBytesMax >= 1, "blobBytesMax: %d (expected: at least 1)", blobBytesMax);
            require(inboxBytesMax >= 1, "inboxBytesMax: %d (expected: at least 1)", inboxBytesMax);
            require(devicesMax >= 1, "devicesMax: %d (expected: at least 1)", devicesMax);
            require(
                    runsMax >= 1 && runsMax <= RUNS_MAX,
                    "runsMax: %d (expected: 1 to %d)",
                    runsMax,
                    RUNS_MAX);
        }
    }

    /// The same with another number of runs that are active at once.
    public CoordinatorSettings withRunsMax(int runsMax) {
        var other =
                new Limits(limits.blobBytesMax, limits.inboxBytesMax, limits.devicesMax, runsMax);
        return new CoordinatorSettings(
                home, listen, engines, other, checkpointEvery, sharedMemory, entrance, storage);
    }

    /// The same with another entrance.
    public CoordinatorSettings with(Entrance other) {
        return new CoordinatorSettings(
                home, listen, engines, limits, checkpointEvery, sharedMemory, other, storage);
    }

    /// The same with another storage.
    public CoordinatorSettings with(Storage other) {
        return new CoordinatorSettings(
                home, listen, engines, limits, checkpointEvery, sharedMemory, entrance, other);
    }

    /// Where a coordinator keeps what must survive a restart. Its home folder still has its
    /// secrets, uploads on their way in and copies of blobs.
    ///
    /// @param database empty: a file of SQLite in the home folder
    /// @param blobs `s3://BUCKET/PREFIX`; empty: folders in the home folder
    public record Storage(Optional<DatabaseAddress> database, Optional<URI> blobs) {
        /// All in the home folder.
        public static final Storage HOME = new Storage(Optional.empty(), Optional.empty());
    }

    /// The same with checkpoints so often.
    public CoordinatorSettings with(Duration otherCheckpointEvery) {
        return new CoordinatorSettings(
                home,
                listen,
                engines,
                limits,
                otherCheckpointEvery,
                sharedMemory,
                entrance,
                storage);
    }

    /// How people and devices come in.
    ///
    /// @param withAccounts whether people of this machine need an account or the token of the home
    ///     folder, and devices a token; those of others always do
    /// @param tls what the server shows of itself; empty: it speaks without encryption
    public record Entrance(boolean withAccounts, Terms terms, Optional<Identity> tls) {
        /// Nothing is asked of this machine.
        public static final Entrance USUAL = new Entrance(false, Terms.USUAL);

        /// Without encryption.
        public Entrance(boolean withAccounts, Terms terms) {
            this(withAccounts, terms, Optional.empty());
        }
    }

    /// Who the server is, as PEM files.
    ///
    /// @param certificate with those that sign it, its own first
    /// @param key PKCS #8, not encrypted
    public record Identity(Path certificate, Path key) {}

    /// The usual settings: checkpoints every five seconds, shared memory where possible.
    public static CoordinatorSettings of(
            Path home, InetSocketAddress listen, Supplier<Engine> engines) {
        return new CoordinatorSettings(
                home, listen, engines, Limits.DEFAULT, Duration.ofSeconds(5), true, Entrance.USUAL);
    }
}
