package motley.compiler.simplify;

import java.util.List;
import java.util.function.UnaryOperator;
import motley.program.Program;

/// A named rewriting of programs. Applied twice it does what it does applied once, and the
/// values of all results stay the same bits on every engine, but for the sign of a sum that is 0.
public record Pass(String name, UnaryOperator<Program> rewriting) {
    /// Every pass, in the order of use.
    public static final List<Pass> ALL =
            List.of(
                    new Pass("canonical forms", Canonical::rewrite),
                    new Pass("constants", Constants::rewrite),
                    new Pass("common subexpressions", CommonSubexpressions::rewrite),
                    new Pass("masks", Masks::rewrite),
                    new Pass("parts", Parts::rewrite),
                    new Pass("dead code", DeadCode::rewrite));

    public Program apply(Program program) {
        return rewriting.apply(program);
    }
}
