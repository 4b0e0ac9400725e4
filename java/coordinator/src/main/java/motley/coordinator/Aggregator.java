package motley.coordinator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import motley.rounds.Contribution;
import motley.rounds.Task;
import motley.rounds.robust.Aggregation;
import motley.rounds.robust.Contributions;
import motley.wire.FixedPointSum;
import motley.wire.encoding.EncodedVector;

/// What becomes of the accepted contributions of a round: an exact sum as they come, or, where a
/// robust rule must choose among them, a place for each until the round closes.
///
/// Confined to the thread of its run.
final class Aggregator {
    private static final ValueLayout.OfFloat F32 =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Aggregation rule;
    private FixedPointSum sum;
    private int contributionsMax;
    private final Optional<Contributions> apart;

    /// Whether honest devices send equal bytes for equal tasks.
    private final boolean isComparable;

    private float largest;

    /// @param elements in every contribution
    /// @param contributionsMax of a round
    Aggregator(RunRequest request, int elements, int contributionsMax) {
        rule = request.crew().precautions().aggregation();
        isComparable = request.transfer().isComparable();
        this.contributionsMax = contributionsMax;
        sum = new FixedPointSum(elements, contributionsMax);
        apart = rule.isApart() ? Optional.of(new Contributions(elements)) : Optional.empty();
    }

    /// Makes room for so many contributions in a round. Nothing must have been added.
    void makeRoom(int contributions) {
        if (contributions <= contributionsMax) return;
        contributionsMax = contributions;
        sum = new FixedPointSum(sum.elements(), contributions);
    }

    /// What there is to know about a contribution before it is added.
    record Inspected(Contribution.Inspection inspection, String digest) {}

    /// Looks at a contribution without adding it; what is added next is this one.
    Inspected inspect(Optional<EncodedVector> contribution) {
        if (contribution.isEmpty()) {
            return new Inspected(new Contribution.Inspection(false, true, 0), "");
        }
        var scan = sum.scan(contribution.get());
        boolean isUsable = scan.isFinite() && scan.largest() <= sum.elementLimit();
        var inspection = new Contribution.Inspection(true, isUsable, scan.norm());
        largest = scan.largest();
        return new Inspected(inspection, isComparable ? Long.toHexString(scan.digest()) : "");
    }

    /// An evaluation has nothing but its report, which is compared anyway.
    static Inspected ofNothing() {
        return new Inspected(Contribution.Inspection.ofNothing(), "none");
    }

    /// Adds the answer to `task`, multiplied by `scale`.
    ///
    /// @param contribution the one inspected last
    void add(EncodedVector contribution, Task task, double scale) {
        if (apart.isEmpty()) {
            sum.add(contribution, largest, scale);
            return;
        }
        var room = apart.get().room();
        contribution.copyInto(MemorySegment.ofArray(room));
        if (scale != 1) {
            for (int i = 0; i < room.length; i++) room[i] = (float) (room[i] * scale);
        }
        apart.get().put(task.key().slot(), room, task.samples().count());
    }

    /// Writes the gradient per sample into `into` as little-endian f32.
    ///
    /// @param samples in all contributions together
    void meanInto(MemorySegment into, long samples) {
        if (apart.isEmpty()) {
            sum.meanInto(into, samples);
            return;
        }
        var gradient = apart.get().aggregate(rule);
        MemorySegment.copy(gradient, 0, into, F32, 0, gradient.length);
    }

    /// Starts over.
    void clear() {
        sum.clear();
        apart.ifPresent(Contributions::clear);
    }
}
