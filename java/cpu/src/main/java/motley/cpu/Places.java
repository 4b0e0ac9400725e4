package motley.cpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Layout;
import motley.compiler.kernel.Node;
import motley.cpu.kernel.Threads;

/// How one kernel of points is divided among threads, and where its buffers lie in the arenas:
/// those of the plan at their place, those that [Kernel.Rows] keeps to itself in scratch memory
/// behind the plan's, one piece for each worker that holds as many rows as one tile.
final class Places {
    /// Most bytes that a tile touches, about: half of a second-level cache of the small kind.
    private static final int TILE_BYTES = 1 << 17;

    /// Points of one tile where a single stage runs.
    private static final int TILE_POINTS = 1 << 14;

    private final Layout layout;
    private final int workers;
    private final int rows;
    private final int step;
    private final Map<Buffer, Integer> scratch = new HashMap<>();
    private int floats;
    private int ints;

    private Places(Layout layout, Threads threads, int rows, int step) {
        this.layout = layout;
        this.workers = threads.size();
        this.rows = rows;
        this.step = step;
    }

    static Places of(Kernel.Stage stage, Layout layout, Threads threads) {
        boolean divisible =
                switch (stage) {
                    case Kernel.Loop _ -> true;
                    case Kernel.Fold fold -> fold.kept() > 0;
                };
        if (!divisible) return new Places(layout, threads, 1, 1);
        int rows = stage.extents().getFirst();
        int inner = Walk.count(stage.extents()) / rows;
        int step = Math.max(1, TILE_POINTS / inner);
        if (inner == 1) step = Math.ceilDiv(step, Layout.ALIGNMENT) * Layout.ALIGNMENT;
        return new Places(layout, threads, rows, step);
    }

    static Places of(Kernel.Rows kernel, Layout layout, Threads threads) {
        long bytes = 0;
        var touched = new java.util.LinkedHashSet<>(kernel.reads());
        touched.addAll(kernel.writes());
        touched.addAll(kernel.locals());
        for (var buffer : touched) bytes += buffer.bytes() / kernel.rows();
        int fitting = (int) Math.max(1, TILE_BYTES / Math.max(1, bytes));
        int step = Math.min(fitting, Math.ceilDiv(kernel.rows(), 4 * threads.size()));
        var places = new Places(layout, threads, kernel.rows(), step);
        kernel.locals().forEach(places::addLocal);
        return places;
    }

    private void addLocal(Buffer local) {
        int size = width(local) * step;
        int room = Math.ceilDiv(size, Layout.ALIGNMENT) * Layout.ALIGNMENT;
        boolean onFloats = Memory.onFloats(local.dtype());
        scratch.put(local, onFloats ? floats : ints);
        if (onFloats) floats += room;
        else ints += room;
    }

    private int width(Buffer local) {
        return local.elements() / rows;
    }

    /// Scratch that all workers need together, in elements of the float arena.
    int scratchFloats() {
        return Math.multiplyExact(floats, workers);
    }

    /// Scratch that all workers need together, in elements of the int arena.
    int scratchInts() {
        return Math.multiplyExact(ints, workers);
    }

    int rows() {
        return rows;
    }

    /// Rows of one tile.
    int step() {
        return step;
    }

    int workers() {
        return workers;
    }

    /// The starts of the loads of `stage`, then of its stores, for `worker` at row 0; then its
    /// [LaneMaps].
    int[] starts(Kernel.Stage stage, int worker) {
        var starts = accesses(stage).stream().mapToInt(a -> start(a, worker));
        return IntStream.concat(starts, LaneMaps.of(stage).stream()).toArray();
    }

    private int start(Access access, int worker) {
        var buffer = access.buffer();
        var place = scratch.get(buffer);
        if (place == null) return layout.offset(buffer) + access.offset();
        int base =
                Memory.onFloats(buffer.dtype())
                        ? layout.floats() + worker * floats
                        : layout.ints() + worker * ints;
        return base + place + access.offset();
    }

    /// For each start, by how much it moves back for each row before a tile: scratch memory begins
    /// with the tile's first row.
    int[] shifts(Kernel.Stage stage) {
        return accesses(stage).stream()
                .mapToInt(a -> scratch.containsKey(a.buffer()) ? width(a.buffer()) : 0)
                .toArray();
    }

    private static List<Access> accesses(Kernel.Stage stage) {
        var accesses = new ArrayList<Access>();
        for (var node : stage.nodes()) {
            if (node instanceof Node.Load(var access)) accesses.add(access);
        }
        for (var store : stage.stores()) accesses.add(store.to());
        return accesses;
    }
}
