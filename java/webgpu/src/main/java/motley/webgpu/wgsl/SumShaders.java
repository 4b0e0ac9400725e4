package motley.webgpu.wgsl;

import static motley.tensor.Require.require;

import java.util.ArrayList;

/// Sums of products as shaders, in one of several tilings.
final class SumShaders {
    /// Rows and columns of results of one invocation at most.
    private static final int TILE = 4;

    /// The same columns where a processor stands in for a GPU: to load an element costs it more
    /// than several multiply-adds. With more rows, its compiler takes ten times as long.
    private static final int SOFTWARE_TILE_COLS = 8;

    /// Fewer invocations leave cores of a GPU idle.
    private static final int INVOCATIONS = 1024;

    /// Fewer leave lanes of a processor idle.
    private static final int SOFTWARE_INVOCATIONS = 16;

    /// Terms of which a workgroup holds both factors at a time.
    static final int TERMS = 16;

    /// Fewer rows or columns leave most of a shared tile idle.
    private static final int SHARED_MIN = 8;

    private SumShaders() {}

    /// The shader in `tiling`; in [Tiling#DIRECT] where the sums are too small for it, or the
    /// device.
    static Launch launch(Sums sums, GpuTarget target, Tiling tiling) {
        var limits = target.limits();
        boolean half = target.precision() == Precision.HALF;
        int side = tiling.side();
        boolean shared =
                side > 0
                        && sums.rows() >= SHARED_MIN
                        && sums.cols() >= SHARED_MIN
                        && sums.terms() >= SHARED_MIN
                        && limits.invocations() >= side * side
                        && limits.workgroupBytes() >= sharedBytes(sums, side, half);
        return shared ? shared(sums, limits, side, half) : direct(sums, target);
    }

    // ---- Direct ----------------------------------------------------------------------------

    /// Neighbours compute other rows of the same columns: one element of the right factors serves
    /// all of them, which those who stand in for hardware load once.
    private static Launch direct(Sums sums, GpuTarget target) {
        var tile = Tile.of(sums, target);
        int rowTiles = tile.rowTiles(sums);
        var body = new Wgsl();
        body.line("let batch = at / %d %% %d;", rowTiles, sums.batches());
        sums.begin(body);
        extent(body, "row", "at % " + rowTiles, tile.rows, sums.rows());
        var colTile = "at / " + (long) rowTiles * sums.batches();
        extent(body, "col", colTile, tile.cols, sums.cols());
        for (int p = 0; p < tile.rows; p++) {
            for (int q = 0; q < tile.cols; q++) body.line("var s%d%d = 0f;", p, q);
        }
        int open = sums.open(body, tile.rows, tile.cols);
        for (int p = 0; p < tile.rows; p++) body.line("let a%d = %s;", p, sums.left(p));
        for (int q = 0; q < tile.cols; q++) body.line("let c%d = %s;", q, sums.right(q));
        multiply(body, tile.rows, tile.cols);
        for (int i = 0; i < open; i++) body.end();
        store(sums, body, tile);
        return Launch.each(tile.count(sums), sums.bindings(), "", body, target.limits());
    }

    /// Rows and columns of an invocation.
    private record Tile(int rows, int cols) {
        /// The largest that leaves enough invocations.
        static Tile of(Sums sums, GpuTarget target) {
            boolean isSoftware = target.tiling() == Tiling.DIRECT;
            int colsMax = isSoftware ? SOFTWARE_TILE_COLS : TILE;
            int enough = isSoftware ? SOFTWARE_INVOCATIONS : INVOCATIONS;
            var tile = new Tile(even(sums.rows(), TILE), even(sums.cols(), colsMax));
            while (tile.count(sums) < enough && tile.rows * tile.cols > 1) {
                tile =
                        tile.rows >= tile.cols
                                ? new Tile(even(sums.rows(), tile.rows - 1), tile.cols)
                                : new Tile(tile.rows, even(sums.cols(), tile.cols - 1));
            }
            return tile;
        }

        /// At most `most` of `extent`, so that the last tile lacks as little as may be.
        private static int even(int extent, int most) {
            return Math.ceilDiv(extent, Math.ceilDiv(extent, most));
        }

