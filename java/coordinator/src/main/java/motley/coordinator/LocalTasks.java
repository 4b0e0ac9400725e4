package motley.coordinator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import motley.coordinator.storage.BlobStore;
import motley.nn.Optimizers;
import motley.rounds.Kind;
import motley.rounds.Task;
import motley.wire.FromCoordinator.LocalSteps;
import motley.wire.FromCoordinator.Replica;

/// What devices are told of a task of local steps: the optimizer's state to begin with, and the
/// learning rate of every step.
///
/// The state is the one that the warm-up ended with, the same for every task of the run, so that a
/// task stays a function of what the coordinator says. Running means of gradients are zeros in it:
/// they would push every task the way that the last steps of the warm-up went. They grow again
/// within a task as if they had been there for long: its first steps are short, which measured far
/// better than correcting for it. Without a warm-up there is no state to share. With replicas it is
/// what a copy begins with; from then on each keeps its own.
///
/// Confined to the thread of its run.
final class LocalTasks {
    private final RunPlan plan;
    private final Supplier<MemorySegment> innerState;
    private final BlobStore blobs;
    private Optional<String> shared = Optional.empty();
    private final List<Integer> ends;
    private int ratesRound = -1;
    private List<Float> rates = List.of();

    /// @param innerState the inner optimizer's state, which no longer changes once local rounds
    ///     have begun
    LocalTasks(RunPlan plan, Supplier<MemorySegment> innerState, BlobStore blobs) {
        this.plan = plan;
        this.innerState = innerState;
        this.blobs = blobs;
        ends = plan.fragments().ends();
    }

    /// @throws IOException if the shared state cannot be stored
    Optional<LocalSteps> of(Task task) throws IOException {
        int round = task.key().round();
        var schedule = plan.settings().schedule();
        if (task.kind() != Kind.TRAIN || !schedule.isLocal(round)) return Optional.empty();
        var local = schedule.local();
        int stateSteps = Math.toIntExact(plan.innerStepsInAll(round));
        boolean isWarm = stateSteps > 0 && plan.stateElements() > 0;
        if (isWarm && shared.isEmpty()) shared = Optional.of(share());
        if (ratesRound != round) {
            rates = rates(round, local.stepsOfRound() * local.passes());
            ratesRound = round;
        }
        int firstStep = Math.toIntExact(schedule.stepsBefore(round));
        int steps = Math.ceilDiv(task.samples().count(), schedule.microBatch()) * local.passes();
        var own = rates.subList(0, Math.min(steps, rates.size()));
        var replica =
                local.replicas()
                        ? Optional.of(new Replica(schedule.localRoundsBefore(round), ends))
                        : Optional.<Replica>empty();
        return Optional.of(
                new LocalSteps(shared, stateSteps, firstStep, local.passes(), own, replica));
    }

    private List<Float> rates(int round, int steps) {
        var each = new ArrayList<Float>();
        for (int step = 0; step < steps; step++) each.add((float) plan.rateOf(round, step));
        return each;
    }

    private String share() throws IOException {
        try (var arena = Arena.ofConfined()) {
            var state = innerState.get();
            var copy = arena.allocate(state.byteSize(), 64).copyFrom(state);
            long at = 0;
            for (var spec : plan.stateSpecs()) {
                long bytes = spec.type().sizeBytes();
                if (Optimizers.isOfGradients(spec)) copy.asSlice(at, bytes).fill((byte) 0);
                at += bytes;
            }
            return blobs.put(copy);
        }
    }
}
