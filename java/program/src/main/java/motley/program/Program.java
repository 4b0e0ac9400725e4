package motley.program;

import java.util.List;
import motley.tensor.TensorType;

/// A typed, static-shape, side-effect-free list of primitive tensor operations in A-normal form:
/// params, then equations whose operands were assigned before, then results.
///
/// It is plain data. [ProgramBuilder] makes only well-typed ones; one that comes from elsewhere is
/// checked by [Verifier] before anything else is done with it.
public record Program(List<Var> params, List<Equation> equations, List<Var> results) {
    public Program {
        params = List.copyOf(params);
        equations = List.copyOf(equations);
        results = List.copyOf(results);
    }

    public List<TensorType> paramTypes() {
        return params.stream().map(Var::type).toList();
    }

    public List<TensorType> resultTypes() {
        return results.stream().map(Var::type).toList();
    }
}
