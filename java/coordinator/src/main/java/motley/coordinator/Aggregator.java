package motley.coordinator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.rounds.Contribution;
import motley.rounds.Task;
import motley.rounds.likeness.Sketch;
import motley.rounds.likeness.Sketcher;
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

    private final RunPlan plan;
    private final Aggregation rule;
    private FixedPointSum sum;

    /// A sum for each length that contributions of the run may have.
    private final Map<Integer, FixedPointSum> sums = new HashMap<>();

    private int contributionsMax;
    private final Optional<Contributions> apart;

    /// Whether honest devices send equal bytes for equal tasks.
    private final boolean isComparable;

    /// Whether answers are compared across numeric classes; and by what, with another key in each
    /// round.
    private final boolean isSketched;

    private final SecureRandom random = new SecureRandom();
    private Sketcher sketcher = new Sketcher(random.nextLong());
    private final float[] tile = new float[EncodedVector.TILE];

    private float largest;

    /// Accepted, and not added yet: what waits together is added in one pass.
    private final List<Waiting> waiting = new ArrayList<>();

    /// @param added called when the vector is not needed any more
    private record Waiting(FixedPointSum.Addend addend, Runnable added) {}

    /// @param contributionsMax of a round
    /// @param round that is open
    Aggregator(RunPlan plan, int contributionsMax, int round) {
        this.plan = plan;
        var request = plan.request();
        int elements = plan.contributionElements(round);
        rule = request.crew().precautions().aggregation();
        isComparable = request.transfer().isComparable();
        isSketched = isComparable && request.crew().precautions().audits();
        this.contributionsMax = contributionsMax;
        sum = new FixedPointSum(elements, contributionsMax);
        sums.put(elements, sum);
        apart = rule.isApart() ? Optional.of(new Contributions(elements)) : Optional.empty();
    }

    /// Makes room for so many contributions in a round. Nothing must have been added.
    void makeRoom(int contributions) {
        if (contributions <= contributionsMax) return;
        contributionsMax = contributions;
        sum = new FixedPointSum(sum.elements(), contributions);
        sums.clear();
        sums.put(sum.elements(), sum);
    }

    /// Starts over, for the contributions of `round`.
    void begin(int round) {
        clear();
        int max = contributionsMax;
        int elements = plan.contributionElements(round);
        sum = sums.computeIfAbsent(elements, length -> new FixedPointSum(length, max));
        sketcher = new Sketcher(random.nextLong());
    }

    /// What there is to know about a contribution before it is added.
    record Inspected(Contribution.Inspection inspection, String digest, Optional<Sketch> sketch) {
        Inspected(Contribution.Inspection inspection, String digest) {
            this(inspection, digest, Optional.empty());
        }
    }

    /// Looks at a contribution without adding it; what is added next is this one.
    Inspected inspect(Optional<EncodedVector> contribution) {
        boolean isExpected = contribution.filter(it -> it.elements() == sum.elements()).isPresent();
        if (!isExpected) {
            return new Inspected(new Contribution.Inspection(false, true, 0), "");
        }
        var scan = sum.scan(contribution.orElseThrow());
        boolean isUsable = scan.isFinite() && scan.largest() <= sum.elementLimit();
        var inspection = new Contribution.Inspection(true, isUsable, scan.norm());
        largest = scan.largest();
        var digest = isComparable ? Long.toHexString(scan.digest()) : "";
        boolean isWanted = isSketched && isUsable;
        return new Inspected(
                inspection, digest, isWanted ? contribution.map(this::sketch) : Optional.empty());
    }

    private Sketch sketch(EncodedVector vector) {
        for (int at = 0; at < vector.elements(); at += tile.length) {
            int length = Math.min(tile.length, vector.elements() - at);
            vector.read(at, tile, length);
            sketcher.add(tile, length);
        }
        return sketcher.done();
    }

    /// An evaluation has nothing but its report, which is compared anyway.
    static Inspected ofNothing() {
        return new Inspected(Contribution.Inspection.ofNothing(), "none");
    }

    /// Adds the answer to `task`, multiplied by `scale`; sooner or later, at the latest in
    /// [#addWaiting], which must follow as soon as there is nothing else to do.
    ///
    /// Plain floats are added at once: they may lie in a file that the device writes its next
    /// answer to.
    ///
    /// @param contribution the one inspected last
    /// @param added called when its bytes are not needed any more
    void add(EncodedVector contribution, Task task, double scale, Runnable added) {
        if (apart.isEmpty()) {
            waiting.add(new Waiting(new FixedPointSum.Addend(contribution, largest, scale), added));
            boolean canWait = !(contribution instanceof EncodedVector.Floats);
            if (!canWait || waiting.size() >= FixedPointSum.TOGETHER) addWaiting();
            return;
        }
        var room = apart.get().room();
        contribution.copyInto(MemorySegment.ofArray(room));
        if (scale != 1) {
            for (int i = 0; i < room.length; i++) room[i] = (float) (room[i] * scale);
        }
        apart.get().put(task.key().slot(), room, task.samples().count());
        added.run();
    }

    /// Adds what has been accepted and waits.
    ///
    /// @return whether there was anything
    boolean addWaiting() {
        if (waiting.isEmpty()) return false;
        sum.add(waiting.stream().map(Waiting::addend).toList());
        letGo();
        return true;
    }

    private void letGo() {
        for (var each : waiting) each.added.run();
        waiting.clear();
    }

    /// Writes the gradient per sample into `into` as little-endian f32.
    ///
    /// @param samples in all contributions together
    void meanInto(MemorySegment into, long samples) {
        if (apart.isEmpty()) {
            addWaiting();
            sum.meanInto(into, samples);
            return;
        }
        var gradient = apart.get().aggregate(rule);
        MemorySegment.copy(gradient, 0, into, F32, 0, gradient.length);
    }

    /// Starts over.
    void clear() {
        letGo();
        sum.clear();
        apart.ifPresent(Contributions::clear);
    }
}
