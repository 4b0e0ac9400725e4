package motley.program;

import static motley.tensor.Require.require;

/// Rows and columns of padding beyond each edge of an image; none is negative.
public record Padding(int top, int bottom, int left, int right) {
    public static final Padding NONE = new Padding(0, 0, 0, 0);

    public Padding {
        require(
                top >= 0 && bottom >= 0 && left >= 0 && right >= 0,
                "padding: [%d, %d, %d, %d] (expected: none negative)",
                top,
                bottom,
                left,
                right);
    }
}