        int rowTiles(Sums sums) {
            return Math.ceilDiv(sums.rows(), rows);
        }

        long count(Sums sums) {
            return (long) rowTiles(sums) * Math.ceilDiv(sums.cols(), cols) * sums.batches();
        }
    }

    /// The rows or columns of a tile; beyond the last, the last again, which is not stored.
    private static void extent(Wgsl to, String name, String tile, int each, int extent) {
        to.line("let %s0 = %s * %d;", name, tile, each);
        for (int p = 1; p < each; p++) {
            var next = "%s0 + %d".formatted(name, p);
            boolean whole = extent % each == 0;
            to.line(
                    "let %s%d = %s;",
                    name, p, whole ? next : "min(%s, %d)".formatted(next, extent - 1));
        }
    }

    private static void multiply(Wgsl to, int tileRows, int tileCols) {
        for (int p = 0; p < tileRows; p++) {
            for (int q = 0; q < tileCols; q++) {
                to.line("s%d%d = fma(a%d, c%d, s%d%d);", p, q, p, q, p, q);
            }
        }
    }

    private static void store(Sums sums, Wgsl to, Tile tile) {
        for (int p = 0; p < tile.rows; p++) {
            var conditions = new ArrayList<String>();
            var place = sums.place(to, "row" + p, Integer.toString(p));
            if (!place.isEmpty()) conditions.add(place);
            if (p > 0 && sums.rows() % tile.rows != 0) {
                conditions.add("row0 + %d < %d".formatted(p, sums.rows()));
            }
            if (!conditions.isEmpty()) to.line("if (%s) {", String.join(" && ", conditions));
            for (int q = 0; q < tile.cols; q++) {
                boolean colsEnd = q > 0 && sums.cols() % tile.cols != 0;
                if (colsEnd) to.line("if (col0 + %d < %d) {", q, sums.cols());
                sums.store(to, Integer.toString(p), "col" + q, "s%d%d".formatted(p, q));
                if (colsEnd) to.end();
            }
            if (!conditions.isEmpty()) to.end();
        }
    }

    // ---- Shared ----------------------------------------------------------------------------

    private static int sharedBytes(Sums sums, int side, boolean half) {
        int count = TERMS * side * (each(sums.rows(), side) + each(sums.cols(), side));
        return half ? Short.BYTES * count + 2 * Integer.BYTES : Float.BYTES * count;
    }

    /// Rows, or columns, of each invocation: the largest tile that `extent` half fills.
    private static int each(int extent, int side) {
        if (extent > 2 * side) return 4;
        return extent > side ? 2 : 1;
    }

