package motley.cpu.kernel;

import static motley.tensor.Require.require;

import java.util.HashMap;
import java.util.Map;
import jdk.incubator.vector.FloatVector;

/// The register tiles for one vector width, each made when first asked for.
///
/// A tile needs a register for each of its vectors, one for each vector of a row, and one for the
/// factor they share: 12 rows of 2 vectors take 27 of 32 registers, 6 rows of 2 take 15 of 16.
/// Rows of 2 and not of 4, because a narrow panel of `b` stays in the first-level cache. Where
/// sizes are no part of the code, two forms serve every contraction, so that few methods need
/// compiling; a [FixedProduct] is compiled for its sizes. Confined to the engine's caller;
/// the tiles themselves are not.
public final class Tiles {
    private final int lanes;
    private final boolean manyRegisters;
    private final Map<TileForm, Tile> made = new HashMap<>();
    private final Map<FixedForm, FixedProduct> products = new HashMap<>();
    private final Map<TransformForm, Transform> transforms = new HashMap<>();
    private final WarmUp warmUp = new WarmUp();

    private Tiles(int lanes, boolean manyRegisters) {
        this.lanes = lanes;
        this.manyRegisters = manyRegisters;
    }

    /// Tiles of the vectors that this processor prefers.
    public static Tiles forThisProcessor() {
        int preferred = FloatVector.SPECIES_PREFERRED.length();
        return withLanes(Math.clamp(preferred, 4, 16));
    }

    /// Tiles of vectors of `lanes` floats; they work everywhere and are fast where the processor
    /// has such vectors.
    static Tiles withLanes(int lanes) {
        boolean known = lanes == 4 || lanes == 8 || lanes == 16;
        require(known, "lanes: %d (expected: 4, 8 or 16)", lanes);
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        return new Tiles(lanes, lanes == 16 || arm);
    }

    /// The form for matrices of `columns` columns whose `b` is packed in panels: two vectors wide
    /// unless one holds all columns.
    TileForm formFor(int columns) {
        int vectors = columns <= lanes ? 1 : 2;
        int rows = vectors == 2 && manyRegisters ? 12 : vectors == 2 ? 6 : 8;
        return new TileForm(lanes, rows, vectors, manyRegisters ? 0 : vectors * lanes);
    }

    /// [#formFor] for a `b` whose rows are `bStep` elements apart.
    TileForm strided(TileForm form, int bStep) {
        int step = manyRegisters ? 0 : bStep;
        return new TileForm(form.lanes(), form.rows(), form.vectors(), step, form.aStep());
    }

    /// How matrix products are cut for these tiles.
    Blocking blocking() {
        return Blocking.of(manyRegisters);
    }

    int lanes() {
        return lanes;
    }

    Tile tile(TileForm form) {
        return made.computeIfAbsent(form, f -> warmUp.of(f, TileCode.make(f)));
    }

    FixedProduct product(FixedForm form) {
        return products.computeIfAbsent(form, f -> warmUp.of(f, FixedCode.make(f)));
    }

    Transform transform(TransformForm form) {
        return transforms.computeIfAbsent(form, f -> warmUp.of(TransformCode.make(f)));
    }

    /// Gets what was made since the last call compiled, by the threads of a pool.
    void warmUp(Threads threads) {
        warmUp.run(lanes, threads);
    }
}
