package motley.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class QrCodeTest {
    private static final String LINK =
            "http://192.168.178.23:8080/#join=0123456789abcdefghijklmnopqrstuv";

    /// Pixels a module, as a camera sees several.
    private static final int SCALE = 4;

    private static final int LIGHT = 0xffffff;

    /// The frame of dark around it is the terminal's ground.
    @Test
    void linkIsReadFromATerminal() throws Exception {
        var lines = QrCode.of(LINK).halfBlocks().lines().toList();
        var picture = new Picture(lines.getFirst().length() + 8);
        for (int line = 0; line < lines.size(); line++) {
            for (int col = 0; col < lines.get(line).length(); col++) {
                char block = lines.get(line).charAt(col);
                if ("█▀".indexOf(block) >= 0) picture.lighten(2 * line + 4, col + 4);
                if ("█▄".indexOf(block) >= 0) picture.lighten(2 * line + 5, col + 4);
            }
        }
        assertThat(picture.read()).isEqualTo(LINK);
    }

    @Test
    void textThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> QrCode.of("x".repeat(3_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("text: 3000 characters (expected: as many as fit a QR code)");
    }

    @Test
    void modulesBeyondTheSidesAreLight() {
        var code = QrCode.of(LINK);
        for (var beyond : List.of(-1, code.size())) {
            assertThat(code.isDark(beyond, 0)).isFalse();
            assertThat(code.isDark(0, beyond)).isFalse();
        }
        assertThat(code.isDark(0, 0)).isTrue();
    }

    /// A square of modules, dark at first.
    private static final class Picture {
        private final int side;
        private final int[] pixels;

        Picture(int modules) {
            side = modules * SCALE;
            pixels = new int[side * side];
        }

        void lighten(int row, int col) {
            for (int y = row * SCALE; y < (row + 1) * SCALE; y++) {
                int start = y * side + col * SCALE;
                Arrays.fill(pixels, start, start + SCALE, LIGHT);
            }
        }

        String read() throws ReaderException {
            var seen = new RGBLuminanceSource(side, side, pixels);
            var bitmap = new BinaryBitmap(new HybridBinarizer(seen));
            return new QRCodeReader().decode(bitmap).getText();
        }
    }
}
