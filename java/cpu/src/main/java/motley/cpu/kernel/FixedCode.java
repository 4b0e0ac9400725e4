package motley.cpu.kernel;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static motley.cpu.kernel.VectorCode.FLOATS;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.MethodTypeDesc;

/// Writes the class of a [FixedProduct]: loops over panels, over register tiles, over terms.
///
/// The distance between rows of `a` is an argument though it could be literal, so that each row has
/// a pointer of its own. With one pointer and literal distances the optimising compiler loads ahead
/// what the tile has no registers for, and keeps a sum in memory.
///
/// A long sum is two loops, one in the other. The compiler guesses from the depth of loops how hot
/// code is, and chooses by that what stays in registers.
final class FixedCode {
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(
                    CD_void, FLOATS, CD_int, CD_int, FLOATS, CD_int, FLOATS, CD_int, CD_int, CD_int,
                    CD_int);

    // Local variables of `run`: its parameters, then its own.
    private static final int A = 1;
    private static final int A_OFFSET = 2;
    private static final int A_ROW = 3;
    private static final int B = 4;
    private static final int B_OFFSET = 5;
    private static final int C = 6;
    private static final int C_OFFSET = 7;
    private static final int C_ROW = 8;
    private static final int COUNT = 9;
    private static final int LENGTH = 10;
    private static final int PANEL = 11;
    private static final int ROW = 12;
    private static final int K = 13;
    private static final int A_PLACE = 14;
    private static final int C_PLACE = 15;
    private static final int TARGET = 16;
    private static final int B_PLACE = 17;
    private static final int SEGMENT = 18;
    private static final int ROWS = 19;

    private final FixedForm form;
    private final TileForm tile;
    private final CodeBuilder code;
    private final VectorCode vectors;
    private final TermCode terms;

    private FixedCode(FixedForm form, CodeBuilder code) {
        this.form = form;
        tile = form.tile();
        this.code = code;
        vectors = new VectorCode(code, tile.lanes());
        var locals = new TermCode.Locals(A, B, K, ROWS);
        terms = new TermCode(vectors, tile, locals);
    }

    /// Makes the product of `form`, as a hidden class.
    static FixedProduct make(FixedForm form) {
        return VectorCode.make(
                FixedProduct.class, RUN, form, code -> new FixedCode(form, code).run());
    }

    private void run() {
        vectors.loop(PANEL, () -> code.loadConstant(form.panels()), 1, this::panel);
        code.return_();
    }

    private void panel() {
        code.iload(A_OFFSET).istore(A_PLACE);
        code.iload(C_OFFSET).istore(C_PLACE);
        vectors.loop(ROW, () -> code.iload(COUNT), tile.rows(), this::tile);
        code.iload(B_OFFSET).loadConstant(form.panel()).iadd().istore(B_OFFSET);
        code.iinc(C_OFFSET, tile.columns());
    }

    private void tile() {
        for (int row = 0; row < tile.rows(); row++) {
            code.iload(A_PLACE).istore(terms.place(row));
            code.iload(A_PLACE).iload(A_ROW).iadd().istore(A_PLACE);
        }
        forEachSum(this::start);
        code.iload(B_OFFSET).istore(B_PLACE);
        int segment = form.segment();
        if (segment == form.length()) {
            sum(() -> literalOr(form.length(), LENGTH));
        } else {
            int segments = form.length() / segment;
            vectors.loop(SEGMENT, () -> code.loadConstant(segments), 1, () -> segment(segment));
        }
        forEachSum(this::finish);
        code.iload(TARGET).istore(C_PLACE);
    }

    private void segment(int length) {
        sum(() -> code.loadConstant(length));
        for (int row = 0; row < tile.rows(); row++) move(terms.place(row), length * tile.aStep());
        move(B_PLACE, length * tile.bStep());
    }

    private void sum(Runnable length) {
        vectors.loop(K, length, 1, () -> terms.write(this::placeInB));
    }

    private void move(int place, int by) {
        code.iload(place).loadConstant(by).iadd().istore(place);
    }

    private interface OfSum {
        void accept(int row, int vector);
    }

    /// Row by row, with the row's place in `c` in `TARGET`.
    private void forEachSum(OfSum action) {
        code.iload(C_PLACE).istore(TARGET);
        for (int row = 0; row < tile.rows(); row++) {
            for (int v = 0; v < tile.vectors(); v++) action.accept(row, v);
            code.iload(TARGET);
            literalOr(form.cRow(), C_ROW);
            code.iadd().istore(TARGET);
        }
    }

    private void literalOr(int literal, int argument) {
        if (literal > 0) code.loadConstant(literal);
        else code.iload(argument);
    }

    private void start(int row, int v) {
        if (form.adding()) vectors.load(terms.sum(row, v), C, this::target, v * tile.lanes());
        else vectors.zero(terms.sum(row, v));
    }

    private void finish(int row, int v) {
        vectors.store(terms.sum(row, v), C, this::target, v * tile.lanes());
    }

    private void target() {
        code.iload(TARGET);
    }

    private void placeInB() {
        code.iload(B_PLACE).iload(K).loadConstant(tile.bStep()).imul().iadd();
    }
}
