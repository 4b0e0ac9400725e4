package motley.program;

import static motley.tensor.Require.require;

/// How filters move over images.
///
/// @param strideRows rows from one output to the next, at least 1
/// @param strideCols columns from one output to the next, at least 1
/// @param dilationRows rows between neighbouring filter taps, at least 1
/// @param dilationCols columns between neighbouring filter taps, at least 1
/// @param padding zeros beyond the edges of the image
/// @param groups equal parts of the channels that do not see each other, at least 1
public record ConvolutionSpec(
        int strideRows,
        int strideCols,
        int dilationRows,
        int dilationCols,
        Padding padding,
        int groups) {
    public ConvolutionSpec {
        require(
                strideRows >= 1 && strideCols >= 1,
                "strides: %dx%d (expected: at least 1x1)",
                strideRows,
                strideCols);
        require(
                dilationRows >= 1 && dilationCols >= 1,
                "dilations: %dx%d (expected: at least 1x1)",
                dilationRows,
                dilationCols);
        require(groups >= 1, "groups: %d (expected: at least 1)", groups);
    }

    /// Stride 1, no padding, no dilation, one group.
    public static ConvolutionSpec plain() {
        return new ConvolutionSpec(1, 1, 1, 1, Padding.NONE, 1);
    }
}
