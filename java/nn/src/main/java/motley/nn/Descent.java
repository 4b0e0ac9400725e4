package motley.nn;

import java.util.ArrayList;
import java.util.List;
import motley.program.CompareKind;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;

/// What the optimizers compute, as functions from variables to variables.
///
/// Arithmetic is element by element; `rate` and `step` are scalars, spread over each parameter. In
/// the formulas `p` is a parameter, `g` its mean gradient and `λ` the weight decay.
///
/// @param rate the learning rate, []
/// @param step the number of this step, [], 1 for the first
record Descent(ProgramBuilder b, Var rate, Var step) {
    /// PyTorch divides by a norm that is larger by this much, lest it divide by zero.
    private static final double NORM_MARGIN = 1e-6;

    /// What one step starts from, each in the order of the model's parameters. The state holds one
    /// tensor or more for each parameter: first one of every parameter, then the next of every one.
    record Slots(List<Var> parameters, List<Var> state, List<Var> gradients) {
        /// Moves every parameter with its own gradient and state, and puts what comes out in order:
        /// the parameters, then the state.
        List<Var> move(Rule rule) {
            int count = parameters.size();
            var moved = new ArrayList<List<Var>>();
            for (int i = 0; i < count; i++) {
                var own = new ArrayList<Var>();
                for (int k = i; k < state.size(); k += count) own.add(state.get(k));
                moved.add(rule.move(parameters.get(i), gradients.get(i), own));
            }
            var all = new ArrayList<Var>();
            for (int slot = 0; slot <= state.size() / count; slot++) {
                for (var values : moved) all.add(values.get(slot));
            }
            return all;
        }

        Slots withGradients(List<Var> others) {
            return new Slots(parameters, state, others);
        }

        Slots withParameters(List<Var> others) {
            return new Slots(others, state, gradients);
        }

        Slots withState(List<Var> other) {
            return new Slots(parameters, other, gradients);
        }
    }

    /// A step of one parameter.
    @FunctionalInterface
    interface Rule {
        /// The parameter after the step, then its state after it.
        List<Var> move(Var p, Var g, List<Var> state);
    }

    /// The parameters after the step, then the state after it.
    List<Var> move(Optimizer optimizer, Slots slots) {
        return switch (optimizer) {
            case Optimizer.Sgd sgd -> slots.move((p, g, state) -> sgd(sgd, p, g, state));
            case Optimizer.DelayedNesterov delayed -> slots.move(delayed(delayed));
            case Optimizer.RmsProp rms -> slots.move((p, g, state) -> rmsProp(rms, p, g, state));
            case Optimizer.Adagrad ada -> slots.move((p, g, state) -> adagrad(ada, p, g, state));
            case Optimizer.Adam adam -> {
                var rule = new AdamRule(adam.beta1(), adam.beta2(), adam.epsilon());
                yield slots.move(
                        (p, g, state) -> rule.move(p, decayed(adam.weightDecay(), p, g), state));
            }
            case Optimizer.AdamW adam -> {
                var rule = new AdamRule(adam.beta1(), adam.beta2(), adam.epsilon());
                yield slots.move(
                        (p, g, state) -> rule.move(shrunk(adam.weightDecay(), p), g, state));
            }
            case Optimizer.Lion lion -> slots.move((p, g, state) -> lion(lion, p, g, state));
            case Optimizer.KerasSgd sgd ->
                    slots.move(
                            (p, g, state) -> new KerasDescent(b, rate, step).sgd(sgd, p, g, state));
            case Optimizer.KerasRmsProp rms ->
                    slots.move(
                            (p, g, state) ->
                                    new KerasDescent(b, rate, step).rmsProp(rms, p, g, state));
            case Optimizer.KerasAdam adam -> slots.move(new KerasDescent(b, rate, step).adam(adam));
            case Optimizer.Shrunk(var inner, double decay) -> {
                var shrunk = slots.parameters.stream().map(p -> shrunk(decay, p)).toList();
                yield move(inner, slots.withParameters(shrunk));
            }
            case Optimizer.ClippedEach(var inner, double normMax) -> {
                var each = slots.gradients.stream().map(g -> shortenedAlone(g, normMax)).toList();
                yield move(inner, slots.withGradients(each));
            }
            case Optimizer.ClippedByNorm(var inner, double normMax) ->
                    move(inner, slots.withGradients(shortened(slots.gradients, normMax)));
            case Optimizer.ClippedByValue(var inner, double valueMax) ->
                    move(inner, slots.withGradients(limited(slots.gradients, valueMax)));
            case Optimizer.Averaged(var inner, double decay) -> averaged(inner, decay, slots);
        };
    }

