package motley.coordinator.access;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;

/// A text as a QR code, for screens and terminals.
public final class QrCode {
    /// Modules of light around it, as ISO/IEC 18004 asks for.
    private static final int QUIET = 4;

    private final ByteMatrix modules;

    private QrCode(ByteMatrix modules) {
        this.modules = modules;
    }

    /// @throws IllegalArgumentException if the text is too long for one
    public static QrCode of(String text) {
        try {
            return new QrCode(Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix());
        } catch (WriterException e) {
            throw new IllegalArgumentException(
                    "text: %d characters (expected: as many as fit a QR code)"
                            .formatted(text.length()),
                    e);
        }
    }

    /// Modules on a side, without the light around them.
    public int size() {
        return modules.getWidth();
    }

    /// Whether a module is dark; those beyond the sides are light.
    public boolean isDark(int row, int col) {
        boolean isInside = row >= 0 && row < size() && col >= 0 && col < size();
        return isInside && modules.get(col, row) == 1;
    }

    /// A picture of its own size in modules: scale it as needed.
    public String svg() {
        int side = size() + 2 * QUIET;
        var path = new StringBuilder();
        for (int row = 0; row < size(); row++) {
            for (int col = 0; col < size(); col++) {
                if (!isDark(row, col)) continue;
                path.append("M%d %dh1v1h-1z".formatted(col + QUIET, row + QUIET));
            }
        }
        return """
               <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" \
               shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/>\
               <path d="%s"/></svg>"""
                .formatted(side, side, side, side, path);
    }

    /// For a terminal with light text on dark ground: two modules a character, one above the
    /// other, light ones drawn.
    public String halfBlocks() {
        var text = new StringBuilder();
        for (int row = -QUIET / 2; row < size() + QUIET / 2; row += 2) {
            for (int col = -QUIET / 2; col < size() + QUIET / 2; col++) {
                text.append(block(!isDark(row, col), !isDark(row + 1, col)));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static char block(boolean isUpper, boolean isLower) {
        if (isUpper) return isLower ? '█' : '▀';
        return isLower ? '▄' : ' ';
    }
}
