package motley.worker;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import motley.wire.FromCoordinator.Replica;

/// Copies of a model that this device trains on from task to task, where only a part of it is
/// synchronised at a time: what the other parts have learnt since would be lost otherwise, and so
/// would what the optimizer remembers.
///
/// A device that takes several tasks of a round has as many copies, each of which goes on in turn.
/// They are lost with the device, with the coordinator's ownership of the run, and where memory is
/// short; then a task begins with the coordinator's parameters.
///
/// Source: Douillard et al. 2025, "Streaming DiLoCo with overlapping communication", alg. 2.
/// Differs: a copy belongs to a device and not to a place in the round, as tasks go to whoever
/// asks.
///
/// Confined to one thread. Memory is the arena's.
final class Replicas {
    /// Memory for copies beyond the first.
    private static final long BYTES_MAX = 256L << 20;

    private static final long ALIGNMENT_BYTES = 64;

    private final long parameterBytes;
    private final long stateBytes;
    private final Arena arena;
    private final int countMax;

    /// The one that has waited longest first.
    private final ArrayDeque<Copy> copies = new ArrayDeque<>();

    private long fence = -1;

    /// One copy.
    static final class Copy {
        private final MemorySegment parameters;
        private final MemorySegment state;

        /// Steps that its state has seen; below 0: it begins anew.
        private int steps = -1;

        /// The local round in which it was trained last.
        private int round;

        private Copy(MemorySegment parameters, MemorySegment state) {
            this.parameters = parameters;
            this.state = state;
        }

        MemorySegment parameters() {
            return parameters;
        }

        MemorySegment state() {
            return state;
        }

        int steps() {
            return steps;
        }
    }

    Replicas(long parameterBytes, long stateBytes, Arena arena) {
        this.parameterBytes = parameterBytes;
        this.stateBytes = stateBytes;
        this.arena = arena;
        countMax = (int) Math.max(1, BYTES_MAX / Math.max(1, parameterBytes + stateBytes));
    }

    /// The tasks that follow are those of this owner of the run: copies begin anew with another.
    void ownedBy(long owner) {
        if (fence != owner) copies.forEach(copy -> copy.steps = -1);
        fence = owner;
    }

    /// The copy to train in a task of `turn`, with what the coordinator has published since in the
    /// parts whose turn it was. Hand it back by [#putBack].
    ///
    /// @param published the coordinator's parameters
    /// @param shared the state of the optimizer that a copy begins with
    /// @param sharedSteps steps that `shared` has seen
    Copy take(Replica turn, MemorySegment published, MemorySegment shared, int sharedSteps) {
        var copy = next(turn.number());
        int missed = copy.steps < 0 ? turn.parts() : turn.number() - copy.round;
        if (copy.steps < 0) {
            copy.state.copyFrom(shared);
            copy.steps = sharedSteps;
        }
        if (missed >= turn.parts()) copy.parameters.copyFrom(published);
        else for (int back = 1; back <= missed; back++) merge(copy, turn, back, published);
        copy.round = turn.number();
        return copy;
    }

    /// @param steps that its state has seen now
    void putBack(Copy copy, int steps) {
        copy.steps = steps;
        copies.addLast(copy);
    }

    /// The copy that waited longest, unless it was trained in this round already and there may be
    /// one more. A task of an earlier round, come late, takes a copy anew.
    private Copy next(int round) {
        var first = copies.peekFirst();
        boolean isFree = first != null && (first.steps < 0 || first.round < round);
        if (isFree || copies.size() >= countMax) {
            var copy = copies.removeFirst();
            if (!isFree) copy.steps = -1;
            return copy;
        }
        return new Copy(
                arena.allocate(parameterBytes, ALIGNMENT_BYTES),
                arena.allocate(Math.max(1, stateBytes), ALIGNMENT_BYTES).asSlice(0, stateBytes));
    }

    private static void merge(Copy copy, Replica turn, int back, MemorySegment published) {
        int number = turn.number() - back;
        long at = 4L * turn.first(number);
        long bytes = 4L * turn.count(number);
        MemorySegment.copy(published, at, copy.parameters, at, bytes);
    }
}
