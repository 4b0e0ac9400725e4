package motley.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TranspositionTest {
    /// Every combination of whole squares and edges.
    @Test
    void everyElementArrivesAndNothingElseChanges() {
        for (int rows = 1; rows <= 35; rows++) {
            for (int columns = 1; columns <= 35; columns++) check(rows, columns);
        }
    }

    private static void check(int rows, int columns) {
        int fromRow = columns + 3;
        int toRow = rows + 2;
        var from = new float[5 + rows * fromRow];
        for (int i = 0; i < from.length; i++) from[i] = i + 1;
        var to = new float[7 + columns * toRow];
        var expected = to.clone();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                expected[7 + j * toRow + i] = from[5 + i * fromRow + j];
            }
        }
        Transposition.copy(from, 5, fromRow, to, 7, toRow, rows, columns);
        assertThat(Arrays.equals(to, expected)).as("%d x %d", rows, columns).isTrue();
    }
}
