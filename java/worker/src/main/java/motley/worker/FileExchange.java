package motley.worker;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;
import motley.wire.FromCoordinator.Assign;
import motley.wire.FromDevice.SharedMemoryProof;
import motley.wire.SharedExchange;
import motley.wire.TaskKey;

/// Exchange through mapped files of a coordinator on this machine.
///
/// Files are mapped once for each owner of a run: an ended run's files are gone, and a run that is
/// taken up again has new ones under the same names.
///
/// Confined to one thread. Closing it unmaps the files.
final class FileExchange implements BulkExchange, AutoCloseable {
    /// Whose files are mapped.
    private record Owner(String run, long fence) {}

    private final String directory;
    private SharedExchange files;
    private Owner owner = new Owner("", 0);

    private FileExchange(String directory, SharedExchange files) {
        this.directory = directory;
        this.files = files;
    }

    /// Empty where the folder cannot be read, as on another machine.
    static Optional<FileExchange> tryOpen(String directory) {
        return SharedExchange.tryOpen(directory).map(files -> new FileExchange(directory, files));
    }

    /// Tells the coordinator that this device is on its machine.
    SharedMemoryProof proof() {
        return files.proof();
    }

    @Override
    public boolean readParameters(Assign assign, MemorySegment into, OptionalLong held)
            throws IOException {
        var file = assign.files().orElseThrow().parameters();
        return files(assign.task()).readParameters(file, assign.task().parameterVersion(), into);
    }

    @Override
    public void writeContribution(Assign assign, MemorySegment contribution) throws IOException {
        var file = assign.files().orElseThrow().contribution();
        files(assign.task()).writeContribution(file, assign.task().lease(), contribution);
    }

    private SharedExchange files(TaskKey task) throws IOException {
        var now = new Owner(task.run(), task.fence());
        if (now.equals(owner)) return files;
        var fresh =
                SharedExchange.tryOpen(directory)
                        .orElseThrow(() -> new IOException(directory + ": gone"));
        files.close();
        files = fresh;
        owner = now;
        return files;
    }

    @Override
    public void close() {
        files.close();
    }
}
