package motley.cpu.kernel;

import java.util.ArrayList;
import motley.cpu.kernel.Twins.Shapes;

/// Scalar twin of Winograd's convolution and its adjoints: what the kernels promise to compute, bit
/// for bit, in the plainest loops, with the bound on their error.
final class WinogradTwin {
    private static final double UNIT_ROUNDOFF = 0x1p-24; // float32, round to nearest

    private final WinogradForm form;
    private final WinogradTiles tiles;
    private final Shapes shapes;
    private final int in;
    private final int out;
    private final int n;

    WinogradTwin(WinogradForm form, Shapes shapes) {
        this.form = form;
        this.shapes = shapes;
        tiles = WinogradTiles.of(form, shapes.spec(), shapes.images(), shapes.filters());
        in = shapes.in();
        out = shapes.out();
        n = form.products();
    }

    /// Results, and the magnitudes that their errors are relative to.
    static final class Sums {
        final float[] values;
        final double[] magnitudes;
        private final int roundings;

        Sums(int count, int roundings) {
            values = new float[count];
            magnitudes = new double[count];
            this.roundings = roundings;
        }

        /// γₙ times the magnitude; Higham 2002, lemma 3.1.
        double bound(int at) {
            double error = (roundings + WinogradForm.ROUNDINGS) * UNIT_ROUNDOFF;
            return error / (1 - error) * magnitudes[at];
        }
    }

    Sums forward(float[] x, float[] w) {
        var sums = new Sums(shapes.outputs(), in);
        var u = filters(w);
        for (int t = 0; t < tiles.count(); t++) {
            var v = new Square[in];
            for (int k = 0; k < in; k++) v[k] = patch(x, t, k).transformed(form.patch());
            for (int o = 0; o < out; o++) {
                var products = new Square(form.pixels());
                for (int k = 0; k < in; k++) products.addProduct(v[k], u[k][o]);
                var y = products.transformed(form.result());
                place(y, t, o, sums);
            }
        }
        return sums;
    }

    Sums inputGradient(float[] dy, float[] w) {
        var sums = new Sums(shapes.images().count(), out);
        var u = filters(w);
        for (int t = 0; t < tiles.count(); t++) {
            var m = outputs(dy, t);
            for (int k = 0; k < in; k++) {
                var products = new Square(form.pixels());
                for (int o = 0; o < out; o++) products.addProduct(m[o], u[k][o]);
                addToImage(products.transformed(form.patch().transposed()), t, k, sums);
            }
        }
        return sums;
    }

    Sums filterGradient(float[] x, float[] dy) {
        int worth = Math.max(1, tiles.count() / 72);
        int shareImages = Math.ceilDiv(tiles.batch(), Math.min(tiles.batch(), Math.min(16, worth)));
        var total = new ArrayList<Square[]>();
        for (int first = 0; first < tiles.batch(); first += shareImages) {
            total.add(share(x, dy, first, Math.min(tiles.batch(), first + shareImages)));
        }
        var sums = new Sums(shapes.filters().count(), tiles.count() + total.size());
        for (int pair = 0; pair < in * out; pair++) {
            var all = total.getFirst()[pair];
            for (var share : total.subList(1, total.size())) all.add(share[pair]);
            var dw = all.transformed(form.filter().transposed());
            for (int tap = 0; tap < 9; tap++) {
                sums.values[tap * in * out + pair] = dw.values[tap];
                sums.magnitudes[tap * in * out + pair] = dw.magnitudes[tap];
            }
        }
        return sums;
    }

    private Square[] share(float[] x, float[] dy, int firstImage, int lastImage) {
        var share = new Square[in * out];
        for (int pair = 0; pair < share.length; pair++) share[pair] = new Square(form.pixels());
        for (int t = firstImage * tiles.perImage(); t < lastImage * tiles.perImage(); t++) {
            var m = outputs(dy, t);
            for (int k = 0; k < in; k++) {
                var v = patch(x, t, k).transformed(form.patch());
                for (int o = 0; o < out; o++) share[k * out + o].addProduct(v, m[o]);
            }
        }
        return share;
    }

    private Square[][] filters(float[] w) {
        var u = new Square[in][out];
        for (int pair = 0; pair < in * out; pair++) {
            var g = new Square(3);
            for (int tap = 0; tap < 9; tap++) g.set(tap, w[tap * in * out + pair]);
            u[pair / out][pair % out] = g.transformed(form.filter());
        }
        return u;
    }

    private Square patch(float[] x, int tile, int channel) {
        var patch = new Square(form.pixels());
        for (int i = 0; i < n; i++) {
            int at = pixel(tile, i);
            if (at >= 0) patch.set(i, x[at + channel]);
        }
        return patch;
    }

