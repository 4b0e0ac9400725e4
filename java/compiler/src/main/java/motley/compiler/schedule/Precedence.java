package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which steps run after which, directly or not, kept while steps grow and merge. Asked for every
/// operand of every equation, so a question costs the lookup of a bit; a new dependency costs a
/// pass over the steps.
///
/// Confined to the scheduling of one program.
final class Precedence {
    private final Map<Step, Integer> numbers = new HashMap<>();

    /// By number of a step: the numbers of all steps that run before it.
    private final List<BitSet> before = new ArrayList<>();

    void declare(Step step) {
        numbers.put(step, before.size());
        before.add(new BitSet());
    }

    /// Whether `from` runs after `target`, directly or not, or is `target`.
    boolean reaches(Step from, Step target) {
        return from == target || before.get(number(from)).get(number(target));
    }

    /// Notes that `step` reads what `makers` make; `step` itself may be among them.
    void add(Step step, Set<Step> makers) {
        var earlier = new BitSet();
        for (var maker : makers) {
            if (maker == step) continue;
            earlier.set(number(maker));
            earlier.or(before.get(number(maker)));
        }
        spread(number(step), earlier);
    }

    /// Notes that `step` has taken all of `other`, which is a step no more.
    void merge(Step step, Step other) {
        int kept = number(step);
        int gone = number(other);
        var earlier = (BitSet) before.get(gone).clone();
        earlier.or(before.get(kept));
        for (var known : before) {
            if (!known.get(gone)) continue;
            known.clear(gone);
            known.set(kept);
        }
        earlier.clear(gone);
        before.get(kept).clear(kept);
        spread(kept, earlier);
        before.set(gone, new BitSet());
        numbers.remove(other);
    }

    /// Lets `step`, and whatever runs after it, run after `earlier`.
    private void spread(int step, BitSet earlier) {
        before.get(step).or(earlier);
        for (var known : before) {
            if (known.get(step)) known.or(earlier);
        }
    }

    private int number(Step step) {
        var number = numbers.get(step);
        if (number == null) throw new IllegalStateException("unknown step");
        return number;
    }
}
