package motley.worker;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;
import motley.wire.BulkClient;
import motley.wire.FromCoordinator.Assign;
import motley.wire.encoding.ParameterForm;

/// Exchange as raw HTTP bodies, with a coordinator on any machine.
record HttpExchange(BulkClient bulk) implements BulkExchange {
    @Override
    public boolean readParameters(Assign assign, MemorySegment into, OptionalLong held)
            throws IOException, InterruptedException {
        var task = assign.task();
        long version = task.parameterVersion();
        return switch (ParameterForm.parse(assign.form().parameters())) {
            case F32 -> bulk.readParameters(task.run(), version, into);
            case BF16 -> bulk.readRounded(task.run(), version, held, into);
        };
    }

    @Override
    public void writeContribution(Assign assign, MemorySegment contribution)
            throws IOException, InterruptedException {
        bulk.writeContribution(assign.task().run(), assign.task().lease(), contribution);
    }
}
