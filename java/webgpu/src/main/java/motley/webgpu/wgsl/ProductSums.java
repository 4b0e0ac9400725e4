package motley.webgpu.wgsl;

import java.util.List;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Kernel;

/// A matrix product as sums.
final class ProductSums implements Sums {
    private final Kernel.Product product;
    private final Bindings bindings;

    ProductSums(Kernel.Product product, GpuMemory memory) {
        this.product = product;
        bindings = Bindings.of(product, memory);
    }

    @Override
    public String kind() {
        return "product";
    }

    @Override
    public Bindings bindings() {
        return bindings;
    }

    @Override
    public int batches() {
        return product.batch();
    }

    @Override
    public int rows() {
        return product.extents().get(2);
    }

    @Override
    public int cols() {
        return product.extents().get(4);
    }

    @Override
    public int terms() {
        return product.extents().get(3);
    }

    @Override
    public int open(Wgsl to, int tileRows, int tileCols) {
        for (int p = 0; p < tileRows; p++) {
            to.line("let l%d = %s;", p, at(product.left(), "row" + p, "0"));
        }
        for (int q = 0; q < tileCols; q++) {
            to.line("let r%d = %s;", q, at(product.right(), "0", "col" + q));
        }
        var least = "0";
        var most = Integer.toString(terms());
        switch (product.part()) {
            case TERMS_UP_TO_ROW -> most = "min(%s, row0 + %d)".formatted(most, tileRows);
            case TERMS_FROM_ROW -> least = "row0";
            case TERMS_UP_TO_COLUMN -> most = "min(%s, col%d + 1)".formatted(most, tileCols - 1);
            case TERMS_FROM_COLUMN -> least = "col0";
            case ALL, COLUMNS_UP_TO_ROW, COLUMNS_FROM_ROW -> {}
        }
        to.line("for (var term = %s; term < %s; term++) {", least, most);
        return 1;
    }

    @Override
    public String left(int p) {
        return step(product.left(), "l" + p, product.left().strides().get(3));
    }

    @Override
    public String right(int q) {
        return step(product.right(), "r" + q, product.right().strides().get(2));
    }

    private String step(Access access, String from, int stride) {
        return bindings.element(
                access.buffer(), Wgsl.affine(0, List.of(1, stride), List.of(from, "term")));
    }

    @Override
    public void leftFactor(Wgsl to) {
        to.line(
                "return %s;",
                bindings.element(product.left().buffer(), at(product.left(), "row", "term")));
    }

    @Override
    public void rightFactor(Wgsl to) {
        to.line(
                "return %s;",
                bindings.element(product.right().buffer(), at(product.right(), "term", "col")));
    }

    @Override
    public boolean leftByTerms() {
        return product.left().strides().get(3) == 1;
    }

    @Override
    public boolean rightByTerms() {
        return product.right().strides().get(3) != 1;
    }

    @Override
    public String place(Wgsl to, String row, String p) {
        to.line("let out%s = %s;", p, at(product.out(), row, "0"));
        return "";
    }

    @Override
    public void store(Wgsl to, String p, String col, String sum) {
        int stride = product.out().strides().get(3);
        var at = Wgsl.affine(0, List.of(1, stride), List.of("out" + p, col));
        to.line("%s", bindings.store(product.out().buffer(), at, sum));
    }

    /// The position of an element of matrix `batch`.
    private String at(Access access, String first, String second) {
        int outer = product.extents().get(0);
        int inner = product.extents().get(1);
        var names =
                List.of(
                        outer == 1 ? "0" : inner == 1 ? "batch" : "(batch / " + inner + ")",
                        inner == 1 ? "0" : outer == 1 ? "batch" : "(batch % " + inner + ")",
                        first,
                        second);
        return Wgsl.affine(access.offset(), access.strides(), names);
    }
}
