package motley.wasm;

import static motley.wasm.binary.Instruction.I32_AND;
import static motley.wasm.binary.Instruction.I32_SHR_U;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Store;
import motley.program.ReduceKind;
import motley.tensor.DType;
import motley.wasm.binary.Code;
import motley.wasm.binary.Instruction;
import motley.wasm.binary.Local;

/// Writes the function of a [StageForm]: nested loops in row-major order, four points at a time
/// along one axis, with an address for every access that moves with each axis.
final class StageCode {
    /// Vectors of kept elements that are folded side by side, if the expression is short.
    private static final int UNROLL = 4;

    private static final int UNROLL_NODES_MAX = 6;

    private static final int BYTES = 4;

    private final Code c;
    private final Kernel.Stage stage;
    private final List<Integer> extents;
    private final int vectorAxis;
    private final boolean open;
    private final PointCode points;

    /// By node, then by store: the variables that hold the present places.
    private final Local[] places;

    private final Local[] stores;
    private final Local[] sums;

    private StageCode(Rendering rendering, Code c, StageForm form) {
        this.c = c;
        stage = form.stage();
        extents = stage.extents();
        vectorAxis = form.vectorAxis();
        open = form.isOpen();
        places = new Local[stage.nodes().size()];
        stores = new Local[stage.stores().size()];
        int next = 1;
        for (int n = 0; n < places.length; n++) {
            if (StageForm.isPlaced(stage.nodes().get(n))) places[n] = c.param(next++);
        }
        for (int s = 0; s < stores.length; s++) stores[s] = c.param(next++);
        sums = new Local[sums()];
        for (int i = 0; i < sums.length; i++) sums[i] = c.vector();
        int side = stage instanceof Kernel.Fold fold && fold.byLanes() ? 1 : sums.length;
        points = new PointCode(rendering, c, stage.nodes(), vectorAxis, Math.max(1, side), places);
    }

    private int sums() {
        return switch (stage) {
            case Kernel.Loop _ -> 0;
            case Kernel.Fold fold when fold.byLanes() -> Kernel.Fold.LANES / Lanes.ALL;
            case Kernel.Fold fold -> fold.nodes().size() <= UNROLL_NODES_MAX ? UNROLL : 1;
        };
    }

    static void write(Rendering rendering, Code c, StageForm form) {
        var code = new StageCode(rendering, c, form);
        code.points.computeEven(-1);
        if (code.vectorAxis < 0) code.foldOnce();
        else code.axis(0);
    }

    // ---- Axes ------------------------------------------------------------------------------

    private void axis(int axis) {
        if (stage instanceof Kernel.Fold fold && fold.byLanes() && axis == fold.kept()) {
            foldByLanes(fold);
        } else if (axis == vectorAxis) {
            moving(axis, () -> vectors(axis));
        } else {
            nest(axis, () -> axis(axis + 1));
        }
    }

    /// All indices of `axis`, one after another.
    private void nest(int axis, Runnable body) {
        moving(
                axis,
                () -> {
                    Runnable step =
                            () -> {
                                points.computeEven(axis);
                                body.run();
                                advance(axis, 1);
                            };
                    if (axis == 0 && open) c.countDown(c.param(0), step);
                    else c.repeat(extents.get(axis), step);
                });
    }

    /// Runs `body` with variables of its own for the places that move along `axis`.
    private void moving(int axis, Runnable body) {
        var outerPlaces = places.clone();
        var outerStores = stores.clone();
        for (int n = 0; n < places.length; n++) {
            if (stride(n, axis) != 0) places[n] = copyOf(places[n]);
        }
        for (int s = 0; s < stores.length; s++) {
            if (storeStride(s, axis) != 0) stores[s] = copyOf(stores[s]);
        }
        body.run();
        System.arraycopy(outerPlaces, 0, places, 0, places.length);
        System.arraycopy(outerStores, 0, stores, 0, stores.length);
    }

    private Local copyOf(Local place) {
        var copy = c.i32Local();
        c.get(place).set(copy);
        return copy;
    }

