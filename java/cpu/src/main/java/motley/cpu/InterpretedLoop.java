package motley.cpu;

import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Store;

/// A fused loop, interpreted. Confined to one worker.
final class InterpretedLoop implements LoopBody {
    private final PointInterpreter points;
    private final int[] extents;
    private final int[] index;
    private final Store[] stores;
    private final int[][] strides;

    InterpretedLoop(Kernel.Loop loop) {
        extents = Walk.array(loop.extents());
        index = new int[extents.length];
        points = new PointInterpreter(loop.nodes(), extents.length);
        stores = loop.stores().toArray(Store[]::new);
        strides =
                loop.stores().stream().map(s -> Walk.array(s.to().strides())).toArray(int[][]::new);
    }

    @Override
    public void run(float[] f, int[] i, int[] starts, int from, int to) {
        int inner = extents.length - 1;
        if (inner == 0) {
            line(f, i, starts, from, to);
            return;
        }
        for (int outer = from; outer < to; outer++) {
            index[0] = outer;
            do {
                line(f, i, starts, 0, extents[inner]);
            } while (Walk.next(index, extents, 1, inner));
        }
    }

    /// The points `[from, to)` along the innermost axis.
    private void line(float[] f, int[] i, int[] starts, int from, int to) {
        for (int first = from; first < to; first += PointInterpreter.BLOCK) {
            int count = Math.min(PointInterpreter.BLOCK, to - first);
            points.evaluate(f, i, starts, index, first, count);
            for (int s = 0; s < stores.length; s++) store(s, f, i, starts, first, count);
        }
    }

    private void store(int s, float[] f, int[] i, int[] starts, int first, int count) {
        int inner = extents.length - 1;
        int step = strides[s][inner];
        int start = starts[points.loads() + s];
        int at = start + Walk.dot(index, strides[s], inner) + first * step;
        int node = stores[s].node();
        if (Memory.onFloats(stores[s].to().buffer().dtype())) {
            var from = points.floats(node);
            for (int k = 0; k < count; k++) f[at + k * step] = from[k];
        } else {
            var from = points.ints(node);
            for (int k = 0; k < count; k++) i[at + k * step] = from[k];
        }
    }
}
