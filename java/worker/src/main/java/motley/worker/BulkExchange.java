package motley.worker;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import motley.wire.FromCoordinator.Assign;

/// How parameters and contributions travel between this device and its coordinator.
interface BulkExchange {
    /// Makes `into` the parameters of `assign`.
    ///
    /// @param held the version that `into` holds, if it holds one
    /// @return false if that version is gone: the task is out of date
    /// @throws IOException if the bytes cannot be had
    boolean readParameters(Assign assign, MemorySegment into, OptionalLong held)
            throws IOException, InterruptedException;

    /// The same where nothing is held.
    default boolean readParameters(Assign assign, MemorySegment into)
            throws IOException, InterruptedException {
        return readParameters(assign, into, OptionalLong.empty());
    }

    /// Leaves the contribution where the coordinator finds it.
    ///
    /// @throws IOException if it cannot be delivered
    void writeContribution(Assign assign, MemorySegment contribution)
            throws IOException, InterruptedException;
}
