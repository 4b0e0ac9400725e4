package motley.cpu.kernel;

/// The innermost loop of register tiles: a term of every sum, with each vector in a local variable
/// of its own.
///
/// Every index is a loop invariant plus `k` times a literal: that lets the optimising compiler take
/// the range checks out of the loop. A row's place in `a` is such an invariant.
final class TermCode {
    private final VectorCode vectors;
    private final TileForm form;
    private final Locals locals;

    /// Local variables.
    ///
    /// @param a the array of the rows
    /// @param b the array of the panel
    /// @param k the number of the term
    /// @param own the first of those for places, sums and factors
    record Locals(int a, int b, int k, int own) {}

    TermCode(VectorCode vectors, TileForm form, Locals locals) {
        this.vectors = vectors;
        this.form = form;
        this.locals = locals;
    }

    /// @param placeInB pushes where the term's row of the panel begins
    void write(Runnable placeInB) {
        for (int v = 0; v < form.vectors(); v++) {
            vectors.load(factor(v), locals.b, placeInB, v * form.lanes());
        }
        for (int row = 0; row < form.rows(); row++) multiply(row);
    }

    /// One factor of the row against the vectors of `b`.
    private void multiply(int row) {
        int factor = factor(form.vectors());
        vectors.broadcast(factor, () -> pushFactor(row));
        for (int v = 0; v < form.vectors(); v++) vectors.fuse(sum(row, v), factor, factor(v));
    }

    private void pushFactor(int row) {
        var code = vectors.code;
        code.aload(locals.a).iload(place(row)).iload(locals.k);
        if (form.aStep() != 1) code.loadConstant(form.aStep()).imul();
        code.iadd().faload();
    }

    /// Where the row begins in `a`.
    int place(int row) {
        return locals.own + row;
    }

    int sum(int row, int vector) {
        return locals.own + form.rows() + row * form.vectors() + vector;
    }

    /// The vectors of `b`, and after them the one that all columns share.
    private int factor(int vector) {
        return locals.own + form.rows() + form.rows() * form.vectors() + vector;
    }
}
