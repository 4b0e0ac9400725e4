package motley.wasm;

import static motley.wasm.binary.Instruction.V128_LOAD;
import static motley.wasm.binary.Instruction.V128_STORE;

import motley.compiler.kernel.ConvolutionAxis;
import motley.wasm.binary.Code;
import motley.wasm.binary.Local;

/// An image with zeros around and between its pixels, in scratch memory; or the image itself, where
/// it needs none.
///
/// @param pixel channels of a pixel
/// @param offset of the copy in a thread's own scratch memory, in bytes
record Canvas(
        ConvolutionAxis rows,
        ConvolutionAxis cols,
        int pixel,
        Rendering.Scratch scratch,
        int offset) {
    private static final int BYTES = 4;
    private static final int VECTOR = 16;

    /// Most vectors of a copy that is written out.
    private static final int VECTORS_MAX = 16;

    static boolean isImage(ConvolutionAxis rows, ConvolutionAxis cols) {
        return rows.isImage() && cols.isImage();
    }

    /// Of the copy in memory; 0 if there is none.
    static long bytes(ConvolutionAxis rows, ConvolutionAxis cols, int pixel) {
        return isImage(rows, cols) ? 0 : (long) rows.canvas() * cols.canvas() * pixel * BYTES;
    }

    boolean isImage() {
        return isImage(rows, cols);
    }

    /// Bytes from one row to the next.
    int rowBytes() {
        return (isImage() ? cols.size() : cols.canvas()) * pixelBytes();
    }

    int pixelBytes() {
        return pixel * BYTES;
    }

    /// Bytes of an image as it comes.
    int imageBytes() {
        return rows.size() * cols.size() * pixelBytes();
    }

    /// Writes the zeros, which stay.
    void clear(Code c) {
        if (isImage()) return;
        scratch.push(c, offset);
        c.i32(0).i32(Math.toIntExact(bytes(rows, cols, pixel))).fillMemory();
    }

    /// Sets `place` to the first pixel, after copying the image at `image` if need be.
    void open(Code c, Local image, Local place) {
        if (isImage()) {
            c.get(image).set(place);
            return;
        }
        int height = rows.present();
        if (height > 0 && cols.present() > 0) {
            var from = c.i32Local();
            var to = c.i32Local();
            int firstRow = (rows.before() + rows.first() * rows.spread()) * rowBytes();
            int firstCol = (cols.before() + cols.first() * cols.spread()) * pixelBytes();
            int source = (rows.first() * cols.size() + cols.first()) * pixelBytes();
            c.get(image).set(from).increase(from, source);
            scratch.push(c, offset + firstRow + firstCol);
            c.set(to);
            c.repeat(
                    height,
                    () -> {
                        copyRow(c, from, to);
                        c.increase(from, cols.size() * pixelBytes());
                        c.increase(to, rows.spread() * rowBytes());
                    });
        }
        scratch.push(c, offset);
        c.set(place);
    }

    private void copyRow(Code c, Local from, Local to) {
        int width = cols.present();
        if (cols.spread() == 1) {
            copy(c, from, to, width * pixelBytes());
            return;
        }
        var source = c.i32Local();
        var target = c.i32Local();
        c.get(from).set(source).get(to).set(target);
        c.repeat(
                width,
                () -> {
                    copy(c, source, target, pixelBytes());
                    c.increase(source, pixelBytes());
                    c.increase(target, cols.spread() * pixelBytes());
                });
    }

    private static void copy(Code c, Local from, Local to, int bytes) {
        if (bytes % VECTOR != 0 || bytes > VECTORS_MAX * VECTOR) {
            c.get(to).get(from).i32(bytes).copyMemory();
            return;
        }
        for (int at = 0; at < bytes; at += VECTOR) {
            c.get(to).get(from).memory(V128_LOAD, at).memory(V128_STORE, at);
        }
    }
}
