package motley.cpu;

import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Store;

/// A fused loop, interpreted.
final class InterpretedLoop implements Task {
    private final PointInterpreter points;
    private final int[] extents;
    private final int[] index;
    private final Store[] stores;
    private final int[] starts;
    private final int[][] strides;
    private final Memory memory;

    InterpretedLoop(Kernel.Loop loop, Memory memory) {
        this.memory = memory;
        extents = Walk.array(loop.extents());
        index = new int[extents.length];
        points = new PointInterpreter(loop.nodes(), extents.length, memory);
        stores = loop.stores().toArray(Store[]::new);
        starts = loop.stores().stream().mapToInt(s -> Walk.start(s.to(), memory)).toArray();
        strides =
                loop.stores().stream().map(s -> Walk.array(s.to().strides())).toArray(int[][]::new);
    }

    @Override
    public void run() {
        int inner = extents.length - 1;
        do {
            for (int first = 0; first < extents[inner]; first += PointInterpreter.BLOCK) {
                int count = Math.min(PointInterpreter.BLOCK, extents[inner] - first);
                points.evaluate(index, first, count);
                for (int s = 0; s < stores.length; s++) store(s, first, count);
            }
        } while (Walk.next(index, extents, 0, inner));
    }

    private void store(int s, int first, int count) {
        int inner = extents.length - 1;
        int step = strides[s][inner];
        int at = starts[s] + Walk.dot(index, strides[s], inner) + first * step;
        int node = stores[s].node();
        if (Memory.onFloats(stores[s].to().buffer().dtype())) {
            var from = points.floats(node);
            for (int k = 0; k < count; k++) memory.floats()[at + k * step] = from[k];
        } else {
            var from = points.ints(node);
            for (int k = 0; k < count; k++) memory.ints()[at + k * step] = from[k];
        }
    }
}
