package motley.program.autodiff;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import motley.program.Equation;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.DType;

/// Reverse-mode differentiation: programs to programs.
///
/// The backward pass consists of ordinary equations, so it can be differentiated again. It computes
/// only the cotangents that lead to a value asked for: the first layer's input, say, gets none.
///
/// Of functions with kinks the derivative is what [motley.program.Op] says: equal elements share
/// the cotangent of their maximum, the step functions (sign, floor, comparisons, conversions from
/// or to integers) have derivative zero.
public final class Autodiff {
    private static final String BACKWARD = "/backward";

    private Autodiff() {}

    /// Appends the backward pass of `loss`, a scalar, to the program being built.
    ///
    /// @return for each of `wrt`, which may be params or values in between, the derivative of
    ///     `loss` in it, of its own type; zeros where `loss` does not depend on it
    /// @throws IllegalArgumentException if `loss` is not an f32 scalar or one of `wrt` is not f32
    public static List<Var> gradient(ProgramBuilder b, Var loss, List<Var> wrt) {
        require(
                loss.type().dtype() == DType.F32 && loss.type().shape().rank() == 0,
                "loss: %s (expected: f32[])",
                loss);
        return pullback(b, List.of(loss), List.of(b.fillLike(loss, 1)), wrt);
    }

    /// The reverse-mode derivative of `program`.
    ///
    /// Its params are those of `program`, then one cotangent for each f32 result; its results are
    /// those of `program`, then one cotangent for each f32 param, all in order.
    public static Program vjp(Program program) {
        var b = new ProgramBuilder();
        var params = program.params().stream().map(p -> b.param(p.type())).toList();
        var seeds = floats(program.results()).stream().map(r -> b.param(r.type())).toList();
        var results = b.inline(program, params);
        var all = new ArrayList<>(results);
        all.addAll(pullback(b, floats(results), seeds, floats(params)));
        return b.build(all);
    }

    /// Appends the backward pass from several values at once.
    ///
    /// @param outputs f32 values of the program being built
    /// @param cotangents for each of `outputs` the cotangent that arrives there, of its type
    /// @return for each of `wrt` the cotangent that leaves there, of its own type; zeros where no
    ///     output depends on it
    /// @throws IllegalArgumentException if the types do not fit or one of `wrt` is not f32
    public static List<Var> pullback(
            ProgramBuilder b, List<Var> outputs, List<Var> cotangents, List<Var> wrt) {
        requireFloats(wrt);
        requireFloats(outputs);
        var types = cotangents.stream().map(Var::type).toList();
        var expected = outputs.stream().map(Var::type).toList();
        require(types.equals(expected), "cotangents: %s (expected: %s)", types, expected);

        var equations = b.equations();
        var varied = varied(equations, wrt);
        var arrived = new HashMap<Var, Var>();
        for (int i = 0; i < outputs.size(); i++) {
            accumulate(b, arrived, outputs.get(i), cotangents.get(i));
        }
        for (var e : equations.reversed()) {
            if (!arrived.containsKey(e.out()) || !varied.contains(e.out())) continue;
            b.scope(backward(e.label()), () -> pull(b, e, varied, arrived));
        }
        var left = new ArrayList<Var>();
        for (var x : wrt) {
            var g = arrived.get(x);
            left.add(g == null ? b.fillLike(x, 0) : g);
        }
        return left;
    }

    /// Takes the cotangent that arrived at the result of `e` to its operands.
    private static void pull(ProgramBuilder b, Equation e, Set<Var> varied, Map<Var, Var> arrived) {
        var g = Objects.requireNonNull(arrived.get(e.out()));
        for (int i = 0; i < e.in().size(); i++) {
            var operand = e.in().get(i);
            if (!varied.contains(operand)) continue;
            new Use(b, e, i, g).pull().ifPresent(pulled -> accumulate(b, arrived, operand, pulled));
        }
    }

    /// Of `conv2` it is `conv2/backward`, and so is the derivative of that.
    private static String backward(String label) {
        return label.isEmpty() || label.endsWith(BACKWARD) ? label : label + BACKWARD;
    }

    /// The f32 values that depend on one of `wrt`.
    private static Set<Var> varied(List<Equation> equations, List<Var> wrt) {
        var varied = new HashSet<>(wrt);
        for (var e : equations) {
            boolean depends = e.in().stream().anyMatch(varied::contains);
            if (depends && e.out().type().dtype() == DType.F32) varied.add(e.out());
        }
        return varied;
    }

    private static void accumulate(ProgramBuilder b, Map<Var, Var> arrived, Var at, Var cotangent) {
        arrived.merge(at, cotangent, b::add);
    }

    private static List<Var> floats(List<Var> vars) {
        return vars.stream().filter(v -> v.type().dtype() == DType.F32).toList();
    }

    private static void requireFloats(List<Var> vars) {
        require(floats(vars).equals(vars), "values: %s (expected: f32 only)", vars);
    }
}
