package motley.cpu.kernel;

import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static motley.cpu.kernel.VectorCode.FLOATS;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.IntConsumer;

/// Writes the class of a [Tile], with every vector of the tile in a local variable of its own.
///
/// The loop over `k` has one induction variable, and every index is a loop invariant plus `k` times
/// a literal: that lets the optimising compiler take the range checks out of the loop. A row's
/// place in `a` is such an invariant and not a literal, so the same code serves all images and
/// matrices. The step in `b` may be a variable where registers abound: its checks then stay, and
/// cost nothing beside 24 multiplications of vectors; with 16 registers they cost a third of the
/// speed.
final class TileCode {
    private static final ClassDesc INTS = CD_int.arrayType();
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final MethodTypeDesc MIN = MethodTypeDesc.of(CD_int, CD_int, CD_int);
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(
                    CD_void, FLOATS, CD_int, INTS, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int,
                    FLOATS, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, CD_int, CD_int,
                    CD_float);

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
    private static final int FLOOR = 19;
    private static final int K = 20;
    private static final int TURN = 21;
    private static final int SCRATCH = 22;
    private static final int B_PLACE = 23;
    private static final int ROWS = 24;

    private final TileForm form;
    private final CodeBuilder code;
    private final VectorCode vectors;

    private TileCode(TileForm form, CodeBuilder code) {
        this.form = form;
        this.code = code;
        vectors = new VectorCode(code, form.lanes());
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
        raiseToFloor();
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

    /// Maxima of vectors of floats are slow, as they respect the sign of zero; most sums need none.
    private void raiseToFloor() {
        var end = code.newLabel();
        code.fload(FLOOR).loadConstant(Float.NEGATIVE_INFINITY).fcmpl().ifeq(end);
        for (int i = 0; i < form.rows() * form.vectors(); i++) {
            vectors.raise(sum(i / form.vectors(), i % form.vectors()), () -> code.fload(FLOOR));
        }
        code.labelBinding(end);
    }

    /// Where the row begins in `a`, and its accumulators from `init`.
    private void startRow(int row) {
        rowNumber(row);
        code.aload(AT).iload(AT_OFFSET).iload(SCRATCH).iadd().iaload();
        code.iload(A_OFFSET).iadd().istore(place(row));
        code.iload(INIT_OFFSET).iload(SCRATCH).iload(INIT_ROW).imul().iadd().istore(SCRATCH);
        for (int v = 0; v < form.vectors(); v++) {
            vectors.load(sum(row, v), INIT, () -> code.iload(SCRATCH), v * form.lanes());
        }
    }

    private void finishRow(int row) {
        rowNumber(row);
        code.iload(C_OFFSET).iload(SCRATCH).iload(C_ROW).imul().iadd().istore(SCRATCH);
        for (int v = 0; v < form.vectors(); v++) {
            vectors.store(sum(row, v), C, () -> code.iload(SCRATCH), v * form.lanes());
        }
    }

    /// The row itself or, beyond those that are left, the last one.
    private void rowNumber(int row) {
        code.loadConstant(row).iload(LEFT).iconst_1().isub();
        code.invokestatic(MATH, "min", MIN).istore(SCRATCH);
    }

    /// The sums over `k`; then all places move on to the next turn.
    private void sumInner() {
        vectors.loop(K, () -> code.iload(LENGTH), 1, this::step);
        forEachRow(row -> code.iload(place(row)).iload(A_OUTER).iadd().istore(place(row)));
        code.iload(B_PLACE).iload(B_OUTER).iadd().istore(B_PLACE);
    }

    private void step() {
        for (int v = 0; v < form.vectors(); v++) {
            vectors.load(factor(v), B, this::placeInB, v * form.lanes());
        }
        forEachRow(this::multiply);
    }

    private void placeInB() {
        code.iload(B_PLACE).iload(K);
        if (form.bStep() > 0) code.loadConstant(form.bStep());
        else code.iload(B_STEP);
        code.imul().iadd();
    }

    /// One factor of the row against the vectors of `b`.
    private void multiply(int row) {
        int factor = factor(form.vectors());
        vectors.broadcast(factor, () -> placeInA(row));
        for (int v = 0; v < form.vectors(); v++) vectors.fuse(sum(row, v), factor, factor(v));
    }

    private void placeInA(int row) {
        code.aload(A).iload(place(row)).iload(K);
        if (form.aStep() != 1) code.loadConstant(form.aStep()).imul();
        code.iadd().faload();
    }

    private void forEachRow(IntConsumer action) {
        for (int row = 0; row < form.rows(); row++) action.accept(row);
    }

    private int place(int row) {
        return ROWS + row;
    }

    private int sum(int row, int vector) {
        return ROWS + form.rows() + row * form.vectors() + vector;
    }

    /// The vectors of `b`, and after them the one that all columns share.
    private int factor(int vector) {
        return ROWS + form.rows() + form.rows() * form.vectors() + vector;
    }
}
