package motley.webgpu.wgsl;

/// Tiles of half floats in workgroup memory. Each has a power of two of its own, which takes its
/// largest finite element to [2^14, 2^15): without it, gradients below 2^-14 would lose their
/// digits and activations above 65504 would become infinite.
///
/// An element is off by 2^-11 of itself, or by 2^-28 of the tile's largest where that is more.
final class HalfTiles {
    private HalfTiles() {}

    /// A tile to be filled.
    ///
    /// @param name `left` or `right`
    /// @param element of row or column `x` and term `k`
    record Tile(String name, boolean byTerms, int side, int each, String element) {
        /// How many elements an invocation fills.
        int mine() {
            return each * SumShaders.TERMS / side;
        }
    }

    /// Bits of each tile's largest element, as an integer in the order of the numbers.
    static void declare(Wgsl to) {
        to.line("var<workgroup> left_top: atomic<u32>;");
        to.line("var<workgroup> right_top: atomic<u32>;");
    }

    /// Each invocation keeps its elements, and all find the largest.
    static void fill(Wgsl to, Tile tile) {
        var name = tile.name;
        int width = tile.side * tile.each;
        to.line("var %s_mine: array<f32, %d>;", name, tile.mine());
        to.line("var %s_most = 0u;", name);
        to.line("for (var i = 0; i < %d; i++) {", tile.mine());
        at(to, tile.byTerms, width, tile.side);
        to.line("let value = %s;", tile.element);
        to.line("%s_mine[i] = value;", name);
        to.line("let size = bitcast<u32>(value) & 0x7fffffffu;");
        to.line("if (size < 0x7f800000u) { %s_most = max(%s_most, size); }", name, name);
        to.end();
        to.line("atomicMax(&%s_top, %s_most);", name, name);
    }

    private static void at(Wgsl to, boolean byTerms, int width, int side) {
        to.line("let e = lane + i * %d;", side * side);
        to.line("let k = e %s %d;", byTerms ? "%" : "/", byTerms ? SumShaders.TERMS : width);
        to.line("let x = e %s %d;", byTerms ? "/" : "%", byTerms ? SumShaders.TERMS : width);
    }

    /// Rounds what both tiles are filled with, and forgets their largest for the next terms.
    static void round(Wgsl to, Tile left, Tile right) {
        to.line("workgroupBarrier();");
        store(to, left);
        store(to, right);
        to.line("workgroupBarrier();");
        to.line("if (lane == 0) {");
        to.line("atomicStore(&left_top, 0u);");
        to.line("atomicStore(&right_top, 0u);");
        to.end();
    }

    private static void store(Wgsl to, Tile tile) {
        var name = tile.name;
        int width = tile.side * tile.each;
        // Both powers of two are normal numbers.
        to.line("let %s_exponent = clamp(atomicLoad(&%s_top) >> 23, 15u, 254u);", name, name);
        to.line("let %s_up = bitcast<f32>((268u - %s_exponent) << 23);", name, name);
        to.line("let %s_down = bitcast<f32>((%s_exponent - 14u) << 23);", name, name);
        to.line("for (var i = 0; i < %d; i++) {", tile.mine());
        at(to, tile.byTerms, width, tile.side);
        to.line("%ss[k * %d + x] = nearest_half(%s_mine[i], %s_up);", name, width, name, name);
        to.end();
    }

    /// The element as a float again.
    static String widened(String element, String name) {
        return "f32(%s) * %s_down".formatted(element, name);
    }
}
