package motley.compiler.simplify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import motley.program.Op;
import motley.program.Program;
import motley.program.UnaryKind;
import motley.program.Var;

/// One form for what can be written in several: chains of movement become one, what moves nothing
/// disappears, transposes of matrix operands go into the contraction's axes.
final class Canonical {
    private final Rewriter to;

    private Canonical(Rewriter to) {
        this.to = to;
    }

    static Program rewrite(Program program) {
        return Rewriter.rewrite(program, (to, op, in) -> new Canonical(to).rewrite(op, in));
    }

    private Var rewrite(Op op, List<Var> in) {
        return switch (op) {
            case Op.Movement m -> movement(m, in);
            case Op.Unary(var kind) -> unary(kind, in.getFirst());
            case Op.Convert(var dtype) when in.getFirst().type().dtype() == dtype -> in.getFirst();
            case Op.Reduce(_, var axes) when axes.isEmpty() -> in.getFirst();
            case Op.DotGeneral dot -> contraction(dot, in.get(0), in.get(1));
            case Op.Elementwise _, Op.Reduction _, Op.Windowed _, Op.Contraction _ ->
                    to.append(op, in);
            case Op.Indexing _, Op.Source _ -> to.append(op, in);
        };
    }

    private Var unary(UnaryKind kind, Var x) {
        boolean undoes = kind == UnaryKind.NEG || kind == UnaryKind.NOT;
        var inner = to.madeBy(Op.Unary.class, x);
        if (undoes && inner.isPresent() && inner.get().kind() == kind) return to.source(x);
        return to.append(new Op.Unary(kind), List.of(x));
    }

    private Var movement(Op.Movement op, List<Var> in) {
        var x = in.getFirst();
        return switch (op) {
            case Op.Reshape(var shape) -> {
                if (to.madeBy(Op.Reshape.class, x).isPresent()) {
                    yield movement(op, List.of(to.source(x)));
                }
                yield x.type().shape().equals(shape) ? x : to.append(op, in);
            }
            case Op.Transpose(var permutation) -> transpose(permutation, x);
            case Op.Broadcast b -> broadcast(b, x);
            case Op.Slice s -> isWhole(s, x) ? x : to.append(op, in);
            case Op.Pad p ->
                    isZero(p.low()) && isZero(p.high()) && isZero(p.interior())
                            ? x
                            : to.append(op, in);
            case Op.Concatenate _ -> in.size() == 1 ? x : to.append(op, in);
            case Op.Reverse(var axes) -> axes.isEmpty() ? x : to.append(op, in);
        };
    }

    private Var transpose(List<Integer> permutation, Var x) {
        var inner = to.madeBy(Op.Transpose.class, x);
        if (inner.isPresent()) {
            var both = permutation.stream().map(inner.get().permutation()::get).toList();
            return transpose(both, to.source(x));
        }
        if (permutation.equals(IntStream.range(0, permutation.size()).boxed().toList())) return x;
        return to.append(new Op.Transpose(permutation), List.of(x));
    }

    private Var broadcast(Op.Broadcast op, Var x) {
        var inner = to.madeBy(Op.Broadcast.class, x);
        if (inner.isPresent()) {
            var axes = inner.get().axes().stream().map(op.axes()::get).toList();
            return broadcast(new Op.Broadcast(op.shape(), axes), to.source(x));
        }
        return x.type().shape().equals(op.shape()) ? x : to.append(op, List.of(x));
    }

    private static boolean isWhole(Op.Slice s, Var x) {
        return isZero(s.starts())
                && s.limits().equals(x.type().shape().dims())
                && s.strides().stream().allMatch(stride -> stride == 1);
    }

    private static boolean isZero(List<Integer> numbers) {
        return numbers.stream().allMatch(n -> n == 0);
    }

    private Var contraction(Op.DotGeneral dot, Var x, Var y) {
        var left = untransposed(x, List.of(dot.leftBatch(), dot.leftContracted()));
        if (left.isPresent()) {
            var axes = left.get();
            var folded =
                    new Op.DotGeneral(
                            axes.get(0), dot.rightBatch(), axes.get(1), dot.rightContracted());
            return contraction(folded, to.source(x), y);
        }
        var right = untransposed(y, List.of(dot.rightBatch(), dot.rightContracted()));
        if (right.isPresent()) {
            var axes = right.get();
            var folded =
                    new Op.DotGeneral(
                            dot.leftBatch(), axes.get(0), dot.leftContracted(), axes.get(1));
            return contraction(folded, x, to.source(y));
        }
        return to.append(dot, List.of(x, y));
    }

    /// The axes of the operand of the transpose that makes `x`, if its free axes keep their order.
    private Optional<List<List<Integer>>> untransposed(Var x, List<List<Integer>> named) {
        var transpose = to.madeBy(Op.Transpose.class, x);
        if (transpose.isEmpty()) return Optional.empty();
        var permutation = transpose.get().permutation();
        var free = new ArrayList<Integer>();
        for (int axis = 0; axis < permutation.size(); axis++) {
            boolean taken = named.get(0).contains(axis) || named.get(1).contains(axis);
            if (!taken) free.add(permutation.get(axis));
        }
        if (!free.equals(free.stream().sorted().toList())) return Optional.empty();
        return Optional.of(
                named.stream().map(axes -> axes.stream().map(permutation::get).toList()).toList());
    }
}
