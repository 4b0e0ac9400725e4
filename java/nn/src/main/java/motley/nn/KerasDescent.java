package motley.nn;

import java.util.List;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;

/// What Keras' optimizers compute where they differ from PyTorch's: the formulas of Keras 3.15, so
/// that a training begun there goes on here, step by step. Names are those of [Descent].
record KerasDescent(ProgramBuilder b, Var rate, Var step) {
    /// ```
    /// m ← μ·m - rate·g
    /// p ← p + m               plain
    /// p ← p + μ·m - rate·g    Nesterov
    /// ```
    List<Var> sgd(Optimizer.KerasSgd sgd, Var p, Var g, List<Var> state) {
        double mu = sgd.momentum();
        var down = times(rate, g);
        if (mu == 0) return List.of(b.sub(p, down));
        var m = b.sub(b.scale(state.getFirst(), mu), down);
        var move = sgd.nesterov() ? b.sub(b.scale(m, mu), down) : m;
        return List.of(b.add(p, move), m);
    }

    /// ```
    /// v ← ρ·v + (1 - ρ)·g²
    /// d = rate·g / √(v + ε)
    /// p ← p - d                    without momentum
    /// m ← μ·m + d,  p ← p - m      with momentum
    /// ```
    List<Var> rmsProp(Optimizer.KerasRmsProp rms, Var p, Var g, List<Var> state) {
        var v = descent().blend(rms.rho(), state.getFirst(), b.mul(g, g));
        var root = b.unary(UnaryKind.RSQRT, b.shift(v, rms.epsilon()));
        var d = b.mul(times(rate, g), root);
        if (rms.momentum() == 0) return List.of(b.sub(p, d), v);
        var m = b.add(b.scale(state.get(1), rms.momentum()), d);
        return List.of(b.sub(p, m), v, m);
    }

    /// ```
    /// m ← β₁·m + (1 - β₁)·g
    /// v ← β₂·v + (1 - β₂)·g²
    /// p ← p - a·m / (√v + ε),  a = rate·√(1 - β₂ᵗ)/(1 - β₁ᵗ)
    /// ```
    /// With TensorFlow `Σ g²` over the uses of a table's row stands in place of `g²`.
    Descent.Rule adam(Optimizer.KerasAdam adam) {
        var growing = descent();
        var narrowing = b.sqrt(growing.grown(adam.beta2())); // []
        var pace = b.div(b.mul(rate, narrowing), growing.grown(adam.beta1())); // []
        var uses = new TableUses(b);
        return (p, g, state) -> {
            var square = adam.squaresUses() ? uses.squares(g) : b.mul(g, g);
            var m = growing.blend(adam.beta1(), state.get(0), g);
            var v = growing.blend(adam.beta2(), state.get(1), square);
            var spread = b.shift(b.sqrt(v), adam.epsilon());
            return List.of(b.sub(p, b.div(times(pace, m), spread)), m, v);
        };
    }

    private Descent descent() {
        return new Descent(b, rate, step);
    }

    private Var times(Var scalar, Var x) {
        return b.mul(b.spread(scalar, x.type().shape()), x);
    }
}
