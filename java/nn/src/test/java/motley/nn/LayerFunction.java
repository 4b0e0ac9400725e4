package motley.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.reference.Values;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// A function of layers by itself, with operands that Python computes alike: see
/// tools/golden/layers.py.
///
/// @param name that of its rows in the golden file
/// @param params the types of its operands: f32 are numbers in [-1, 1), i32 in [0, 5)
public record LayerFunction(String name, List<TensorType> params, Body body) {
    /// From operands to results.
    public interface Body extends BiFunction<ProgramBuilder, List<Var>, List<Var>> {}

    private static final int INTEGERS = 5;
    private static final int COTANGENTS = 4000;

    public Program program() {
        var b = new ProgramBuilder();
        var in = params.stream().map(b::param).toList();
        return b.build(body.apply(b, in));
    }

    List<Values> operands() {
        var operands = new ArrayList<Values>();
        for (int i = 0; i < params.size(); i++) operands.add(operand(i, params.get(i)));
        return operands;
    }

    /// The operands, of which the first is scaled if it is f32, and a cotangent in [-1, 1) for
    /// each result: what the function's reverse-mode derivative takes.
    public List<Values> vjpOperands(double scale) {
        var all = new ArrayList<>(operands());
        var first = all.getFirst();
        if (first.type().dtype() == DType.F32) all.set(0, first.map(x -> (float) (scale * x)));
        for (var type : program().resultTypes()) {
            int stream = COTANGENTS + all.size() - params.size();
            all.add(Formula.fill(type, i -> 2 * Formula.uniform(stream, i) - 1));
        }
        return all;
    }

    private static Values operand(int number, TensorType type) {
        return type.dtype() == DType.I32
                ? Formula.labels(number, type.shape().count(), INTEGERS).as(type)
                : Formula.fill(type, i -> 2 * Formula.uniform(number, i) - 1);
    }

    @Override
    public String toString() {
        return name;
    }
}
