package motley.program;

import java.util.List;
import java.util.Objects;

/// One line of a [Program]: `out = op(in…)`.
///
/// @param label for people: which part of a model it belongs to, such as `conv2` or
///     `conv2/backward`; empty if unknown. It is no part of what the equation means: equality, the
///     binary form and the hash of a program leave it out
public record Equation(Var out, Op op, List<Var> in, String label) {
    public Equation {
        in = List.copyOf(in);
    }

    /// Without a label.
    public Equation(Var out, Op op, List<Var> in) {
        this(out, op, in, "");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Equation e
                && out.equals(e.out)
                && op.equals(e.op)
                && in.equals(e.in);
    }

    @Override
    public int hashCode() {
        return Objects.hash(out, op, in);
    }
}
