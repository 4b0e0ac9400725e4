package motley.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// What the uses of a table's rows add to its gradient, squared one by one.
final class TableUsesTest {
    private static final TensorType TABLE = TensorType.f32(3, 1);
    private static final TensorType INDICES = new TensorType(DType.I32, Shape.of(3));

    private final ProgramBuilder b = new ProgramBuilder();
    private final Var table = b.param(TABLE);
    private final Var indices = b.param(INDICES);

    /// Row 0 is used with gradients 2 and 3, row 2 with 5.
    @Test
    void usesOfARowAreSquaredApart() {
        var loss = lookup(2, 3, 5);
        assertThat(gradient(loss)).containsExactly(5, 0, 5);
        assertThat(squares(loss)).containsExactly(4 + 9, 0, 25);
    }

    @Test
    void severalLookupsAreUsesToo() {
        var loss = b.add(lookup(2, 3, 5), lookup(1, 1, 1));
        assertThat(gradient(loss)).containsExactly(7, 0, 6);
        assertThat(squares(loss)).containsExactly(4 + 9 + 1 + 1, 0, 25 + 1);
    }

    /// Nobody knows what a product adds for which use.
    @Test
    void whatElseAddsMakesItOneGradient() {
        var loss = b.add(lookup(2, 3, 5), b.sumAll(table));
        assertThat(squares(loss)).containsExactly(6 * 6, 1, 6 * 6);
    }

    /// The sum of each use's row times a number.
    private Var lookup(double... by) {
        var rows = b.apply(new Op.Gather(), table, indices); // [3, 1]
        var factors = b.iota(rows.type().shape(), 0);
        var all = b.fillLike(rows, 0);
        for (int use = 0; use < by.length; use++) {
            var isUse = b.compare(CompareKind.EQ, factors, b.fillLike(factors, use));
            all = b.select(isUse, b.fillLike(rows, by[use]), all);
        }
        return b.sumAll(b.mul(rows, all));
    }

    private double[] gradient(Var loss) {
        return value(Autodiff.gradient(b, loss, List.of(table)).getFirst());
    }

    private double[] squares(Var loss) {
        var gradient = Autodiff.gradient(b, loss, List.of(table)).getFirst();
        return value(new TableUses(b).squares(gradient));
    }

    private double[] value(Var result) {
        var rows = Values.of(TABLE, 1, 1, 1);
        var used = Values.of(INDICES, 0, 0, 2);
        return Reference.evaluate(b.build(List.of(result)), List.of(rows, used))
                .getFirst()
                .toArray();
    }
}
