package motley.cpu.kernel;

import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Gets generated code compiled before it is needed: calls it with nothing to do, as often as it
/// takes, on all threads of a pool.
///
/// Code that begins with work is compiled twice, first for the loop it is in, and meanwhile is a
/// hundred times slower. Calls without work cost nothing and lead to the code that stays. That
/// works where the JVM is told to compile these classes early and to let callers wait, as the
/// launcher does (docs/decisions/0114); elsewhere the calls are too few to matter.
///
/// Confined to the engine's caller.
final class WarmUp {
    /// Compiled after the second, or later if the compiler has much to do. Far more would tell it
    /// that loops are never entered.
    private static final int CALLS = 100;

    private static final float[] NOTHING = {};

    private final List<Runnable> calls = new ArrayList<>();
    private boolean shown;

    /// Notes `tile` down for the next run. Even without terms it moves one row of vectors.
    Tile of(TileForm form, Tile tile) {
        var row = new float[form.columns()];
        int[] at = {0};
        int step = form.bStep();
        calls.add(
                () ->
                        tile.run(
                                NOTHING, 0, at, 0, 0, NOTHING, 0, 0, step, row, 0, 0, row, 0, 0, 1,
                                0, 0));
        return tile;
    }

    /// Notes `product` down for the next run.
    FixedProduct of(FixedForm form, FixedProduct product) {
        int cRow = form.cRow();
        int length = form.length();
        calls.add(() -> product.run(NOTHING, 0, 0, NOTHING, 0, NOTHING, 0, cRow, 0, length));
        return product;
    }

    /// Notes `transform` down for the next run.
    Transform of(Transform transform) {
        calls.add(() -> transform.run(NOTHING, 0, 0, 0, NOTHING, 0, 0, 0, NOTHING, 0, 0));
        return transform;
    }

    /// Calls what was noted down since the last run.
    ///
    /// @param lanes floats in its vectors
    void run(int lanes, Threads threads) {
        if (calls.isEmpty()) return;
        if (!shown) showVectors(lanes);
        shown = true;
        var all = List.copyOf(calls);
        calls.clear();
        threads.forEach(all.size(), (index, _) -> repeat(all.get(index)));
    }

    private static void repeat(Runnable call) {
        for (int i = 0; i < CALLS; i++) call.run();
    }

    /// Uses each operation of generated code until the JVM knows of which class its vectors are.
    /// Without that it would compile calls where instructions should be, and leave it at that.
    private static void showVectors(int lanes) {
        var shape = VectorShape.forBitSize(lanes * Float.SIZE);
        var species = VectorSpecies.of(float.class, shape);
        var array = new float[lanes];
        for (int i = 0; i < 1_000; i++) {
            var zero = FloatVector.zero(species);
            var one = FloatVector.broadcast(species, 1);
            var loaded = FloatVector.fromArray(species, array, 0);
            loaded.fma(one, zero).add(one).sub(loaded).mul(one).neg().intoArray(array, 0);
        }
    }
}