    /// ```
    /// g ← g + λ·p
    /// v ← μ·v + g
    /// p ← p - rate·v            plain
    /// p ← p - rate·(g + μ·v)    Nesterov
    /// ```
    /// Source: Sutskever et al. 2013, "On the importance of initialization and momentum", §2.
    /// Differs: the rate multiplies the velocity when it is used and not when it is kept, so that
    /// a schedule acts at once; PyTorch does the same.
    private List<Var> sgd(Optimizer.Sgd sgd, Var p, Var gradient, List<Var> state) {
        double mu = sgd.momentum();
        var g = decayed(sgd.weightDecay(), p, gradient);
        if (mu == 0) return List.of(b.sub(p, times(rate, g)));
        var v = b.add(b.scale(state.getFirst(), mu), g);
        var direction = sgd.nesterov() ? b.add(g, b.scale(v, mu)) : v;
        return List.of(b.sub(p, times(rate, direction)), v);
    }

    /// ```
    /// g ← g + λ·p
    /// s ← s + g
    /// v ← μ·v + s,  s ← 0,  p ← p - rate·(g + μ·v)    in every `every`-th step
    /// p ← p - rate·g                                  in the others
    /// ```
    /// Source: Liu et al. 2024, "Asynchronous local-SGD training for language modeling", alg. 3
    /// with `c = 0`. Differs: the rate is that of one step and not of `every` steps together, so
    /// that the sum stands where the paper has the mean; with `every` 1 it would be Nesterov's.
    private Rule delayed(Optimizer.DelayedNesterov delayed) {
        double mu = delayed.momentum();
        var times = b.scale(step, 1.0 / delayed.every()); // []
        var nearest = b.unary(UnaryKind.FLOOR, b.shift(times, 0.5)); // []
        var isTurn = b.compare(CompareKind.EQ, b.scale(nearest, delayed.every()), step); // []
        var kept = b.select(isTurn, b.fillLike(step, mu), b.fillLike(step, 1)); // []
        var taken = b.select(isTurn, b.fillLike(step, 1), b.fillLike(step, 0)); // []
        var waiting = b.shift(b.neg(taken), 1); // []
        var felt = b.scale(taken, mu); // []
        return (p, gradient, state) -> {
            var g = decayed(delayed.weightDecay(), p, gradient);
            var s = b.add(state.get(1), g);
            var v = b.add(times(kept, state.get(0)), times(taken, s));
            var direction = b.add(g, times(felt, v));
            return List.of(b.sub(p, times(rate, direction)), v, times(waiting, s));
        };
    }

    /// ```
    /// g ← g + λ·p
    /// v ← β·v + (1 - β)·g²
    /// p ← p - rate·g / (√v + ε)
    /// ```
    /// Source: Tieleman & Hinton 2012, "Neural networks for machine learning", lecture 6.5.
    /// Differs: `ε`, which the lecture lacks, stands outside the root, as in PyTorch.
    private List<Var> rmsProp(Optimizer.RmsProp rms, Var p, Var gradient, List<Var> state) {
        var g = decayed(rms.weightDecay(), p, gradient);
        var v = blend(rms.beta(), state.getFirst(), b.mul(g, g));
        var scaled = b.div(g, b.shift(b.sqrt(v), rms.epsilon()));
        return List.of(b.sub(p, times(rate, scaled)), v);
    }

    /// ```
    /// g ← g + λ·p
    /// s ← s + g²
    /// p ← p - rate·g / (√s + ε)
    /// ```
    /// Source: Duchi et al. 2011, "Adaptive subgradient methods", §1.1, the diagonal form.
    /// Differs: `ε` is added to the root, as in PyTorch; the paper's `δ` likewise.
    private List<Var> adagrad(Optimizer.Adagrad ada, Var p, Var gradient, List<Var> state) {
        var g = decayed(ada.weightDecay(), p, gradient);
        var s = b.add(state.getFirst(), b.mul(g, g));
        var scaled = b.div(g, b.shift(b.sqrt(s), ada.epsilon()));
        return List.of(b.sub(p, times(rate, scaled)), s);
    }

    /// ```
    /// m ← β₁·m + (1 - β₁)·g
    /// v ← β₂·v + (1 - β₂)·g²
    /// p ← p - rate·m̂ / (√v̂ + ε),  m̂ = m/(1 - β₁ᵗ),  v̂ = v/(1 - β₂ᵗ)
    /// ```
    /// With weight decay, first `g ← g + λ·p` for Adam, `p ← (1 - rate·λ)·p` for AdamW.
    /// Source: Kingma & Ba 2015, "Adam", alg. 1; Loshchilov & Hutter 2019, "Decoupled weight decay
    /// regularization", alg. 2. Differs: the corrections are applied to scalars, as
    /// `(rate/(1 - β₁ᵗ))·m / (√v/√(1 - β₂ᵗ) + ε)`; the decay is multiplied by the rate, as in
    /// PyTorch, and not by the schedule's share of it.
    private final class AdamRule {
        private final double beta1;
        private final double beta2;
        private final double epsilon;
        private final Var pace; // []
        private final Var widening; // []

