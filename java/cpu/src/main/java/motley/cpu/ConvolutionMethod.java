package motley.cpu;

import java.util.Optional;
import motley.cpu.kernel.WinogradForm;
import motley.program.reference.Accuracy;

/// How a [CpuEngine] computes convolutions with 3x3 filters that move by single pixels, have one
/// group and channels in multiples of 16, if they are large enough to gain. All others are direct.
///
/// Relative errors are those of a layer with 32 and 64 channels (in the Euclidean norm, against
/// float64); each element has a derived bound, see the kernels.
public enum ConvolutionMethod {
    /// Sums of products; error about 2e-7.
    DIRECT("direct", Optional.empty()),
    /// Winograd's `F(2x2, 3x3)`, 2.25 times fewer products; error about 2e-7 to 5e-7.
    WINOGRAD_2("winograd-2", Optional.of(WinogradForm.F2)),
    /// Winograd's `F(4x4, 3x3)`, 4 times fewer products; error about 1e-6 to 2e-6.
    WINOGRAD_4("winograd-4", Optional.of(WinogradForm.F4));

    private final String label;
    private final Optional<WinogradForm> form;

    ConvolutionMethod(String label, Optional<WinogradForm> form) {
        this.label = label;
        this.form = form;
    }

    /// As part of a numeric class.
    String label() {
        return label;
    }

    /// How exact results are.
    public Accuracy accuracy() {
        return form.map(ConvolutionMethod::tiles)
                .map(Accuracy.FLOAT32::withTiles)
                .orElse(Accuracy.FLOAT32);
    }

    private static Accuracy.Tiles tiles(WinogradForm form) {
        return new Accuracy.Tiles(form.outputs(), form.amplification(), WinogradForm.ROUNDINGS);
    }

    Optional<WinogradForm> form() {
        return form;
    }
}
