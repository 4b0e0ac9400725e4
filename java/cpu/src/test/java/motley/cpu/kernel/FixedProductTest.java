package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FixedProductTest {
    private static final int LENGTH = 7;

    /// Forms beyond those in use, so that the generator may be given any.
    @Test
    void everyFormEqualsTheScalarTwinBitForBit() {
        for (int lanes : new int[] {4, 8, 16}) {
            for (int rows = 1; rows <= 12; rows += 5 - rows % 2) {
                for (int vectors = 1; vectors <= 3; vectors++) {
                    for (int variant = 0; variant < 16; variant++) {
                        check(form(lanes, rows, vectors, variant, LENGTH), variant);
                    }
                }
            }
        }
    }

    @Test
    void longSumsInSegmentsEqualTheScalarTwinBitForBit() {
        for (int length : new int[] {256, 257, 264, 258, 512}) {
            for (int variant = 0; variant < 8; variant++) {
                check(form(8, 6, 2, variant, length), variant);
            }
        }
        assertThat(form(8, 6, 2, 0, 264).segment()).isEqualTo(88);
    }

    private static FixedForm form(int lanes, int rows, int vectors, int variant, int terms) {
        int columns = lanes * vectors;
        boolean packed = variant % 2 == 0;
        var tile =
                packed
                        ? new TileForm(lanes, rows, vectors, columns)
                        : new TileForm(lanes, rows, vectors, 2 * columns + 1, 9);
        int panel = packed ? terms * columns + 3 : columns;
        int cRow = variant / 2 % 2 == 0 ? 2 * columns + 5 : 0;
        int length = variant < 8 ? terms : 0;
        return new FixedForm(tile, length, panel, 2, cRow, variant / 4 % 2 == 1);
    }

    private static void check(FixedForm form, int seed) {
        var random = new SplittableRandom(seed);
        int length = form.length() > 0 ? form.length() : LENGTH;
        int rows = 2 * form.tile().rows();
        int columns = form.tile().columns();
        int aStep = form.tile().aStep();
        int bStep = form.tile().bStep();
        int aRow = aStep == 1 ? length + 2 : 1;
        int cRow = 2 * columns + 5;
        var a = Arena.floats(random, 1 + rows * aRow + length * aStep);
        var b = Arena.floats(random, 2 + 2 * form.panel() + length * bStep + columns);
        var c = Arena.floats(random, 3 + rows * cRow);
        var expected = c.clone();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < 2 * columns; j++) {
                int at = 3 + i * cRow + j;
                float sum = form.adding() ? c[at] : 0;
                int column = 2 + j / columns * form.panel() + j % columns;
                for (int k = 0; k < length; k++) {
                    float left = a[1 + i * aRow + k * aStep];
                    sum = Math.fma(left, b[column + k * bStep], sum);
                }
                expected[at] = sum;
            }
        }
        FixedCode.make(form).run(a, 1, aRow, b, 2, c, 3, cRow, rows, length);
        Arena.assertEqualBits(c, expected, form.toString());
    }

    @Test
    void operandsAndResultMayLieInOneArray() {
        var tile = Tiles.withLanes(8).formFor(16);
        var form = FixedForm.ofPanels(tile, 4, 16);
        int rows = tile.rows();
        var random = new SplittableRandom(1);
        var a = Arena.floats(random, rows * 4);
        var b = Arena.floats(random, 4 * 16);
        var apart = new float[rows * 16];
        var product = FixedCode.make(form);
        product.run(a, 0, 4, b, 0, apart, 0, 16, rows, 4);
        var together = new float[a.length + b.length + apart.length];
        System.arraycopy(a, 0, together, 0, a.length);
        System.arraycopy(b, 0, together, a.length, b.length);
        int c = a.length + b.length;
        product.run(together, 0, 4, together, a.length, together, c, 16, rows, 4);
        Arena.assertEqualBits(
                Arrays.copyOfRange(together, c, together.length), apart, "in one array");
    }

    @Test
    void equalFormsShareOneProduct() {
        var tiles = Tiles.withLanes(8);
        var first = FixedForm.ofPanels(tiles.formFor(64), 32, 64);
        var second = FixedForm.ofPanels(tiles.formFor(640), 32, 64);
        assertThat(tiles.product(first)).isSameAs(tiles.product(second));
    }
}
