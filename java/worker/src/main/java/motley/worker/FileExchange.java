package motley.worker;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import motley.wire.FromCoordinator.Assign;
import motley.wire.SharedExchange;

/// Exchange through mapped files of a coordinator on this machine.
record FileExchange(SharedExchange files) implements BulkExchange {
    @Override
    public boolean readParameters(Assign assign, MemorySegment into) throws IOException {
        var file = assign.files().orElseThrow().parameters();
        return files.readParameters(file, assign.task().parameterVersion(), into);
    }

    @Override
    public void writeContribution(Assign assign, MemorySegment contribution) throws IOException {
        var file = assign.files().orElseThrow().contribution();
        files.writeContribution(file, assign.task().lease(), contribution);
    }
}
