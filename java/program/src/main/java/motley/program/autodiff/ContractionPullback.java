package motley.program.autodiff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import motley.program.Op;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.tensor.Shape;

/// Pullback rules of [Op.Contraction]: all are linear in each operand.
final class ContractionPullback {
    private ContractionPullback() {}

    static Var pull(Use use, Op.Contraction op) {
        var b = use.b();
        var g = use.g();
        var p = use.in(0);
        var q = use.in(1);
        var shape = use.shape();
        boolean first = use.first();
        // ⟨y, x ∗ w⟩ is linear in images x, filters w and outputs y. Each convolution is its
        // derivative in one of the three, given the other two.
        return switch (op) {
            case Op.DotGeneral dot -> first ? left(use, dot) : right(use, dot);
            case Op.Convolution(var spec) -> // p = x, q = w, g ~ y
                    first
                            ? b.apply(new Op.ConvolutionInputGradient(spec, shape), g, q)
                            : b.apply(new Op.ConvolutionFilterGradient(spec, shape), p, g);
            case Op.ConvolutionInputGradient(var spec, _) -> // p = y, q = w, g ~ x
                    first
                            ? b.apply(new Op.Convolution(spec), g, q)
                            : b.apply(new Op.ConvolutionFilterGradient(spec, shape), g, p);
            case Op.ConvolutionFilterGradient(var spec, _) -> // p = x, q = y, g ~ w
                    first
                            ? b.apply(new Op.ConvolutionInputGradient(spec, shape), q, g)
                            : b.apply(new Op.Convolution(spec), p, g);
        };
    }

    /// C = A·B ⇒ dA = dC·Bᵀ, for each index of the batch.
    private static Var left(Use use, Op.DotGeneral op) {
        var a = new Sides(op.leftBatch(), op.leftContracted(), use.in(0).type().shape());
        var other = new Sides(op.rightBatch(), op.rightContracted(), use.in(1).type().shape());
        int batches = a.batch().size();
        int rows = a.free().size();
        var dot =
                new Op.DotGeneral(
                        range(0, batches),
                        other.batch(),
                        range(batches + rows, batches + rows + other.free().size()),
                        other.free());
        var product = use.b().apply(dot, use.g(), use.in(1)); // [batch…, left…, contracted…]
        return arrange(use.b(), product, joined(a.batch(), a.free(), a.contractedInOrderOf(other)));
    }

    /// C = A·B ⇒ dB = Aᵀ·dC, for each index of the batch.
    private static Var right(Use use, Op.DotGeneral op) {
        var other = new Sides(op.leftBatch(), op.leftContracted(), use.in(0).type().shape());
        var a = new Sides(op.rightBatch(), op.rightContracted(), use.in(1).type().shape());
        int batches = a.batch().size();
        var dot =
                new Op.DotGeneral(
                        other.batch(),
                        range(0, batches),
                        other.free(),
                        range(batches, batches + other.free().size()));
        var product = use.b().apply(dot, use.in(0), use.g()); // [batch…, contracted…, right…]
        return arrange(use.b(), product, joined(a.batch(), a.contractedInOrderOf(other), a.free()));
    }

    /// Transposes a value whose axis `i` is axis `axes[i]` of what is wanted.
    private static Var arrange(ProgramBuilder b, Var product, List<Integer> axes) {
        if (axes.equals(range(0, axes.size()))) return product;
        return b.transpose(product, MovementPullback.inverse(axes).toArray(Integer[]::new));
    }

    /// The axes of one operand of a [Op.DotGeneral] by the part they play.
    private record Sides(List<Integer> batch, List<Integer> contracted, Shape shape) {
        List<Integer> free() {
            return range(0, shape.rank()).stream()
                    .filter(axis -> !batch.contains(axis) && !contracted.contains(axis))
                    .toList();
        }

        /// The contracted axes, in the order in which their partners stand in `other`.
        List<Integer> contractedInOrderOf(Sides other) {
            return range(0, contracted.size()).stream()
                    .sorted(Comparator.comparing(other.contracted::get))
                    .map(contracted::get)
                    .toList();
        }
    }

    private static List<Integer> range(int start, int limit) {
        return IntStream.range(start, limit).boxed().toList();
    }

    @SafeVarargs
    private static List<Integer> joined(List<Integer>... parts) {
        var all = new ArrayList<Integer>();
        for (var part : parts) all.addAll(part);
        return all;
    }
}
