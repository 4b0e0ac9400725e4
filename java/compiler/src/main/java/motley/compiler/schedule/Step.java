package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.program.Equation;
import motley.tensor.Shape;

/// Equations that become one kernel (or, for padding and concatenation, one kernel per part).
///
/// Confined to the scheduling of one program; steps grow while equations are assigned to them.
final class Step {
    private final List<Equation> members = new ArrayList<>();
    private final Optional<Shape> points;
    private int last;

    /// @param points the points of a fused loop; empty if nothing may join
    Step(Optional<Shape> points) {
        this.points = points;
    }

    void add(int position, Equation equation) {
        members.add(equation);
        last = Math.max(last, position);
    }

    /// Takes all of `other`, keeping operands before their uses.
    void addAll(Step other) {
        members.addAll(other.members);
        members.sort((a, b) -> Integer.compare(a.out().id(), b.out().id()));
        last = Math.max(last, other.last);
    }

    List<Equation> members() {
        return members;
    }

    Optional<Shape> points() {
        return points;
    }

    /// Position of its last equation in the program.
    int last() {
        return last;
    }
}
