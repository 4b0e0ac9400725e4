package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TileTest {
    private static final int OUTER = 3;
    private static final int LENGTH = 5;

    /// Forms beyond those in use, so that the generator may be given any.
    @Test
    void everyFormEqualsTheScalarTwinBitForBit() {
        for (int lanes : new int[] {4, 8, 16}) {
            for (int rows = 1; rows <= 14; rows += 3) {
                for (int vectors = 1; vectors <= 4; vectors++) {
                    int step = vectors * lanes + rows % 2;
                    check(new TileForm(lanes, rows, vectors, step), step);
                    check(new TileForm(lanes, rows, vectors, 0), step);
                }
            }
        }
    }

    private static void check(TileForm form, int step) {
        var random = new SplittableRandom(form.hashCode());
        int columns = form.columns();
        var at = new int[2 * form.rows() + 1];
        for (int i = 0; i < at.length; i++) at[i] = random.nextInt(40);
        var a = Arena.floats(random, 40 + OUTER * 7 + LENGTH);
        var b = Arena.floats(random, OUTER * 200 * LENGTH + columns);
        var init = Arena.floats(random, columns * at.length);
        int cRow = columns + 2;
        var tile = TileCode.make(form);
        for (int rows = 1; rows <= at.length; rows++) {
            var c = new float[at.length * cRow];
            tile.run(
                    a, 1, at, 0, 7, b, 2, 190, step, init, 0, columns, c, 1, cRow, rows, OUTER,
                    LENGTH);
            var expected = new float[c.length];
            for (int i = 0; i < rows * columns; i++) {
                int row = i / columns;
                int column = i % columns;
                expected[1 + row * cRow + column] =
                        twin(a, 1 + at[row], b, 2 + column, step, init[i]);
            }
            Arena.assertEqualBits(c, expected, "%s, %d rows".formatted(form, rows));
        }
    }

    private static float twin(
            float[] a, int aOffset, float[] b, int bOffset, int step, float init) {
        float sum = init;
        for (int o = 0; o < OUTER; o++) {
            for (int k = 0; k < LENGTH; k++) {
                sum = Math.fma(a[aOffset + o * 7 + k], b[bOffset + o * 190 + k * step], sum);
            }
        }
        return sum;
    }

    @Test
    void formTooLargeForTheCompilerIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> TileCode.make(new TileForm(16, 40, 8, 128)))
                .withMessageContaining("bytes of code (expected: at most 8000)");
    }

    @Test
    void unknownVectorWidthIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tiles.withLanes(5))
                .withMessage("lanes: 5 (expected: 4, 8 or 16)");
    }

    @Test
    void equalFormsShareOneTile() {
        var tiles = Tiles.withLanes(16);
        assertThat(tiles.tile(tiles.formFor(64))).isSameAs(tiles.tile(tiles.formFor(640)));
    }
}