    private void advance(int axis, int steps) {
        for (int n = 0; n < places.length; n++) {
            int unit = stage.nodes().get(n) instanceof Node.Load ? BYTES : 1;
            int stride = stride(n, axis);
            if (stride != 0) c.increase(places[n], stride * steps * unit);
        }
        for (int s = 0; s < stores.length; s++) {
            int stride = storeStride(s, axis);
            if (stride != 0) c.increase(stores[s], stride * steps * BYTES);
        }
    }

    private int stride(int node, int axis) {
        var strides = StageForm.strides(stage.nodes().get(node));
        return strides.isEmpty() ? 0 : strides.get(axis);
    }

    /// What is stored of a fold has a stride for each kept axis only.
    private int storeStride(int store, int axis) {
        var strides = stage.stores().get(store).to().strides();
        return axis < strides.size() ? strides.get(axis) : 0;
    }

    // ---- The axis of vectors ---------------------------------------------------------------

    /// Blocks of several vectors, whole vectors, then the rest.
    private void vectors(int axis) {
        points.computeEven(axis);
        int side = Math.max(1, sums.length);
        if (axis == 0 && open) {
            if (side > 1) {
                counted(shift(side), axis, side, Lanes.ALL);
                c.get(c.param(0)).i32(side * Lanes.ALL - 1).op(I32_AND).set(c.param(0));
            }
            counted(shift(1), axis, 1, Lanes.ALL);
            c.get(c.param(0)).i32(Lanes.ALL - 1).op(I32_AND).set(c.param(0));
            counted(0, axis, 1, 1);
            return;
        }
        int extent = extents.get(axis);
        int blocks = side > 1 ? extent / (side * Lanes.ALL) : 0;
        int whole = (extent - blocks * side * Lanes.ALL) / Lanes.ALL;
        if (blocks > 0) c.repeat(blocks, () -> block(axis, side, Lanes.ALL));
        if (whole > 0) c.repeat(whole, () -> block(axis, 1, Lanes.ALL));
        if (extent % Lanes.ALL > 0) block(axis, 1, extent % Lanes.ALL);
    }

    /// The binary logarithm of the points of `side` vectors.
    private static int shift(int side) {
        return Integer.numberOfTrailingZeros(side * Lanes.ALL);
    }

    /// Blocks until less than one is left of the first argument, which stays.
    private void counted(int shift, int axis, int side, int lanes) {
        var left = c.i32Local();
        c.get(c.param(0)).i32(shift).op(I32_SHR_U).set(left);
        c.get(left).when(() -> c.countDown(left, () -> block(axis, side, lanes)));
    }

    private void block(int axis, int side, int lanes) {
        switch (stage) {
            case Kernel.Loop loop -> {
                points.compute(axis, 0, 0, lanes);
                for (int s = 0; s < stores.length; s++) store(s, loop.stores().get(s), lanes);
            }
            case Kernel.Fold fold -> foldColumns(fold, side, lanes);
        }
        advance(axis, side * lanes);
    }

    private void store(int s, Store store, int lanes) {
        var value = c.vector();
        points.pushStored(0, store.node());
        c.set(value);
        int stride = storeStride(s, vectorAxis);
        Lanes.store(c, value, stores[s], 0, stride, stride == 0 ? 1 : lanes);
    }

    // ---- Folds -----------------------------------------------------------------------------

    /// An accumulator for each kept element.
    private void foldColumns(Kernel.Fold fold, int side, int lanes) {
        for (int v = 0; v < side; v++) {
            points.compute(vectorAxis, v, v, lanes);
            first(fold, sums[v]);
        }
        reduce(
                fold.kept(),
                extents.size(),
                level -> {
                    for (int v = 0; v < side; v++) points.compute(level, v, v, lanes);
                },
                () -> {
                    for (int v = 0; v < side; v++) take(fold, sums[v], points.value(v, value()));
                });
        for (int v = 0; v < side; v++) {
            int stride = storeStride(0, vectorAxis);
            Lanes.store(c, sums[v], stores[0], v * Lanes.ALL * stride, stride, lanes);
        }
    }

