package motley.compiler.schedule;

import java.util.ArrayList;
import java.util.List;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Store;
import motley.program.Equation;
import motley.program.Op;
import motley.tensor.Shape;

/// Kernels that write parts of a result: padding and concatenation.
final class Assembly {
    private final Lowering lowering;

    Assembly(Lowering lowering) {
        this.lowering = lowering;
    }

    void emit(Equation e, Buffer out) {
        switch (e.op()) {
            case Op.Pad pad -> pad(pad, e, out);
            case Op.Concatenate(int axis) -> concatenate(axis, e, out);
            case Op.Elementwise _, Op.Movement _, Op.Reduction _, Op.Windowed _ ->
                    throw new IllegalStateException(e.toString());
            case Op.Contraction _, Op.Indexing _, Op.Source _ ->
                    throw new IllegalStateException(e.toString());
        }
    }

    private void pad(Op.Pad pad, Equation e, Buffer out) {
        var zeros = new NodeList();
        int zero = zeros.add(new Node.Constant(out.dtype(), 0));
        var shape = e.out().type().shape();
        var all = new Access(out, 0, View.dense(shape));
        lowering.emit(Lowering.loop(shape, zeros, List.of(new Store(all, zero))));
        var dense = View.dense(shape);
        var strides = new ArrayList<Integer>();
        int offset = 0;
        for (int axis = 0; axis < shape.rank(); axis++) {
            offset += pad.low().get(axis) * dense.get(axis);
            strides.add((pad.interior().get(axis) + 1) * dense.get(axis));
        }
        part(lowering.view(e.in().getFirst()), new Access(out, offset, strides));
    }

    private void concatenate(int axis, Equation e, Buffer out) {
        var strides = View.dense(e.out().type().shape());
        int offset = 0;
        for (var v : e.in()) {
            part(lowering.view(v), new Access(out, offset, strides));
            offset += v.type().shape().dim(axis) * strides.get(axis);
        }
    }

    private void part(View from, Access to) {
        var nodes = new NodeList();
        int value = lowering.read(nodes, from);
        Shape points = from.shape();
        lowering.emit(Lowering.loop(points, nodes, List.of(new Store(to, value))));
    }
}
