package motley.nn;

import java.util.ArrayList;
import java.util.List;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;

/// What the optimizers compute, as functions from variables to variables.
///
/// Arithmetic is element by element; `rate` and `step` are scalars, spread over each parameter.
///
/// @param rate the learning rate, []
/// @param step the number of this step, [], 1 for the first
record Descent(ProgramBuilder b, Var rate, Var step) {
    /// What one step starts from, each in the order of the model's parameters.
    record Slots(List<Var> parameters, List<Var> state, List<Var> gradients) {}

    /// The parameters after the step, then the state after it.
    List<Var> move(Optimizer optimizer, Slots slots) {
        return switch (optimizer) {
            case Optimizer.Sgd sgd -> sgd(sgd, slots);
            case Optimizer.Adam adam -> adam(adam, slots);
        };
    }

    /// ```
    /// v ← μ·v + g
    /// p ← p - rate·v            plain
    /// p ← p - rate·(g + μ·v)    Nesterov
    /// ```
    /// Source: Sutskever et al. 2013, "On the importance of initialization and momentum", §2.
    /// Differs: the rate multiplies the velocity when it is used and not when it is kept, so that
    /// a schedule acts at once; PyTorch does the same.
    private List<Var> sgd(Optimizer.Sgd sgd, Slots slots) {
        double mu = sgd.momentum();
        var parameters = new ArrayList<Var>();
        var velocities = new ArrayList<Var>();
        for (int i = 0; i < slots.parameters.size(); i++) {
            var g = slots.gradients.get(i);
            var direction = g;
            if (mu > 0) {
                var v = b.add(b.scale(slots.state.get(i), mu), g);
                velocities.add(v);
                direction = sgd.nesterov() ? b.add(g, b.scale(v, mu)) : v;
            }
            parameters.add(b.sub(slots.parameters.get(i), times(rate, direction)));
        }
        return concat(parameters, velocities);
    }

    /// ```
    /// m ← β₁·m + (1 - β₁)·g
    /// v ← β₂·v + (1 - β₂)·g²
    /// p ← p - rate·m̂ / (√v̂ + ε),  m̂ = m/(1 - β₁ᵗ),  v̂ = v/(1 - β₂ᵗ)
    /// ```
    /// Source: Kingma & Ba 2015, "Adam", alg. 1. Differs: the corrections are applied to scalars,
    /// as `(rate/(1 - β₁ᵗ))·m / (√v/√(1 - β₂ᵗ) + ε)`.
    private List<Var> adam(Optimizer.Adam adam, Slots slots) {
        var pace = b.div(rate, grown(adam.beta1())); // []
        var widening = b.unary(UnaryKind.RSQRT, grown(adam.beta2())); // []
        int count = slots.parameters.size();
        var parameters = new ArrayList<Var>();
        var means = new ArrayList<Var>();
        var squares = new ArrayList<Var>();
        for (int i = 0; i < count; i++) {
            var g = slots.gradients.get(i);
            var m = blend(adam.beta1(), slots.state.get(i), g);
            var v = blend(adam.beta2(), slots.state.get(count + i), b.mul(g, g));
            var spread = b.shift(times(widening, b.sqrt(v)), adam.epsilon());
            parameters.add(b.sub(slots.parameters.get(i), b.div(times(pace, m), spread)));
            means.add(m);
            squares.add(v);
        }
        return concat(parameters, concat(means, squares));
    }

    /// `1 - βᵗ`, as `-expm1(t·ln β)`: the plain difference would lose four of seven digits at
    /// `t = 1`, `β = 0.999`.
    private Var grown(double beta) {
        if (beta == 0) return b.fillLike(step, 1);
        return b.neg(b.unary(UnaryKind.EXPM1, b.scale(step, Math.log(beta))));
    }

    /// `β·old + (1 - β)·now`.
    private Var blend(double beta, Var old, Var now) {
        return b.add(b.scale(old, beta), b.scale(now, 1 - beta));
    }

    private Var times(Var scalar, Var x) {
        return b.mul(b.spread(scalar, x.type().shape()), x);
    }

    private static List<Var> concat(List<Var> first, List<Var> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