    /// All points into one number, where no axis is kept.
    private void foldOnce() {
        var fold = (Kernel.Fold) stage;
        first(fold, sums[0]);
        reduce(0, extents.size(), _ -> {}, () -> take(fold, sums[0], points.value(0, value())));
        Lanes.store(c, sums[0], stores[0], 0, 1, 1);
    }

    private interface Level {
        void compute(int axis);
    }

    /// Nested loops over the axes from `from` on, with what varies along vectors in their bodies.
    private void reduce(int from, int end, Level varying, Runnable body) {
        if (from == end) {
            body.run();
            return;
        }
        nest(
                from,
                () -> {
                    varying.compute(from);
                    reduce(from + 1, end, varying, body);
                });
    }

    private int value() {
        return stage.stores().getFirst().node();
    }

    /// Sixteen logical lanes along the innermost axis, then a tree.
    private void foldByLanes(Kernel.Fold fold) {
        for (var sum : sums) first(fold, sum);
        reduce(fold.kept(), vectorAxis, _ -> {}, () -> moving(vectorAxis, () -> alongLanes(fold)));
        for (int width = sums.length / 2; width > 0; width /= 2) {
            for (int i = 0; i < width; i++) take(fold, sums[i], sums[i + width]);
        }
        var other = c.vector();
        c.get(sums[0]).get(sums[0]).shuffle(2, 3, 2, 3).set(other);
        take(fold, sums[0], other);
        c.get(sums[0]).get(sums[0]).shuffle(1, 1, 1, 1).set(other);
        take(fold, sums[0], other);
        Lanes.store(c, sums[0], stores[0], 0, 1, 1);
    }

    private void alongLanes(Kernel.Fold fold) {
        points.computeEven(vectorAxis);
        int extent = extents.get(vectorAxis);
        int tail = extent % Kernel.Fold.LANES;
        if (extent > tail) {
            c.repeat(
                    extent / Kernel.Fold.LANES,
                    () -> {
                        for (int i = 0; i < sums.length; i++) {
                            points.compute(vectorAxis, 0, i, Lanes.ALL);
                            take(fold, sums[i], points.value(0, value()));
                        }
                        advance(vectorAxis, Kernel.Fold.LANES);
                    });
        }
        for (int i = 0; i * Lanes.ALL < tail; i++) {
            int lanes = Math.min(Lanes.ALL, tail - i * Lanes.ALL);
            points.compute(vectorAxis, 0, i, lanes);
            takeFirst(fold, sums[i], points.value(0, value()), lanes);
        }
    }

    private void takeFirst(Kernel.Fold fold, Local sum, Local value, int lanes) {
        if (lanes == Lanes.ALL) {
            take(fold, sum, value);
            return;
        }
        c.get(sum).get(value).op(combine(fold)).get(sum);
        c.lanes(-1, lanes > 1 ? -1 : 0, lanes > 2 ? -1 : 0, 0).op(Instruction.V128_BITSELECT);
        c.set(sum);
    }

    private void take(Kernel.Fold fold, Local sum, Local value) {
        c.get(sum).get(value).op(combine(fold)).set(sum);
    }

    private void first(Kernel.Fold fold, Local sum) {
        boolean floats = isFloat(fold);
        float limit =
                fold.kind() == ReduceKind.MAX ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        int whole = fold.kind() == ReduceKind.MAX ? Integer.MIN_VALUE : Integer.MAX_VALUE;
        boolean zero = fold.kind() == ReduceKind.SUM;
        c.splat(zero ? 0 : floats ? Float.floatToRawIntBits(limit) : whole).set(sum);
    }

    private static boolean isFloat(Kernel.Fold fold) {
        return fold.to().to().buffer().dtype() == DType.F32;
    }

    private static Instruction combine(Kernel.Fold fold) {
        boolean floats = isFloat(fold);
        return switch (fold.kind()) {
            case SUM -> floats ? Instruction.F32X4_ADD : Instruction.I32X4_ADD;
            case MAX -> floats ? Instruction.F32X4_MAX : Instruction.I32X4_MAX_S;
            case MIN -> floats ? Instruction.F32X4_MIN : Instruction.I32X4_MIN_S;
        };
    }
}
