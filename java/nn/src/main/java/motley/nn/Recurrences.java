package motley.nn;

import static motley.nn.Forward.shape;

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

/// A state that goes along a series `[batch, time, features]`, one step written after the other.
record Recurrences(ProgramBuilder b) {
    Var apply(Layer.Recurrent layer, Var x, Iterator<Var> parameters) {
        return switch (layer) {
            case Layer.Lstm lstm -> lstm(lstm, x, parameters);
            case Layer.Gru gru -> gru(gru, x, parameters);
        };
    }

    /// ```
    /// [i, f, g, o] = xₜ·W + hₜ₋₁·U + bias
    /// cₜ = σ(f)·cₜ₋₁ + σ(i)·tanh(g)
    /// hₜ = σ(o)·tanh(cₜ)
    /// ```
    private Var lstm(Layer.Lstm lstm, Var x, Iterator<Var> p) {
        var f = new Activations(b);
        var inputs = split(driven(x, p.next()), 1); // each [batch, 1, 4·units]
        var u = p.next();
        var bias = p.next();
        var h = zeros(x, lstm.units());
        var c = h;
        var states = new ArrayList<Var>();
        for (var input : inputs) {
            var sum = b.add(flat(input), b.matmul(h, u)); // [batch, 4·units]
            var gates = parts(new Linear(b).addBias(sum, bias), 4);
            var kept = b.mul(f.sigmoid(gates.get(1)), c);
            c = b.add(kept, b.mul(f.sigmoid(gates.get(0)), f.tanh(gates.get(2))));
            h = b.mul(f.sigmoid(gates.get(3)), f.tanh(c));
            states.add(h);
        }
        return given(states, lstm.steps());
    }

    /// ```
    /// [r, z, n] = xₜ·W + bias,  [r', z', n'] = hₜ₋₁·U + stateBias
    /// candidate = tanh(n + σ(r + r')·n')
    /// hₜ = (1 - σ(z + z'))·candidate + σ(z + z')·hₜ₋₁
    /// ```
    private Var gru(Layer.Gru gru, Var x, Iterator<Var> p) {
        var f = new Activations(b);
        var driven = driven(x, p.next());
        var u = p.next();
        var inputs = split(new Linear(b).addBias(driven, p.next()), 1);
        var stateBias = p.next();
        var h = zeros(x, gru.units());
        var states = new ArrayList<Var>();
        for (var input : inputs) {
            var in = parts(flat(input), 3);
            var own = parts(new Linear(b).addBias(b.matmul(h, u), stateBias), 3);
            var reset = f.sigmoid(b.add(in.get(0), own.get(0)));
            var update = f.sigmoid(b.add(in.get(1), own.get(1)));
            var candidate = f.tanh(b.add(in.get(2), b.mul(reset, own.get(2))));
            h = b.add(candidate, b.mul(update, b.sub(h, candidate)));
            states.add(h);
        }
        return given(states, gru.steps());
    }

    /// All steps' products at once: `[batch, time, in]·[in, n] → [batch, time, n]`.
    private Var driven(Var x, Var w) {
        return new Linear(b).product(x, w);
    }

    private Var zeros(Var x, int units) {
        return b.fill(new TensorType(DType.F32, Shape.of(shape(x).dim(0), units)), 0);
    }

    private Var given(List<Var> states, Steps steps) {
        if (steps == Steps.LAST) return states.getLast();
        var s = shape(states.getFirst());
        var each = states.stream().map(h -> b.reshape(h, Shape.of(s.dim(0), 1, s.dim(1))));
        return b.apply(new Op.Concatenate(1), each.toArray(Var[]::new)); // [batch, time, units]
    }

    /// The elements along an axis, found by halving. Slices taken from the whole one by one would
    /// cost the backward pass a padded copy of the whole each: time² instead of time·log(time).
    private List<Var> split(Var x, int axis) {
        int size = shape(x).dim(axis);
        if (size == 1) return List.of(x);
        var low = split(range(x, axis, 0, size / 2), axis);
        var high = split(range(x, axis, size / 2, size), axis);
        return Stream.concat(low.stream(), high.stream()).toList();
    }

    /// `[batch, 1, n] → [batch, n]`.
    private Var flat(Var x) {
        return b.reshape(x, shape(x).without(List.of(1)));
    }

    /// Equal parts of the innermost axis of `[batch, count·units]`.
    private List<Var> parts(Var x, int count) {
        int units = shape(x).dim(1) / count;
        var parts = new ArrayList<Var>();
        for (int i = 0; i < count; i++) parts.add(range(x, 1, i * units, (i + 1) * units));
        return parts;
    }

    private Var range(Var x, int axis, int start, int limit) {
        var starts = new ArrayList<>(Collections.nCopies(shape(x).rank(), 0));
        var limits = new ArrayList<>(shape(x).dims());
        starts.set(axis, start);
        limits.set(axis, limit);
        var ones = Collections.nCopies(shape(x).rank(), 1);
        return b.apply(new Op.Slice(starts, limits, ones), x);
    }
}
