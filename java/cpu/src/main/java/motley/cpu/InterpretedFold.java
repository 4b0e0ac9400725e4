package motley.cpu;

import java.util.Arrays;
import motley.compiler.kernel.Kernel;
import motley.program.ReduceKind;

/// A fold, interpreted. Confined to one worker.
final class InterpretedFold implements LoopBody {
    private final Kernel.Fold fold;
    private final PointInterpreter points;
    private final int[] extents;
    private final int[] index;
    private final int[] toStrides;
    private final boolean floats;
    private final float[] lanes = new float[Kernel.Fold.LANES];
    private int whole;

    InterpretedFold(Kernel.Fold fold) {
        this.fold = fold;
        extents = Walk.array(fold.extents());
        index = new int[extents.length];
        points = new PointInterpreter(fold.nodes(), extents.length);
        toStrides = Walk.array(fold.to().to().strides());
        floats = Memory.onFloats(fold.to().to().buffer().dtype());
    }

    @Override
    public void run(float[] f, int[] i, int[] starts, int from, int to) {
        if (fold.kept() == 0) {
            foldOne(f, i, starts);
            return;
        }
        for (int outer = from; outer < to; outer++) {
            index[0] = outer;
            do {
                foldOne(f, i, starts);
            } while (Walk.next(index, extents, 1, fold.kept()));
        }
    }

    private void foldOne(float[] f, int[] i, int[] starts) {
        int inner = extents.length - 1;
        Arrays.fill(lanes, first(fold.kind()));
        whole = fold.kind() == ReduceKind.MAX ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        do {
            for (int start = 0; start < extents[inner]; start += PointInterpreter.BLOCK) {
                int count = Math.min(PointInterpreter.BLOCK, extents[inner] - start);
                points.evaluate(f, i, starts, index, start, count);
                for (int k = 0; k < count; k++) take(k);
            }
        } while (Walk.next(index, extents, fold.kept(), inner));
        int at = starts[points.loads()] + Walk.dot(index, toStrides, fold.kept());
        if (floats) f[at] = tree();
        else i[at] = whole;
    }

    static float first(ReduceKind kind) {
        return switch (kind) {
            case SUM -> 0;
            case MAX -> Float.NEGATIVE_INFINITY;
            case MIN -> Float.POSITIVE_INFINITY;
        };
    }

    private void take(int k) {
        if (floats) {
            int lane = fold.byLanes() ? k % lanes.length : 0;
            lanes[lane] = combine(lanes[lane], points.floats(fold.to().node())[k]);
        } else {
            int x = points.ints(fold.to().node())[k];
            whole = fold.kind() == ReduceKind.MAX ? Math.max(whole, x) : Math.min(whole, x);
        }
    }

    private float combine(float x, float y) {
        return switch (fold.kind()) {
            case SUM -> x + y;
            case MAX -> Math.max(x, y);
            case MIN -> Math.min(x, y);
        };
    }

    private float tree() {
        if (!fold.byLanes()) return lanes[0];
        for (int width = lanes.length / 2; width > 0; width /= 2) {
            for (int l = 0; l < width; l++) lanes[l] = combine(lanes[l], lanes[l + width]);
        }
        return lanes[0];
    }
}
