package motley.worker;

import static motley.tensor.Require.require;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import motley.wire.Transport;
import motley.wire.Trust;

/// How a device takes part.
///
/// @param coordinator where to connect; empty to look for one on the network
/// @param tokens what to show the coordinator at an address; empty where it asks for none
/// @param name for people
/// @param threads platform threads lent
/// @param memoryBytes memory lent; programs that need more are refused
/// @param limits what else the owner asks for
/// @param home directory for the device's identity and its cache of blobs
/// @param discoveryPort UDP port of the search
/// @param version of this program
/// @param usesFiles whether bulk bytes go through files where the coordinator is on this machine
/// @param transport what carries the session
/// @param trust for coordinators at `https`
/// @param ownDatasets samples of its own that it offers to train on
public record WorkerSettings(
        Optional<URI> coordinator,
        Function<URI, String> tokens,
        String name,
        int threads,
        long memoryBytes,
        OwnerLimits limits,
        Path home,
        int discoveryPort,
        String version,
        boolean usesFiles,
        Transport transport,
        Trust trust,
        OwnDatasets ownDatasets) {
    /// Disk lent to samples of stored data sets.
    static final long SHARD_BYTES = 2L << 30;

    private static final long MEMORY_BYTES_MIN = 64L << 20;

    /// A device that speaks gRPC and uses files where it can.
    public WorkerSettings(
            Optional<URI> coordinator,
            Function<URI, String> tokens,
            String name,
            int threads,
            long memoryBytes,
            OwnerLimits limits,
            Path home,
            int discoveryPort,
            String version) {
        this(
                coordinator,
                tokens,
                name,
                threads,
                memoryBytes,
                limits,
                home,
                discoveryPort,
                version,
                true,
                Transport.GRPC,
                Trust.SYSTEM,
                OwnDatasets.NONE);
    }

    public WorkerSettings {
        require(
                !name.isBlank() && name.length() <= 64,
                "name: %s (expected: 1 to 64 characters)",
                name);
        require(threads >= 1, "threads: %d (expected: at least 1)", threads);
        require(
                memoryBytes >= MEMORY_BYTES_MIN,
                "memory: %d bytes (expected: at least %d)",
                memoryBytes,
                MEMORY_BYTES_MIN);
    }
}
