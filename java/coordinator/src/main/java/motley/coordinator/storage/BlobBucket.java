package motley.coordinator.storage;

import java.io.IOException;
import java.nio.file.Path;

/// Where blobs are kept for good, beyond this machine. Any thread may call.
public interface BlobBucket {
    /// Keeps the bytes of `file` under `name`; a blob that is there already stays.
    void put(String name, Path file) throws IOException;

    /// Copies a blob to `file`, which exists and is empty.
    ///
    /// @return false if there is none of that name
    boolean fetch(String name, Path file) throws IOException;

    /// Removes a blob; does nothing if it is not there.
    void delete(String name) throws IOException;

    /// Checks that blobs can be kept here, so that what is wrong shows before anything depends on
    /// it.
    void probe() throws IOException;
}
