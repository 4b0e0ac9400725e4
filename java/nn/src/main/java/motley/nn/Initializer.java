package motley.nn;

import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// How a parameter's first values are drawn.
///
/// What is random is uniform: it needs no transcendental function, so that every engine draws the
/// same bits from the same key.
public enum Initializer {
    ZEROS,

    ONES,

    /// Uniform with standard deviation 0.02: rows of tables of tokens and positions.
    /// Source: Radford et al. 2018, "Improving language understanding by generative pre-training",
    /// §4.1. Differs: uniform with the same variance instead of normal.
    NARROW_UNIFORM,

    /// Uniform in `[-limit, limit)`, `limit = √(6 / (fanIn + fanOut))`: keeps the variance of
    /// activations and gradients through a linear layer.
    /// Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
    /// neural networks", eq. 16.
    GLOROT_UNIFORM,

    /// Uniform in `[-limit, limit)`, `limit = √(6 / fanIn)`: keeps the variance of activations
    /// through a layer followed by a ReLU, which halves it.
    /// Source: He et al. 2015, "Delving deep into rectifiers", eq. 10. Differs: uniform with the
    /// same variance instead of normal.
    HE_UNIFORM;

    /// The bound of the uniform distribution for weights of `shape`, `[…, in, out]`; 0 for
    /// [#ZEROS] and [#ONES].
    public double limit(Shape shape) {
        return switch (this) {
            case ZEROS, ONES -> 0;
            case NARROW_UNIFORM -> 0.02 * Math.sqrt(3);
            case GLOROT_UNIFORM -> Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape)));
            case HE_UNIFORM -> Math.sqrt(6.0 / fanIn(shape));
        };
    }

    /// The first values of a parameter.
    ///
    /// @param key `i32[2]`
    /// @param stream tells apart the parameters that share a key
    Var draw(ProgramBuilder b, Var key, int stream, Shape shape) {
        if (this == ZEROS) return b.fill(new TensorType(DType.F32, shape), 0);
        if (this == ONES) return b.fill(new TensorType(DType.F32, shape), 1);
        var dims = shape.dims();
        var rows = b.iota(Shape.of(dims.getFirst()), 0); // [rows]
        var op = new Op.RandomUniform(stream, dims.subList(1, dims.size()));
        var uniform = b.apply(op, key, rows); // [rows, …], in [0, 1)
        double limit = limit(shape);
        return b.shift(b.scale(uniform, 2 * limit), -limit);
    }

    /// Inputs that reach one output: every element that shares its last index.
    private static long fanIn(Shape shape) {
        return shape.count() / shape.dims().getLast();
    }

    /// Outputs that one input reaches: every element that shares its last but one index.
    private static long fanOut(Shape shape) {
        return shape.count() / shape.dim(shape.rank() - 2);
    }
}
