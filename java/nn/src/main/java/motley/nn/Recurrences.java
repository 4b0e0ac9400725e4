package motley.nn;

import static motley.nn.Forward.shape;
import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import motley.nn.Layer.Steps;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// States that go along a series `[batch, time, in]`, one step written after the other
/// (docs/decisions/0019). What the series adds to the gates is one product for all steps; only the
/// product with the state is left to each.
record Recurrences(ProgramBuilder b) {
    /// What a series does to its layer.
    ///
    /// @param input `[in, gates·units]`
    /// @param state `[units, gates·units]`
    /// @param bias `[gates·units]`, added to the input's product
    record Weights(Var input, Var state, Var bias) {}

    /// What the units hold after each step.
    ///
    /// @param hidden one `[batch, units]` for each step
    /// @param cell `[batch, units]`, after the last step
    record LstmStates(List<Var> hidden, Var cell) {}

    Var apply(Layer.Recurrent layer, Var x, Iterator<Var> p) {
        var weights = new Weights(p.next(), p.next(), p.next());
        return switch (layer) {
            case Layer.Lstm lstm -> given(lstm(x, weights).hidden, lstm.steps());
            case Layer.Gru gru -> given(gru(x, weights, p.next()), gru.steps());
        };
    }

    private Var given(List<Var> states, Steps steps) {
        return switch (steps) {
            case ALL -> series(states);
            case LAST -> states.getLast();
        };
    }

    /// Long short-term memory, from a state of zeros:
    ///
    /// ```
    /// [i, f, g, o] = x[t]·input + h·state + bias
    /// c ← σ(f)·c + σ(i)·tanh(g)
    /// h ← σ(o)·tanh(c)
    /// ```
    /// The weights are PyTorch's, transposed; its two biases are one, their sum.
    /// Source: Hochreiter & Schmidhuber 1997, "Long short-term memory", with the forget gate of
    /// Gers et al. 2000.
    LstmStates lstm(Var x, Weights weights) {
        requireShapes(x, weights, 4);
        var f = new Activations(b);
        var h = zeros(x, shape(weights.state).dim(0));
        var c = h;
        var hidden = new ArrayList<Var>();
        for (var input : driven(x, weights)) {
            var gates = parts(b.add(input, b.matmul(h, weights.state)), 4); // [batch, units] each
            var kept = b.mul(f.sigmoid(gates.get(1)), c);
            c = b.add(kept, b.mul(f.sigmoid(gates.get(0)), f.tanh(gates.get(2))));
            h = b.mul(f.sigmoid(gates.get(3)), f.tanh(c));
            hidden.add(h);
        }
        return new LstmStates(hidden, c);
    }

    /// Gated recurrent units, from a state of zeros:
    ///
    /// ```
    /// [r, z, n] = x[t]·input + bias,  [r', z', n'] = h·state + stateBias
    /// m = tanh(n + σ(r + r')·n')
    /// h ← (1 - σ(z + z'))·m + σ(z + z')·h
    /// ```
    /// The weights are PyTorch's, transposed.
    /// Source: Cho et al. 2014, "Learning phrase representations", §2.3. Differs: the reset gate
    /// acts on the product with the state and not on the state, as in cuDNN and PyTorch; so all
    /// three products are one.
    ///
    /// @param stateBias `[3·units]`
    /// @return the hidden state after each step, `[batch, units]`
    List<Var> gru(Var x, Weights weights, Var stateBias) {
        requireShapes(x, weights, 3);
        requireShape(stateBias, "stateBias", shape(weights.bias));
        var f = new Activations(b);
        var h = zeros(x, shape(weights.state).dim(0));
        var hidden = new ArrayList<Var>();
        for (var input : driven(x, weights)) {
            var in = parts(input, 3); // [batch, units] each
            var sum = new Linear(b).addBias(b.matmul(h, weights.state), stateBias);
            var own = parts(sum, 3);
            var reset = f.sigmoid(b.add(in.get(0), own.get(0)));
            var keep = f.sigmoid(b.add(in.get(1), own.get(1)));
            var fresh = f.tanh(b.add(in.get(2), b.mul(reset, own.get(2))));
            h = b.add(fresh, b.mul(keep, b.sub(h, fresh)));
            hidden.add(h);
        }
        return hidden;
    }

    /// States of all steps as one series: `[batch, units]` each `→ [batch, time, units]`.
    Var series(List<Var> states) {
        var one = shape(states.getFirst());
        var step = Shape.of(one.dim(0), 1, one.dim(1));
        var steps = states.stream().map(state -> b.reshape(state, step)).toArray(Var[]::new);
        return b.apply(new Op.Concatenate(1), steps);
    }

    /// `x·input + bias` for each step, `[batch, gates·units]`.
    private List<Var> driven(Var x, Weights weights) {
        var linear = new Linear(b);
        var all = linear.addBias(linear.product(x, weights.input), weights.bias);
        var step = shape(all).without(List.of(1));
        int steps = shape(all).dim(1);
        return parts(all, steps).stream().map(part -> b.reshape(part, step)).toList();
    }

    /// Equal parts along axis 1, found by halving. Cut from the whole one by one, each would give
    /// the backward pass a padded copy of the whole: `count²` elements instead of
    /// `count·log₂ count`.
    private List<Var> parts(Var x, int count) {
        if (count == 1) return List.of(x);
        int lower = count / 2;
        int size = shape(x).dim(1);
        int middle = size / count * lower;
        var low = parts(range(x, 0, middle), lower);
        var high = parts(range(x, middle, size), count - lower);
        return Stream.concat(low.stream(), high.stream()).toList();
    }

    /// Elements `start` to `limit` along axis 1.
    private Var range(Var x, int start, int limit) {
        var starts = new ArrayList<>(Collections.nCopies(shape(x).rank(), 0));
        var limits = new ArrayList<>(shape(x).dims());
        starts.set(1, start);
        limits.set(1, limit);
        var strides = Collections.nCopies(shape(x).rank(), 1);
        return b.apply(new Op.Slice(starts, limits, strides), x);
    }

    private Var zeros(Var x, int units) {
        return b.fill(new TensorType(DType.F32, Shape.of(shape(x).dim(0), units)), 0);
    }

    private static void requireShapes(Var x, Weights weights, int gates) {
        require(shape(x).rank() == 3, "x: %s (expected: [batch, time, in])", x.type());
        require(
                shape(weights.state).rank() == 2,
                "state: %s (expected: [units, %d·units])",
                weights.state.type(),
                gates);
        int units = shape(weights.state).dim(0);
        requireShape(weights.state, "state", Shape.of(units, gates * units));
        requireShape(weights.input, "input", Shape.of(shape(x).dim(2), gates * units));
        requireShape(weights.bias, "bias", Shape.of(gates * units));
    }

    private static void requireShape(Var parameter, String name, Shape expected) {
        require(
                shape(parameter).equals(expected),
                "%s: %s (expected: f32%s)",
                name,
                parameter.type(),
                expected);
    }
}
