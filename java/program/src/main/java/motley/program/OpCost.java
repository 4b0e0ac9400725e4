package motley.program;

import java.util.List;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// The floating-point operations of one equation, by the conventions of [Cost]. Saturates at
/// [Long#MAX_VALUE].
final class OpCost {
    /// One element of a transcendental function: about a range reduction and a polynomial.
    static final long TRANSCENDENTAL_FLOPS = 16;
    /// Logarithm, product, exponential.
    static final long POW_FLOPS = 2 * TRANSCENDENTAL_FLOPS + 1;
    /// Ten rounds of ten integer operations for four words, then shift and scale.
    static final long RANDOM_FLOPS = 27;

    private OpCost() {}

    /// For operands of types `in` that give a result of type `out`, by the type rule of `op`.
    static long flops(Op op, List<TensorType> in, TensorType out) {
        return switch (op) {
            case Op.Elementwise e -> product(count(out), perElement(e));
            case Op.Movement _ -> 0;
            case Op.Reduction _ -> count(in.getFirst());
            case Op.Windowed w -> windowed(w, in, out);
            case Op.Contraction c -> contraction(c, in, out);
            case Op.Indexing i -> indexing(i, in, out);
            case Op.Source s -> source(s, out);
        };
    }

    private static long perElement(Op.Elementwise op) {
        return switch (op) {
            case Op.Unary(var kind) ->
                    switch (kind) {
                        case NEG, ABS, SIGN, SQRT, RSQRT, FLOOR, NOT -> 1;
                        case EXP, LOG, LOG1P, EXPM1, TANH, LOGISTIC, SIN, COS, ERF ->
                                TRANSCENDENTAL_FLOPS;
                    };
            case Op.Binary(var kind) ->
                    switch (kind) {
                        case ADD, SUB, MUL, DIV, MAX, MIN, AND, OR -> 1;
                        case POW -> POW_FLOPS;
                    };
            case Op.Compare _, Op.Select _, Op.Convert _ -> 1;
        };
    }

    private static long windowed(Op.Windowed op, List<TensorType> in, TensorType out) {
        return switch (op) {
            case Op.MaxPool(var window) -> product(count(out), area(window));
            case Op.AveragePool(var window) -> product(count(out), area(window) + 1);
            case Op.MaxPoolGradient(var window) -> product(count(in.get(1)), area(window) + 1);
            case Op.MaxPoolPick(var window) -> product(count(out), area(window));
            case Op.AveragePoolGradient(var window, _) ->
                    product(count(in.getFirst()), area(window) + 1);
        };
    }

    private static long contraction(Op.Contraction op, List<TensorType> in, TensorType out) {
        return switch (op) {
            case Op.DotGeneral dot -> {
                long terms = 1;
                for (int axis : dot.leftContracted()) {
                    terms = product(terms, in.getFirst().shape().dim(axis));
                }
                yield multiplyAdds(count(out), terms);
            }
            case Op.Convolution _ -> multiplyAdds(count(out), taps(in.get(1).shape()));
            case Op.ConvolutionInputGradient _ ->
                    multiplyAdds(count(in.getFirst()), taps(in.get(1).shape()));
            case Op.ConvolutionFilterGradient(_, var filters) ->
                    multiplyAdds(count(in.get(1)), taps(filters));
        };
    }

    private static long indexing(Op.Indexing op, List<TensorType> in, TensorType out) {
        return switch (op) {
            case Op.Gather _ -> 0;
            case Op.ScatterAdd _ -> count(in.get(1));
            case Op.OneHot _ -> count(out);
        };
    }

    private static long source(Op.Source op, TensorType out) {
        return switch (op) {
            case Op.Fill _, Op.Iota _ -> 0;
            case Op.RandomUniform _ -> product(count(out), RANDOM_FLOPS);
        };
    }

    private static long count(TensorType type) {
        return type.shape().count();
    }

    private static long area(Window window) {
        return (long) window.rows() * window.cols();
    }

    /// Products that make one output element, for filters `[rows, cols, in, out]`.
    private static long taps(Shape filters) {
        return (long) filters.count() / filters.dim(3);
    }

    private static long multiplyAdds(long count, long terms) {
        return product(2, product(count, terms));
    }

    /// `x · y` for `x, y ≥ 0`, at most [Long#MAX_VALUE].
    static long product(long x, long y) {
        return x != 0 && y > Long.MAX_VALUE / x ? Long.MAX_VALUE : x * y;
    }

    /// `x + y` for `x, y ≥ 0`, at most [Long#MAX_VALUE].
    static long sum(long x, long y) {
        return x > Long.MAX_VALUE - y ? Long.MAX_VALUE : x + y;
    }
}
