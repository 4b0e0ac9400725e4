package motley.worker;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;
import motley.wire.BulkClient;
import motley.wire.FromCoordinator.Assign;
import motley.wire.FromCoordinator.LocalSteps;
import motley.wire.FromCoordinator.Replica;
import motley.wire.encoding.ParameterForm;

/// Exchange as raw HTTP bodies, with a coordinator on any machine.
record HttpExchange(BulkClient bulk) implements BulkExchange {
    @Override
    public boolean readParameters(Assign assign, MemorySegment into, OptionalLong held)
            throws IOException, InterruptedException {
        var task = assign.task();
        long version = task.parameterVersion();
        return switch (ParameterForm.parse(assign.form().parameters())) {
            case F32 -> {
                var changed = changed(assign, held);
                if (changed.isEmpty()) yield bulk.readParameters(task.run(), version, into);
                int before = changed.get().number() - 1;
                long first = changed.get().first(before);
                var part = into.asSlice(4 * first, 4L * changed.get().count(before));
                yield bulk.readParameters(task.run(), version, first, part);
            }
            case BF16 -> bulk.readRounded(task.run(), version, held, into);
        };
    }

    /// Where only the part of the local round before is new.
    private static Optional<Replica> changed(Assign assign, OptionalLong held) {
        long before = assign.task().parameterVersion() - 1;
        boolean isNext = held.isPresent() && held.getAsLong() == before;
        return assign.work()
                .local()
                .flatMap(LocalSteps::replica)
                .filter(replica -> isNext && replica.number() > 0 && replica.parts() > 1);
    }

    @Override
    public void writeContribution(Assign assign, MemorySegment contribution)
            throws IOException, InterruptedException {
        bulk.writeContribution(assign.task().run(), assign.task().lease(), contribution);
    }
}
