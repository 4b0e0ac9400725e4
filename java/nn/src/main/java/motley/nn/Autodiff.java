package motley.nn;

import java.util.List;
import motley.program.ProgramBuilder;
import motley.program.Var;

/// Stands where reverse mode will: gradients of the right types, all zero.
final class Autodiff {
    private Autodiff() {}

    static List<Var> gradient(ProgramBuilder b, Var loss, List<Var> wrt) {
        return wrt.stream().map(x -> b.fillLike(x, 0 * loss.id())).toList();
    }
}
