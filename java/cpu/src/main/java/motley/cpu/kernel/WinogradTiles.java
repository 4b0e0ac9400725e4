package motley.cpu.kernel;

import motley.compiler.kernel.ConvolutionAxis;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// How the outputs of a batch are cut into Winograd's tiles, numbered image by image, row by row.
///
/// @param images the images `[rows, columns, in]`
/// @param outputs the outputs `[rows, columns, out]`
/// @param top zero rows above an image
/// @param left zero columns beside it
record WinogradTiles(
        WinogradForm form, int batch, PixelGrid images, PixelGrid outputs, int top, int left) {
    static WinogradTiles of(WinogradForm form, ConvolutionSpec spec, Shape images, Shape filters) {
        var rows = ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0));
        var cols = ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1));
        return new WinogradTiles(
                form,
                images.dim(0),
                new PixelGrid(images.dim(1), images.dim(2), images.dim(3)),
                new PixelGrid(rows.outputs(), cols.outputs(), filters.dim(3)),
                spec.padding().top(),
                spec.padding().left());
    }

    private int tileColumns() {
        return Math.ceilDiv(outputs.columns(), form.outputs());
    }

    int perImage() {
        return Math.ceilDiv(outputs.rows(), form.outputs()) * tileColumns();
    }

    int count() {
        return batch * perImage();
    }

    int image(int tile) {
        return tile / perImage();
    }

    /// The first output row of a tile.
    int row(int tile) {
        return tile % perImage() / tileColumns() * form.outputs();
    }

    /// The first output column of a tile.
    int column(int tile) {
        return tile % perImage() % tileColumns() * form.outputs();
    }
}
