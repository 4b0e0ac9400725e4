package motley.worker;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import motley.wire.BulkClient;
import motley.wire.FromCoordinator.Assign;

/// Exchange as raw HTTP bodies, with a coordinator on any machine.
record HttpExchange(BulkClient bulk) implements BulkExchange {
    @Override
    public boolean readParameters(Assign assign, MemorySegment into)
            throws IOException, InterruptedException {
        var task = assign.task();
        return bulk.readParameters(task.run(), task.parameterVersion(), into);
    }

    @Override
    public void writeContribution(Assign assign, MemorySegment contribution)
            throws IOException, InterruptedException {
        bulk.writeContribution(assign.task().run(), assign.task().lease(), contribution);
    }
}