        AdamRule(double beta1, double beta2, double epsilon) {
            this.beta1 = beta1;
            this.beta2 = beta2;
            this.epsilon = epsilon;
            pace = b.div(rate, grown(beta1));
            widening = b.unary(UnaryKind.RSQRT, grown(beta2));
        }

        List<Var> move(Var p, Var g, List<Var> state) {
            var m = blend(beta1, state.get(0), g);
            var v = blend(beta2, state.get(1), b.mul(g, g));
            var spread = b.shift(times(widening, b.sqrt(v)), epsilon);
            return List.of(b.sub(p, b.div(times(pace, m), spread)), m, v);
        }
    }

    /// ```
    /// c ← β₁·m + (1 - β₁)·g
    /// p ← (1 - rate·λ)·p - rate·sign(c)
    /// m ← β₂·m + (1 - β₂)·g
    /// ```
    /// Source: Chen et al. 2023, "Symbolic discovery of optimization algorithms", alg. 2.
    private List<Var> lion(Optimizer.Lion lion, Var p, Var g, List<Var> state) {
        var m = state.getFirst();
        var sign = b.unary(UnaryKind.SIGN, blend(lion.beta1(), m, g));
        var moved = b.sub(shrunk(lion.weightDecay(), p), times(rate, sign));
        return List.of(moved, blend(lion.beta2(), m, g));
    }

    /// `g·min(1, normMax/(‖g‖ + 10⁻⁶))`, with the norm over all elements of all gradients.
    /// Source: Pascanu et al. 2013, "On the difficulty of training recurrent neural networks",
    /// alg. 1. Differs: the margin in the divisor, as in PyTorch.
    private List<Var> shortened(List<Var> gradients, double normMax) {
        var squares = gradients.stream().map(g -> b.sumAll(b.mul(g, g))).reduce(b::add);
        var norm = b.sqrt(squares.orElseThrow()); // []
        var most = b.div(b.fillLike(norm, normMax), b.shift(norm, NORM_MARGIN));
        var factor = b.min(most, b.fillLike(norm, 1));
        return gradients.stream().map(g -> times(factor, g)).toList();
    }

    /// `g·normMax/max(‖g‖, normMax)`, with the norm of this gradient alone, as in Keras.
    private Var shortenedAlone(Var g, double normMax) {
        var norm = b.sqrt(b.sumAll(b.mul(g, g))); // []
        var limit = b.fillLike(norm, normMax);
        return times(b.div(limit, b.max(norm, limit)), g);
    }

    /// `min(max(g, -valueMax), valueMax)`.
    private List<Var> limited(List<Var> gradients, double valueMax) {
        return gradients.stream()
                .map(g -> b.max(g, b.fillLike(g, -valueMax)))
                .map(g -> b.min(g, b.fillLike(g, valueMax)))
                .toList();
    }

    /// `a ← δ·a + (1 - δ)·p` with the moved `p`; after the first step `a = p`, as in PyTorch.
    /// Source: Polyak & Juditsky 1992, "Acceleration of stochastic approximation by averaging".
    /// Differs: the weights of the average fall off exponentially.
    private List<Var> averaged(Optimizer inner, double decay, Slots slots) {
        int count = slots.parameters.size();
        int own = slots.state.size() - count;
        var moved = move(inner, slots.withState(slots.state.subList(0, own)));
        var isFirst = b.compare(CompareKind.LE, step, b.fillLike(step, 1));
        var kept = b.select(isFirst, b.fillLike(step, 0), b.fillLike(step, decay)); // []
        var taken = b.shift(b.neg(kept), 1); // []
        var all = new ArrayList<>(moved);
        for (int i = 0; i < count; i++) {
            var old = times(kept, slots.state.get(own + i));
            all.add(b.add(old, times(taken, moved.get(i))));
        }
        return all;
    }

    /// `g + λ·p`: decay as part of the gradient.
    private Var decayed(double lambda, Var p, Var g) {
        return lambda == 0 ? g : b.add(g, b.scale(p, lambda));
    }

    /// `(1 - rate·λ)·p`: decay beside the gradient.
    private Var shrunk(double lambda, Var p) {
        return lambda == 0 ? p : times(b.shift(b.scale(rate, -lambda), 1), p);
    }

    /// `1 - βᵗ`, as `-expm1(t·ln β)`: the plain difference would lose four of seven digits at
    /// `t = 1`, `β = 0.999`.
    Var grown(double beta) {
        if (beta == 0) return b.fillLike(step, 1);
        return b.neg(b.unary(UnaryKind.EXPM1, b.scale(step, Math.log(beta))));
    }

    /// `β·old + (1 - β)·now`.
    Var blend(double beta, Var old, Var now) {
        return b.add(b.scale(old, beta), b.scale(now, 1 - beta));
    }

    private Var times(Var scalar, Var x) {
        return b.mul(b.spread(scalar, x.type().shape()), x);
    }
}
