package motley.wasm;

import motley.compiler.kernel.Kernel;
import motley.program.ConvolutionSpec;
import motley.program.Op;
import motley.tensor.Shape;
import motley.wasm.binary.Code;

/// Chooses the code for convolutions and their gradients.
final class Convolutions {
    /// Most taps of a filter that are written out.
    private static final int TAPS_MAX = 121;

    private Convolutions() {}

    static void call(Rendering rendering, Code c, Op.Contraction op, Kernel.Call call) {
        var first = call.in().get(0).type().shape();
        var second = call.in().get(1).type().shape();
        switch (op) {
            case Op.Convolution(var spec) -> {
                var form = Correlation.forward(spec, first, second, end(call.epilogue()));
                if (isDepthwise(spec, first, second)) DepthwiseCode.call(rendering, c, form, call);
                else CorrelationCode.call(rendering, c, form, call);
            }
            case Op.ConvolutionInputGradient(var spec, var images) -> {
                var form = Correlation.inputGradient(spec, images, second);
                if (isDepthwise(spec, images, second)) {
                    DepthwiseCode.call(rendering, c, form, call);
                } else {
                    CorrelationCode.call(rendering, c, form, call);
                }
            }
            case Op.ConvolutionFilterGradient(var spec, var filters) -> {
                var shares = shares(spec, first, filters);
                FilterGradientCode.shares(rendering, c, shares, call);
                FilterGradientCode.addition(rendering, c, shares.form(), call);
            }
            case Op.DotGeneral _ -> throw new IllegalStateException(op + " is not called");
        }
    }

    /// All shares of a gradient in filters.
    static FilterGradientCode.Shares shares(ConvolutionSpec spec, Shape images, Shape filters) {
        var form = FilterForm.of(spec, images, filters);
        boolean isDepthwise = isDepthwise(spec, images, filters);
        return new FilterGradientCode.Shares(form, isDepthwise, 0, form.shares());
    }

    private static TileForm.End end(Kernel.Epilogue epilogue) {
        return switch (epilogue) {
            case NONE -> TileForm.End.PLAIN;
            case BIAS -> TileForm.End.BIAS;
            case BIAS_AND_RELU -> TileForm.End.BIAS_AND_RELU;
        };
    }

    /// Whether channels do not see each other, and filters are small enough to be written out.
    private static boolean isDepthwise(ConvolutionSpec spec, Shape images, Shape filters) {
        int channels = images.dim(3);
        return channels > 1
                && spec.groups() == channels
                && filters.dim(3) == channels
                && filters.dim(0) * filters.dim(1) <= TAPS_MAX;
    }
}