    private static Launch shared(Sums sums, GpuLimits limits, int side, boolean half) {
        int m = each(sums.rows(), side);
        int n = each(sums.cols(), side);
        int rowTiles = Math.ceilDiv(sums.rows(), side * m);
        int colTiles = Math.ceilDiv(sums.cols(), side * n);
        long count = (long) rowTiles * colTiles * sums.batches();
        require(count <= Integer.MAX_VALUE, "tiles: %d (expected: fewer)", count);
        var groups = Launch.groups(count, limits);
        var text = new Wgsl();
        if (half) text.line("enable f16;");
        sums.bindings().declare(text);
        var type = half ? "f16" : "f32";
        text.line("var<workgroup> lefts: array<%s, %d>;", type, TERMS * side * m);
        text.line("var<workgroup> rights: array<%s, %d>;", type, TERMS * side * n);
        if (half) HalfTiles.declare(text);
        factors(sums, text);
        text.line("@compute @workgroup_size(%d)", side * side);
        text.line(
                "fn main(@builtin(workgroup_id) group: vec3u,"
                        + " @builtin(local_invocation_index) lane_index: u32) {");
        text.line("let tile = i32(group.y * %d + group.x);", groups.get(0));
        text.line("if (tile >= %d) { return; }", count);
        text.line("let lane = i32(lane_index);");
        text.line("let batch = tile / %d;", (long) rowTiles * colTiles);
        sums.begin(text);
        text.line("let first_row = tile / %d %% %d * %d;", colTiles, rowTiles, side * m);
        text.line("let first_col = tile %% %d * %d;", colTiles, side * n);
        for (int p = 0; p < m; p++) {
            for (int q = 0; q < n; q++) text.line("var s%d%d = 0f;", p, q);
        }
        var terms = sums.termsOfBatch();
        text.line("for (var first = 0; first < %s; first += %d) {", terms, TERMS);
        var left = "left_factor(batch, first_row + x, first + k)";
        var right = "right_factor(batch, first + k, first_col + x)";
        if (half) {
            var lefts = new HalfTiles.Tile("left", sums.leftByTerms(), side, m, left);
            var rights = new HalfTiles.Tile("right", sums.rightByTerms(), side, n, right);
            HalfTiles.fill(text, lefts);
            HalfTiles.fill(text, rights);
            HalfTiles.round(text, lefts, rights);
        } else {
            fill(text, sums.leftByTerms(), side, m, "lefts[k * %d + x] = " + left + ";");
            fill(text, sums.rightByTerms(), side, n, "rights[k * %d + x] = " + right + ";");
            text.line("workgroupBarrier();");
        }
        // Not a term more than there are: adding 0 would turn a sum of -0 around.
        boolean isWhole = sums.terms() % TERMS == 0 && terms.equals(Integer.toString(sums.terms()));
        if (isWhole) text.loop("k", TERMS);
        else text.line("for (var k = 0; k < min(%d, %s - first); k++) {", TERMS, terms);
        for (int p = 0; p < m; p++) {
            var at = "lefts[k * %d + lane / %d * %d + %d]".formatted(side * m, side, m, p);
            text.line("let a%d = %s;", p, half ? HalfTiles.widened(at, "left") : at);
        }
        for (int q = 0; q < n; q++) {
            var at = "rights[k * %d + lane %% %d + %d]".formatted(side * n, side, q * side);
            text.line("let c%d = %s;", q, half ? HalfTiles.widened(at, "right") : at);
        }
        multiply(text, m, n);
        text.end();
        text.line("workgroupBarrier();").end();
        storeShared(sums, text, side, m, n);
        text.end();
        return new Launch(Functions.with(text.toString()), sums.bindings().list(), groups);
    }

    /// Functions for one element of each side, zero beyond the last row, column and term.
    private static void factors(Sums sums, Wgsl to) {
        var terms = sums.termsOfBatch();
        to.line("fn left_factor(batch: i32, row: i32, term: i32) -> f32 {");
        sums.begin(to);
        to.line("if (row >= %d || term >= %s) { return 0f; }", sums.rows(), terms);
        sums.leftFactor(to);
        to.end();
        to.line("fn right_factor(batch: i32, term: i32, col: i32) -> f32 {");
        sums.begin(to);
        to.line("if (col >= %d || term >= %s) { return 0f; }", sums.cols(), terms);
        sums.rightFactor(to);
        to.end();
    }

    private static void storeShared(Sums sums, Wgsl text, int side, int m, int n) {
        for (int p = 0; p < m; p++) {
            text.line("{");
            text.line("let row = first_row + lane / %d * %d + %d;", side, m, p);
            var condition = sums.place(text, "row", "");
            var exists = "row < %d".formatted(sums.rows());
            if (!condition.isEmpty()) exists += " && " + condition;
            for (int q = 0; q < n; q++) {
                text.line("let col%d = first_col + lane %% %d + %d;", q, side, q * side);
                text.line("if (%s && col%d < %d) {", exists, q, sums.cols());
                sums.store(text, "", "col" + q, "s%d%d".formatted(p, q));
                text.end();
            }
            text.end();
        }
    }

    /// All invocations fill one of the tiles, neighbours from neighbouring memory.
    private static void fill(Wgsl to, boolean byTerms, int side, int each, String statement) {
        int width = side * each;
        to.line("for (var e = lane; e < %d; e += %d) {", width * TERMS, side * side);
        to.line("let k = e %s %d;", byTerms ? "%" : "/", byTerms ? TERMS : width);
        to.line("let x = e %s %d;", byTerms ? "/" : "%", byTerms ? TERMS : width);
        to.line(statement, width).end();
    }
}
