package motley.cpu;

import java.util.List;
import motley.compiler.kernel.Kernel;
import motley.cpu.kernel.Threads;

/// Loops and folds over the same rows: a thread takes a tile of rows and runs all stages on it
/// while it is in the cache.
final class RowTask implements Task, Threads.Body {
    private final float[] f;
    private final int[] i;
    private final Threads threads;
    private final int rows;
    private final int step;
    private final int tiles;

    /// By worker and stage.
    private final LoopBody[][] bodies;

    /// By worker, stage and access.
    private final int[][][] starts;

    /// By stage and access.
    private final int[][] shifts;

    /// By worker: the row for which starts of scratch memory are set.
    private final int[] shiftedBy;

    private final boolean shifting;

    RowTask(
            List<? extends Kernel.Stage> stages,
            Places places,
            LoopClasses classes,
            Memory memory,
            Threads threads) {
        f = memory.floats();
        i = memory.ints();
        this.threads = threads;
        rows = places.rows();
        step = places.step();
        tiles = Math.ceilDiv(rows, step);
        int workers = places.workers();
        bodies = new LoopBody[workers][stages.size()];
        starts = new int[workers][stages.size()][];
        shifts = stages.stream().map(places::shifts).toArray(int[][]::new);
        shiftedBy = new int[workers];
        for (int s = 0; s < stages.size(); s++) {
            var stage = stages.get(s);
            var made = classes.bodies(stage, workers);
            for (int w = 0; w < workers; w++) {
                bodies[w][s] = made.get(w);
                starts[w][s] = places.starts(stage, w);
            }
        }
        shifting = places.scratchFloats() + places.scratchInts() > 0;
    }

    @Override
    public void run() {
        if (tiles == 1) run(0, 0);
        else threads.forEach(tiles, this);
    }

    @Override
    public void run(int tile, int worker) {
        int from = tile * step;
        int to = Math.min(rows, from + step);
        if (shifting) shift(from, worker);
        var own = bodies[worker];
        for (int s = 0; s < own.length; s++) own[s].run(f, i, starts[worker][s], from, to);
    }

    private void shift(int row, int worker) {
        int by = row - shiftedBy[worker];
        shiftedBy[worker] = row;
        for (int s = 0; s < shifts.length; s++) {
            int[] own = starts[worker][s];
            for (int a = 0; a < shifts[s].length; a++) own[a] -= by * shifts[s][a];
        }
    }
}
