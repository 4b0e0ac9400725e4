package motley.program.reference;

import static motley.tensor.Require.require;

import java.util.HashMap;
import java.util.List;
import motley.program.Op;
import motley.program.Program;
import motley.program.Var;
import motley.tensor.TensorType;

/// The living definition of every [Op]: a slow, plain float64 evaluation, against which all engines
/// are tested. Nothing here is ever optimised.
///
/// Values of type f32 are taken as they are, as float64 numbers, and never rounded to f32 on the
/// way; i32 values wrap as they do in an engine. The same operands give the same bits on every
/// machine, because functions come from [StrictMath] and sums run in row-major order.
public final class Reference {
    private Reference() {}

    /// The results of a well-typed `program`.
    ///
    /// @throws IllegalArgumentException if the params are not of the program's types
    public static List<Values> evaluate(Program program, List<Values> params) {
        requireTypes(program, params);
        var values = new HashMap<Var, Values>();
        for (int i = 0; i < params.size(); i++) values.put(program.params().get(i), params.get(i));
        for (var e : program.equations()) {
            var in = e.in().stream().map(values::get).toList();
            values.put(e.out(), evaluate(e.op(), in, e.out().type()));
        }
        return program.results().stream().map(values::get).toList();
    }

    /// The result of one operation, whose type is `out`.
    public static Values evaluate(Op op, List<Values> in, TensorType out) {
        return switch (op) {
            case Op.Elementwise e -> ElementwiseReference.evaluate(e, in, out);
            case Op.Movement m -> MovementReference.evaluate(m, in, out);
            case Op.Reduction r -> ReductionReference.evaluate(r, in.getFirst(), out);
            case Op.Windowed w -> WindowedReference.evaluate(w, in, out);
            case Op.Contraction c -> ContractionReference.evaluate(c, in.get(0), in.get(1), out);
            case Op.Indexing i -> IndexingReference.evaluate(i, in, out);
            case Op.Source s -> SourceReference.evaluate(s, in, out);
        };
    }

    static void requireTypes(Program program, List<Values> params) {
        var types = params.stream().map(Values::type).toList();
        require(
                types.equals(program.paramTypes()),
                "params: %s (expected: %s)",
                types,
                program.paramTypes());
    }
}
