package motley.worker;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import motley.wire.FromCoordinator.Assign;

/// How parameters and contributions travel between this device and its coordinator.
interface BulkExchange {
    /// Copies the parameters of `assign` into `into`.
    ///
    /// @return false if that version is gone: the task is out of date
    /// @throws IOException if the bytes cannot be had
    boolean readParameters(Assign assign, MemorySegment into)
            throws IOException, InterruptedException;

    /// Leaves the contribution where the coordinator finds it.
    ///
    /// @throws IOException if it cannot be delivered
    void writeContribution(Assign assign, MemorySegment contribution)
            throws IOException, InterruptedException;
}
