package motley.wasm;

import java.util.Optional;
import motley.wasm.binary.Code;
import motley.wasm.binary.Local;

/// Calls of a tile down rows that are equally far apart.
final class Rows {
    private Rows() {}

    /// Where the first row is, and how far apart rows are in bytes; `b` is the same for all.
    record Places(Local a, Local b, Local to, int aRow, int toRow) {}

    static void call(Rendering rendering, Code c, TileForm tile, int rows, Places places) {
        call(rendering, c, tile, rows, places, Optional.empty());
    }

    /// Writes calls of `tile`, with fewer rows at the end.
    ///
    /// @param bias the last argument, if the tile takes it
    static void call(
            Rendering rendering,
            Code c,
            TileForm tile,
            int rows,
            Places places,
            Optional<Local> bias) {
        int height = tile.rows();
        int whole = rows / height;
        int rest = rows % height;
        if (whole <= 1 && rest == 0) {
            once(rendering, c, tile, places, bias);
            return;
        }
        var a = c.i32Local();
        var to = c.i32Local();
        c.get(places.a).set(a).get(places.to).set(to);
        var moving = new Places(a, places.b, to, places.aRow, places.toRow);
        if (whole > 0) {
            c.repeat(
                    whole,
                    () -> {
                        once(rendering, c, tile, moving, bias);
                        c.increase(a, height * places.aRow);
                        c.increase(to, height * places.toRow);
                    });
        }
        if (rest > 0) once(rendering, c, tile.withRows(rest), moving, bias);
    }

    private static void once(
            Rendering rendering, Code c, TileForm tile, Places places, Optional<Local> bias) {
        c.get(places.a).get(places.b).get(places.to);
        bias.ifPresent(c::get);
        c.call(TileCode.function(rendering, tile));
    }
}
