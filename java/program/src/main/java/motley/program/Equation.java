package motley.program;

import java.util.List;

/// One line of a [Program]: `out = op(in…)`.
public record Equation(Var out, Op op, List<Var> in) {
    public Equation {
        in = List.copyOf(in);
    }
}
