package motley.cpu.kernel;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static motley.cpu.kernel.VectorCode.FLOATS;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.IntConsumer;

/// Writes the class of a [Tile], with every vector of the tile in a local variable of its own.
///
/// A row's place in `a` is no literal, so the same code serves all images and matrices. The step in
/// `b` may be a variable where registers abound: its checks then stay, and cost nothing beside 24
/// multiplications of vectors; with 16 registers they cost a third of the speed.
final class TileCode {
    private static final ClassDesc INTS = CD_int.arrayType();
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final MethodTypeDesc MIN = MethodTypeDesc.of(CD_int, CD_int, CD_int);
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(
                    CD_void, FLOATS, CD_int, INTS, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int,
                    FLOATS, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, CD_int, CD_int);

    // Local variables of `run`: its parameters, then its own.
    private static final int A = 1;
    private static final int A_OFFSET = 2;
    private static final int AT = 3;
    private static final int AT_OFFSET = 4;
    private static final int A_OUTER = 5;
    private static final int B = 6;
    private static final int B_OFFSET = 7;
    private static final int B_OUTER = 8;
    private static final int B_STEP = 9;
    private static final int INIT = 10;
    private static final int INIT_OFFSET = 11;
    private static final int INIT_ROW = 12;
    private static final int C = 13;
    private static final int C_OFFSET = 14;
    private static final int C_ROW = 15;
    private static final int LEFT = 16;
    private static final int OUTER = 17;
    private static final int LENGTH = 18;
    private static final int K = 19;
    private static final int TURN = 20;
    private static final int SCRATCH = 21;
    private static final int B_PLACE = 22;
    private static final int ROWS = 23;

    private final TileForm form;
    private final CodeBuilder code;
    private final VectorCode vectors;
    private final TermCode terms;

    private TileCode(TileForm form, CodeBuilder code) {
        this.form = form;
        this.code = code;
        vectors = new VectorCode(code, form.lanes());
        terms = new TermCode(vectors, form, new TermCode.Locals(A, B, K, ROWS));
    }

    /// Makes the tile of `form`, as a hidden class.
    static Tile make(TileForm form) {
        return VectorCode.make(Tile.class, RUN, form, code -> new TileCode(form, code).run());
    }

    private void run() {
        var begin = code.newLabel();
        code.labelBinding(begin);
        code.iload(B_OFFSET).istore(B_PLACE);
        forEachRow(this::startRow);
        vectors.loop(TURN, () -> code.iload(OUTER), 1, this::sumInner);
        forEachRow(this::finishRow);
        code.iinc(AT_OFFSET, form.rows());
        next(INIT_OFFSET, INIT_ROW);
        next(C_OFFSET, C_ROW);
        code.iinc(LEFT, -form.rows()).iload(LEFT).ifgt(begin);
        code.return_();
    }

    /// Moves an offset on by the rows of the tile.
    private void next(int offset, int row) {
        code.iload(offset).iload(row).loadConstant(form.rows()).imul().iadd().istore(offset);
    }

    /// Where the row begins in `a`, and its accumulators from `init`.
    private void startRow(int row) {
        rowNumber(row);
        code.aload(AT).iload(AT_OFFSET).iload(SCRATCH).iadd().iaload();
        code.iload(A_OFFSET).iadd().istore(terms.place(row));
        code.iload(INIT_OFFSET).iload(SCRATCH).iload(INIT_ROW).imul().iadd().istore(SCRATCH);
        for (int v = 0; v < form.vectors(); v++) {
            vectors.load(terms.sum(row, v), INIT, () -> code.iload(SCRATCH), v * form.lanes());
        }
    }

    private void finishRow(int row) {
        rowNumber(row);
        code.iload(C_OFFSET).iload(SCRATCH).iload(C_ROW).imul().iadd().istore(SCRATCH);
        for (int v = 0; v < form.vectors(); v++) {
            vectors.store(terms.sum(row, v), C, () -> code.iload(SCRATCH), v * form.lanes());
        }
    }

    /// The row itself or, beyond those that are left, the last one.
    private void rowNumber(int row) {
        code.loadConstant(row).iload(LEFT).iconst_1().isub();
        code.invokestatic(MATH, "min", MIN).istore(SCRATCH);
    }

    /// The sums over `k`; then all places move on to the next turn.
    private void sumInner() {
        vectors.loop(K, () -> code.iload(LENGTH), 1, () -> terms.write(this::placeInB));
        forEachRow(
                row -> code.iload(terms.place(row)).iload(A_OUTER).iadd().istore(terms.place(row)));
        code.iload(B_PLACE).iload(B_OUTER).iadd().istore(B_PLACE);
    }

    private void placeInB() {
        code.iload(B_PLACE).iload(K);
        if (form.bStep() > 0) code.loadConstant(form.bStep());
        else code.iload(B_STEP);
        code.imul().iadd();
    }

    private void forEachRow(IntConsumer action) {
        for (int row = 0; row < form.rows(); row++) action.accept(row);
    }
}
