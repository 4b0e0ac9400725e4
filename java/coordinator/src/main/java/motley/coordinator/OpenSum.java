package motley.coordinator;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import motley.rounds.Contribution;
import motley.wire.FixedPointSum;

/// The sum of the contributions of a run's open round. Confined to the run's thread.
final class OpenSum {
    private final int elements;
    private int addendsMax;
    private FixedPointSum sum;

    /// @param addendsMax contributions that it must have room for
    OpenSum(int elements, int addendsMax) {
        this.elements = elements;
        this.addendsMax = addendsMax;
        sum = new FixedPointSum(elements, addendsMax);
    }

    /// Makes room for rounds of `addends` contributions. Only while it is empty.
    void makeRoom(int addends) {
        if (addends <= addendsMax) return;
        addendsMax = addends;
        sum = new FixedPointSum(elements, addends);
    }

    /// Looks at a contribution, if its bytes are there.
    Inspected inspect(Optional<MemorySegment> offered) {
        if (offered.isEmpty()) return Inspected.missing();
        var scan = sum.scan(offered.get());
        boolean isUsable = scan.isFinite() && scan.largest() <= sum.elementLimit();
        var inspection = new Contribution.Inspection(true, isUsable, scan.norm());
        return new Inspected(inspection, Long.toHexString(scan.digest()));
    }

    void add(MemorySegment contribution) {
        sum.add(contribution);
    }

    FixedPointSum values() {
        return sum;
    }

    void clear() {
        sum.clear();
    }
}