    /// Where element `i` of a tile's patch lies in the images, or -1 outside.
    private int pixel(int tile, int i) {
        int row = tiles.row(tile) - tiles.top() + i / form.pixels();
        int column = tiles.column(tile) - tiles.left() + i % form.pixels();
        if (!tiles.images().holds(row, column, 1)) return -1;
        return tiles.image(tile) * tiles.images().elements() + tiles.images().at(row, column);
    }

    /// Where element `i` of a tile lies in the outputs, or -1 outside.
    private int output(int tile, int i) {
        int row = tiles.row(tile) + i / form.outputs();
        int column = tiles.column(tile) + i % form.outputs();
        if (!tiles.outputs().holds(row, column, 1)) return -1;
        return tiles.image(tile) * tiles.outputs().elements() + tiles.outputs().at(row, column);
    }

    /// The transformed gradients of a tile's outputs, one for each channel.
    private Square[] outputs(float[] dy, int tile) {
        var m = new Square[out];
        for (int o = 0; o < out; o++) {
            var y = new Square(form.outputs());
            for (int i = 0; i < form.outputs() * form.outputs(); i++) {
                int at = output(tile, i);
                if (at >= 0) y.set(i, dy[at + o]);
            }
            m[o] = y.transformed(form.result().transposed());
        }
        return m;
    }

    private void place(Square y, int tile, int channel, Sums sums) {
        for (int i = 0; i < y.values.length; i++) {
            int at = output(tile, i);
            if (at < 0) continue;
            sums.values[at + channel] = y.values[i];
            sums.magnitudes[at + channel] = y.magnitudes[i];
        }
    }

    private void addToImage(Square patch, int tile, int channel, Sums sums) {
        for (int i = 0; i < n; i++) {
            int at = pixel(tile, i);
            if (at < 0) continue;
            sums.values[at + channel] += patch.values[i];
            sums.magnitudes[at + channel] += patch.magnitudes[i];
        }
    }

    /// A square matrix with a matrix of magnitudes.
    private static final class Square {
        private final int side;
        final float[] values;
        final double[] magnitudes;

        Square(int side) {
            this.side = side;
            values = new float[side * side];
            magnitudes = new double[side * side];
        }

        void set(int at, float value) {
            values[at] = value;
            magnitudes[at] = Math.abs(value);
        }

        void addProduct(Square a, Square b) {
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.fma(a.values[i], b.values[i], values[i]);
                magnitudes[i] += a.magnitudes[i] * b.magnitudes[i];
            }
        }

        void add(Square other) {
            for (int i = 0; i < values.length; i++) {
                values[i] += other.values[i];
                magnitudes[i] += other.magnitudes[i];
            }
        }

        /// `P·X·Pᵀ`.
        Square transformed(Matrix p) {
            return times(p).turned().times(p).turned().square();
        }

        private Strip times(Matrix p) {
            return new Strip(side, side, values, magnitudes).times(p);
        }

        /// A matrix on its way through a transform.
        private static final class Strip {
            private final int rows;
            private final int columns;
            private final float[] values;
            private final double[] magnitudes;

            Strip(int rows, int columns, float[] values, double[] magnitudes) {
                this.rows = rows;
                this.columns = columns;
                this.values = values;
                this.magnitudes = magnitudes;
            }

            /// `P·X`, in the order of [Transform].
            Strip times(Matrix p) {
                var result = new float[p.rows() * columns];
                var sizes = new double[p.rows() * columns];
                for (int at = 0; at < result.length; at++) {
                    int i = at / columns;
                    int j = at % columns;
                    result[at] = dot(p, i, j);
                    for (int k = 0; k < rows; k++) {
                        sizes[at] += Math.abs(p.at(i, k)) * magnitudes[k * columns + j];
                    }
                }
                return new Strip(p.rows(), columns, result, sizes);
            }

            private float dot(Matrix p, int i, int j) {
                float sum = Float.NaN;
                boolean begun = false;
                for (boolean ones : new boolean[] {true, false}) {
                    for (int k = 0; k < rows; k++) {
                        float c = p.at(i, k);
                        if (c == 0 || (c == 1) != ones) continue;
                        float x = values[k * columns + j];
                        sum = begun ? Math.fma(c, x, sum) : c * x;
                        begun = true;
                    }
                }
                return sum;
            }

            Strip turned() {
                var moved = new float[values.length];
                var sizes = new double[values.length];
                for (int at = 0; at < moved.length; at++) {
                    moved[at] = values[at % rows * columns + at / rows];
                    sizes[at] = magnitudes[at % rows * columns + at / rows];
                }
                return new Strip(/* rows= */ columns, /* columns= */ rows, moved, sizes);
            }

            Square square() {
                var square = new Square(rows);
                System.arraycopy(values, 0, square.values, 0, values.length);
                System.arraycopy(magnitudes, 0, square.magnitudes, 0, values.length);
                return square;
            }
        }
    }
}
