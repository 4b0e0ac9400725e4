package motley.program.reference;

import java.util.List;
import java.util.stream.IntStream;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Meaning of [Op.Contraction]. A convolution and its two gradients are the three ways to read one
/// list of index triples (image element, filter tap, output element): each sums the products of two
/// of them into the third.
final class ContractionReference {
    private ContractionReference() {}

    static Values evaluate(Op.Contraction op, Values x, Values y, TensorType out) {
        var sums = new double[out.shape().count()];
        var left = x.type().shape();
        var right = y.type().shape();
        switch (op) {
            case Op.DotGeneral dot ->
                    forEachProduct(
                            dot,
                            left,
                            right,
                            out.shape(),
                            (l, r, o) -> sums[o] += x.get(l) * y.get(r));
            case Op.Convolution(var spec) ->
                    forEachTap(
                            spec,
                            left,
                            right,
                            out.shape(),
                            (i, w, o) -> sums[o] += x.get(i) * y.get(w));
            case Op.ConvolutionInputGradient(var spec, var images) ->
                    forEachTap(
                            spec, images, right, left, (i, w, o) -> sums[i] += x.get(o) * y.get(w));
            case Op.ConvolutionFilterGradient(var spec, var filters) ->
                    forEachTap(
                            spec,
                            left,
                            filters,
                            right,
                            (i, w, o) -> sums[w] += x.get(i) * y.get(o));
        }
        return Values.owning(out, sums);
    }

    /// Every pair of factors whose batch and contracted coordinates agree, result by result.
    private static void forEachProduct(
            Op.DotGeneral op, Shape left, Shape right, Shape out, Grid.Product visitor) {
        var leftFree = others(left, op.leftBatch(), op.leftContracted());
        var rightFree = others(right, op.rightBatch(), op.rightContracted());
        int batches = op.leftBatch().size();
        var contracted = new Shape(op.leftContracted().stream().map(left::dim).toList());
        var l = new int[left.rank()];
        var r = new int[right.rank()];
        Grid.forEach(
                out,
                (o, at) -> {
                    place(at, 0, op.leftBatch(), l);
                    place(at, 0, op.rightBatch(), r);
                    place(at, batches, leftFree, l);
                    place(at, batches + leftFree.size(), rightFree, r);
                    Grid.forEach(
                            contracted,
                            (_, k) -> {
                                place(k, 0, op.leftContracted(), l);
                                place(k, 0, op.rightContracted(), r);
                                visitor.visit(Grid.position(left, l), Grid.position(right, r), o);
                            });
                });
    }

    /// Every filter tap on every element of the image it meets, output by output; taps on padding
    /// are not visited.
    private static void forEachTap(
            ConvolutionSpec spec, Shape images, Shape filters, Shape out, Grid.Product visitor) {
        int groupIn = filters.dim(2);
        int groupOut = filters.dim(3) / spec.groups();
        Grid.forEach(
                out,
                (o, at) -> {
                    int top = at[1] * spec.strideRows() - spec.padding().top();
                    int left = at[2] * spec.strideCols() - spec.padding().left();
                    int firstIn = at[3] / groupOut * groupIn;
                    Grid.forEach(
                            Shape.of(filters.dim(0), filters.dim(1), groupIn),
                            (_, tap) -> {
                                int row = top + tap[0] * spec.dilationRows();
                                int col = left + tap[1] * spec.dilationCols();
                                if (!WindowedReference.inside(images, row, col)) return;
                                int in = firstIn + tap[2];
                                visitor.visit(
                                        Grid.position(images, at[0], row, col, in),
                                        Grid.position(filters, tap[0], tap[1], tap[2], at[3]),
                                        o);
                            });
                });
    }

    /// Copies the coordinates of `from` that begin at `start` to `axes` of `to`.
    private static void place(int[] from, int start, List<Integer> axes, int[] to) {
        for (int i = 0; i < axes.size(); i++) to[axes.get(i)] = from[start + i];
    }

    private static List<Integer> others(
            Shape shape, List<Integer> batch, List<Integer> contracted) {
        return IntStream.range(0, shape.rank())
                .filter(axis -> !batch.contains(axis) && !contracted.contains(axis))
                .boxed()
                .toList();
    }
}
