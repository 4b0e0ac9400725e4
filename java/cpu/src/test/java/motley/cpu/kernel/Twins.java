package motley.cpu.kernel;

import motley.compiler.kernel.ConvolutionAxis;
import motley.program.ConvolutionSpec;
import motley.tensor.Shape;

/// Scalar twins of the contractions: what each kernel promises to compute, bit for bit, in the
/// plainest loops; with the same sums in float64 and the bound on their distance.
final class Twins {
    private static final double UNIT_ROUNDOFF = 0x1p-24; // float32, round to nearest

    private Twins() {}

    /// Sums of products in float32 by fused multiply-adds, in float64, and of magnitudes.
    static final class Sums {
        final float[] chain;
        final double[] exact;
        private final double[] magnitude;
        private final int terms;

        Sums(int count, int terms) {
            chain = new float[count];
            exact = new double[count];
            magnitude = new double[count];
            this.terms = terms;
        }

        void add(int at, float a, float b) {
            chain[at] = Math.fma(a, b, chain[at]);
            exact[at] += (double) a * b;
            magnitude[at] += Math.abs((double) a * b);
        }

        /// |chain - exact| ≤ γₙ·Σ|a·b|, for any order of summation; Higham 2002, §3.1.
        double bound(int at) {
            return terms * UNIT_ROUNDOFF / (1 - terms * UNIT_ROUNDOFF) * magnitude[at];
        }
    }

    static Sums product(MatrixProduct.Size size, float[] a, float[] b) {
        int m = size.m();
        int n = size.n();
        int k = size.k();
        var sums = new Sums(size.batch() * m * n, k);
        for (int at = 0; at < sums.chain.length; at++) {
            int batch = at / (m * n);
            int i = at / n % m;
            int j = at % n;
            for (int p = 0; p < k; p++) {
                float left = a[batch * m * k + (size.transposeA() ? p * m + i : i * k + p)];
                float right = b[batch * k * n + (size.transposeB() ? j * k + p : p * n + j)];
                sums.add(at, left, right);
            }
        }
        return sums;
    }

    /// One term of a convolution: positions in images, filters and outputs.
    @FunctionalInterface
    interface Term {
        void at(int x, int w, int y);
    }

    /// Shapes of a convolution.
    record Shapes(ConvolutionSpec spec, Shape images, Shape filters) {
        ConvolutionAxis rows() {
            return ConvolutionAxis.rows(spec, images.dim(1), filters.dim(0));
        }

        ConvolutionAxis cols() {
            return ConvolutionAxis.columns(spec, images.dim(2), filters.dim(1));
        }

        int in() {
            return filters.dim(2);
        }

        int out() {
            return filters.dim(3);
        }

        int outputs() {
            return images.dim(0) * rows().outputs() * cols().outputs() * out();
        }
    }

    /// Visits the terms, the pixels in the outer loops; per output in the order `r`, `c`, `k`; per
    /// weight in the order `b`, `i`, `j`.
    static void forEachTerm(Shapes s, int firstImage, int lastImage, Term term) {
        for (int b = firstImage; b < lastImage; b++) {
            for (int i = 0; i < s.rows().outputs(); i++) {
                for (int j = 0; j < s.cols().outputs(); j++) termsOfPixel(s, b, i, j, term);
            }
        }
    }

    private static void termsOfPixel(Shapes s, int b, int i, int j, Term term) {
        var spec = s.spec;
        int y = ((b * s.rows().outputs() + i) * s.cols().outputs() + j) * s.out();
        for (int r = 0; r < s.filters.dim(0); r++) {
            int row = i * spec.strideRows() + r * spec.dilationRows() - spec.padding().top();
            for (int c = 0; c < s.filters.dim(1); c++) {
                int col = j * spec.strideCols() + c * spec.dilationCols() - spec.padding().left();
                boolean inside = row >= 0 && row < s.images.dim(1);
                inside &= col >= 0 && col < s.images.dim(2);
                int x = ((b * s.images.dim(1) + row) * s.images.dim(2) + col) * s.images.dim(3);
                int w = (r * s.filters.dim(1) + c) * s.in() * s.out();
                if (inside) termsOfTap(s, x, w, y, term);
            }
        }
    }

    private static void termsOfTap(Shapes s, int x, int w, int y, Term term) {
        for (int k = 0; k < s.in(); k++) {
            for (int o = 0; o < s.out(); o++) {
                int group = o / (s.out() / s.spec.groups());
                term.at(x + group * s.in() + k, w + k * s.out() + o, y + o);
            }
        }
    }

    static Sums forward(Shapes s, float[] x, float[] w) {
        var sums = new Sums(s.outputs(), s.filters.count() / s.out());
        forEachTerm(s, 0, s.images.dim(0), (xAt, wAt, yAt) -> sums.add(yAt, x[xAt], w[wAt]));
        return sums;
    }

    /// The chain of an image element goes over taps in decreasing order: over outputs in increasing
    /// order, and the output channels of each.
    static Sums inputGradient(Shapes s, float[] dy, float[] w) {
        int terms = s.filters.dim(0) * s.filters.dim(1) * s.out() / s.spec.groups();
        var sums = new Sums(s.images.count(), terms);
        forEachTerm(s, 0, s.images.dim(0), (xAt, wAt, yAt) -> sums.add(xAt, dy[yAt], w[wAt]));
        return sums;
    }

    static Sums filterGradient(Shapes s, float[] x, float[] dy, int shareImages) {
        int batch = s.images.dim(0);
        int terms = s.outputs() / s.out() + batch;
        var total = new Sums(s.filters.count(), terms);
        for (int first = 0; first < batch; first += shareImages) {
            var share = new Sums(s.filters.count(), terms);
            int last = Math.min(batch, first + shareImages);
            forEachTerm(s, first, last, (xAt, wAt, yAt) -> share.add(wAt, x[xAt], dy[yAt]));
            for (int i = 0; i < total.chain.length; i++) {
                total.chain[i] += share.chain[i];
                total.exact[i] += share.exact[i];
                total.magnitude[i] += share.magnitude[i];
            }
        }
        return total;
    }
}
