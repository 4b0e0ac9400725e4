package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.program.BinaryKind;
import motley.program.Equation;
import motley.program.Op;
import motley.tensor.Shape;

/// Equations that become one kernel (or, for padding and concatenation, one kernel per part).
///
/// Confined to the scheduling of one program; steps grow while equations are assigned to them.
final class Step {
    private final List<Equation> members = new ArrayList<>();
    private final Optional<Shape> points;
    private int last;
    private int weight;

    /// @param points the points of a fused loop; empty if nothing may join
    Step(Optional<Shape> points) {
        this.points = points;
    }

    void add(int position, Equation equation) {
        members.add(equation);
        last = Math.max(last, position);
        weight += weight(equation.op());
    }

    /// Takes all of `other`, keeping operands before their uses.
    void addAll(Step other) {
        members.addAll(other.members);
        members.sort((a, b) -> Integer.compare(a.out().id(), b.out().id()));
        last = Math.max(last, other.last);
        weight += other.weight;
    }

    /// About how many primitives `op` takes.
    static int weight(Op op) {
        return switch (op) {
            case Op.Unary(var kind) ->
                    switch (kind) {
                        case NEG, ABS, SQRT, RSQRT, NOT -> 1;
                        case SIGN, FLOOR -> 5;
                        case EXP, EXPM1, LOG, LOG1P, TANH, LOGISTIC -> 30;
                        case SIN, COS, ERF -> 40;
                    };
            case Op.Binary(var kind) when kind == BinaryKind.POW -> 110;
            case Op.Elementwise _, Op.Movement _, Op.Reduction _, Op.Windowed _ -> 1;
            case Op.Contraction _, Op.Indexing _, Op.Source _ -> 1;
        };
    }

    /// About how many primitives a point takes.
    int weight() {
        return weight;
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
