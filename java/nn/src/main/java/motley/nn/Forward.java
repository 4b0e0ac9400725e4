package motley.nn;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import motley.program.CompareKind;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;

/// What the layers compute: each is a short function from variables to variables.
///
/// The first axis is always the batch; only batch normalisation looks across it, in training.
record Forward(ProgramBuilder b, Mode mode) {
    /// Dropout streams begin here, so that a layer never shares its numbers with a parameter's
    /// first values.
    private static final int DROPOUT_STREAM = 1 << 16;

    /// Whether the pass is part of training.
    sealed interface Mode {
        /// Nothing is dropped.
        record Inference() implements Mode {}

        /// Elements are dropped, for each sample as its number says.
        ///
        /// @param key `i32[2]`
        /// @param samples `i32[batch]`, the samples' numbers in the data set
        /// @param weights `f32[batch]`, 0 for a sample that only fills the batch
        record Training(Var key, Var samples, Var weights) implements Mode {}
    }

    /// What `model` makes of a batch, and its statistics' measurements.
    ///
    /// @param samples `[batch, …]`, each of the model's input type
    Passed pass(Model model, List<Var> parameters, Var samples) {
        var values = new ArrayList<>(List.of(samples));
        var measured = new ArrayList<Var>();
        int next = 0;
        for (var layer : model.placed()) {
            int end = next + layer.parameters().size();
            var in = layer.node().in().stream().map(values::get).toList();
            var own = parameters.subList(next, end);
            values.add(b.scope(layer.name(), () -> apply(layer, own, in, measured)));
            next = end;
        }
        return new Passed(values.getLast(), values.get(model.logits()), measured);
    }

    /// @param output `[batch, …]`
    /// @param logits `[batch, …]`, what the loss compares; the output, where it has no link
    /// @param measured in training, what was measured for each statistic among the parameters, in
    ///     their order
    record Passed(Var output, Var logits, List<Var> measured) {
        Passed {
            measured = List.copyOf(measured);
        }
    }

    Var apply(PlacedLayer placed, List<Var> parameters, List<Var> in, List<Var> measured) {
        var x = in.getFirst();
        var p = parameters.iterator();
        return switch (placed.layer()) {
            case Layer.Dense _ -> new Linear(b).dense(x, p);
            case Layer.Embedding _ -> new Attention(b).embedding(x, p.next());
            case Layer.Convolution c -> new Convolutions(b).apply(c, x, p);
            case Layer.Pooling pooling -> new Poolings(b).apply(pooling, x);
            case Layer.BatchNorm norm -> batchNorm(x, p, norm, placed.node().frozen(), measured);
            case Layer.LayerNorm(double epsilon) ->
                    new Normalisations(b).layerNorm(x, affine(p), epsilon);
            case Layer.GroupNorm(int groups, double epsilon) ->
                    new Normalisations(b).groupNorm(x, affine(p), groups, epsilon);
            case Layer.RmsNorm(double epsilon) ->
                    new Normalisations(b).rmsNorm(x, p.next(), epsilon);
            case Layer.Attention(int heads, boolean causal) -> {
                var own = new Attention.Projections(p.next(), p.next(), p.next(), p.next());
                yield new Attention(b).multiHead(x, own, heads, causal);
            }
            case Layer.LearnedPositions _ -> addToEach(x, p.next());
            case Layer.SinusoidalPositions _ ->
                    addToEach(x, new Attention(b).sinusoidal(placed.output()));
            case Layer.Recurrent r -> new Recurrences(b).apply(r, x, p);
            case Layer.Activation a -> activation(a, x);
            case Layer.Flatten _, Layer.Reshape _ ->
                    b.reshape(x, placed.output().prepend(shape(x).dim(0)));
            case Layer.Shaping shaping -> new Rearrangements(b).apply(shaping, x);
            case Layer.Dropout(double rate) -> dropout(x, rate, placed.number());
            case Layer.Merge merge -> merge(merge, in);
        };
    }

    private static Normalisations.Affine affine(Iterator<Var> parameters) {
        return new Normalisations.Affine(parameters.next(), parameters.next());
    }

    private Var batchNorm(
            Var x, Iterator<Var> p, Layer.BatchNorm norm, boolean frozen, List<Var> measured) {
        var affine = affine(p);
        if (!frozen && mode instanceof Mode.Training(_, _, Var weights)) {
            var batch = new Normalisations(b).batchNorm(x, weights, affine, norm.epsilon());
            measured.add(batch.moments().mean());
            measured.add(norm.biased() ? batch.moments().variance() : batch.unbiased());
            return batch.y();
        }
        var running = new Normalisations.Moments(p.next(), p.next());
        return new Normalisations(b).batchNorm(x, affine, running, norm.epsilon());
    }

    /// `y[n, …] = x[n, …] + one[…]`.
    private Var addToEach(Var x, Var one) {
        return b.add(x, b.alongInnermost(one, shape(x)));
    }

    private Var activation(Layer.Activation activation, Var x) {
        var f = new Activations(b);
        return switch (activation) {
            case Layer.Relu _ -> relu(x);
            case Layer.LeakyRelu(double slope) -> f.leakyRelu(x, slope);
            case Layer.CappedRelu(double most) -> f.capped(relu(x), most);
            case Layer.Elu(double scale) -> f.elu(x, scale);
            case Layer.Softplus _ -> f.softplus(x);
            case Layer.Heads(var heads) -> f.heads(x, heads);
            case Layer.Gelu(boolean approximate) -> approximate ? f.geluByTanh(x) : f.gelu(x);
            case Layer.Silu _ -> f.silu(x);
            case Layer.Sigmoid _ -> f.sigmoid(x);
            case Layer.Tanh _ -> f.tanh(x);
            case Layer.Softmax _ -> f.softmax(x);
        };
    }

    private Var merge(Layer.Merge merge, List<Var> in) {
        return switch (merge) {
            case Layer.Add _ -> in.stream().reduce(b::add).orElseThrow();
            case Layer.Multiply _ -> in.stream().reduce(b::mul).orElseThrow();
            case Layer.Concatenate _ -> {
                int innermost = shape(in.getFirst()).rank() - 1;
                yield b.apply(new Op.Concatenate(innermost), in.toArray(Var[]::new));
            }
        };
    }

    /// `y = x ≤ 0 ? 0 : x`, the same bits as `max(x, 0)`, NaN included. Only the derivative at 0
    /// differs: here it is 0 and not ½, which matters, since blank corners of images are exactly 0
    /// behind a fresh convolution.
    private Var relu(Var x) {
        var zero = b.fillLike(x, 0);
        return b.select(b.compare(CompareKind.LE, x, zero), zero, x);
    }

    /// `y = u < rate ? 0 : x / (1 - rate)` with `u` uniform in [0, 1), drawn for each sample from
    /// its number alone: a sample keeps its mask in whatever batch, on whatever device.
    private Var dropout(Var x, double rate, int layer) {
        return switch (mode) {
            case Mode.Inference _ -> x;
            case Mode.Training(Var key, Var samples, _) -> {
                var dims = shape(x).dims();
                var perSample = dims.subList(1, dims.size());
                var op = new Op.RandomUniform(DROPOUT_STREAM + layer, perSample);
                var uniform = b.apply(op, key, samples); // the shape of x
                var drop = b.compare(CompareKind.LT, uniform, b.fillLike(uniform, rate));
                yield b.select(drop, b.fillLike(x, 0), b.scale(x, 1 / (1 - rate)));
            }
        };
    }

    static Shape shape(Var x) {
        return x.type().shape();
    }
}
