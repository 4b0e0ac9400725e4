package motley.cpu.kernel;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static motley.cpu.kernel.VectorCode.FLOATS;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/// Writes the class of a [Transform] from its matrix: a loop over vectors around two loops, over
/// the columns of `X` and over the rows of `T`, each with one dot product after another for every
/// row of the matrix, zeros and ones left out.
///
/// Steps between columns are literal, so every index of the inner loops is a loop invariant plus
/// the turn times a literal: that lets the optimising compiler take the range checks out of them.
/// The inner loops stay loops, because the first-tier compiler refuses longer methods, which then
/// may never reach the second.
final class TransformCode {
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(
                    CD_void, FLOATS, CD_int, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS,
                    CD_int, CD_int);

    // Local variables of `run`: its parameters, then its own.
    private static final int FROM = 1;
    private static final int FROM_OFFSET = 2;
    private static final int FROM_ROW = 3;
    private static final int FROM_STEP = 4;
    private static final int TO = 5;
    private static final int TO_OFFSET = 6;
    private static final int TO_ROW = 7;
    private static final int TO_STEP = 8;
    private static final int SCRATCH = 9;
    private static final int SCRATCH_OFFSET = 10;
    private static final int VECTORS = 11;
    private static final int VECTOR = 12;
    private static final int TURN = 13;
    private static final int TARGET = 14;
    private static final int SUM = 15;
    private static final int THERE = 16;
    private static final int ROWS = 17;

    private final TransformForm form;
    private final Matrix matrix;
    private final CodeBuilder code;
    private final VectorCode vectors;

    private TransformCode(TransformForm form, CodeBuilder code) {
        this.form = form;
        this.matrix = form.matrix();
        this.code = code;
        vectors = new VectorCode(code, form.lanes());
    }

    /// Makes the transform of `form`, as a hidden class.
    static Transform make(TransformForm form) {
        return VectorCode.make(
                Transform.class, RUN, form, code -> new TransformCode(form, code).run());
    }

    private void run() {
        vectors.loop(VECTOR, () -> code.iload(VECTORS), 1, this::transform);
        code.return_();
    }

    private void transform() {
        for (int k = 0; k < matrix.columns(); k++) {
            code.iload(FROM_OFFSET);
            if (k > 0) code.loadConstant(k).iload(FROM_ROW).imul().iadd();
            code.istore(row(k));
        }
        vectors.loop(TURN, () -> code.loadConstant(matrix.columns()), 1, this::columnOfX);
        vectors.loop(TURN, () -> code.loadConstant(matrix.rows()), 1, this::rowOfT);
        code.iload(FROM_OFFSET).iload(FROM_STEP).iadd().istore(FROM_OFFSET);
        code.iload(TO_OFFSET).iload(TO_STEP).iadd().istore(TO_OFFSET);
    }

    /// `P` times a column of `X`, into a column of `T`.
    private void columnOfX() {
        for (int k = 0; k < matrix.columns(); k++) {
            int row = row(k);
            vectors.load(term(k), FROM, () -> place(row, form.fromColumn()), 0);
        }
        for (int i = 0; i < matrix.rows(); i++) {
            dot(i);
            int ahead = i * matrix.columns() * form.lanes();
            vectors.store(SUM, SCRATCH, () -> place(SCRATCH_OFFSET, form.lanes()), ahead);
        }
    }

    /// A row of `T` times `Pᵀ`, into a row of `Y`.
    private void rowOfT() {
        for (int k = 0; k < matrix.columns(); k++) {
            int ahead = k * form.lanes();
            int row = matrix.columns() * form.lanes();
            vectors.load(term(k), SCRATCH, () -> place(SCRATCH_OFFSET, row), ahead);
        }
        code.iload(TO_OFFSET).iload(TURN).iload(TO_ROW).imul().iadd().istore(TARGET);
        for (int j = 0; j < matrix.rows(); j++) {
            int ahead = j * form.toColumn();
            dot(j);
            if (form.adding()) {
                vectors.load(THERE, TO, () -> code.iload(TARGET), ahead);
                vectors.add(SUM, THERE, SUM);
            }
            vectors.store(SUM, TO, () -> code.iload(TARGET), ahead);
        }
    }

    /// Where row `k` of `X` begins.
    private int row(int k) {
        return ROWS + k;
    }

    private int term(int k) {
        return ROWS + matrix.columns() + k;
    }

    /// Pushes the variable `base` plus the turn times a literal.
    private void place(int base, int step) {
        code.iload(base).iload(TURN).loadConstant(step).imul().iadd();
    }

    /// Row `i` of the matrix times the terms, in `SUM`.
    private void dot(int i) {
        var order = order(i);
        first(matrix.at(i, order.getFirst()), order.getFirst());
        for (int k : order.subList(1, order.size())) next(matrix.at(i, k), k);
    }

    /// The columns where row `i` is not zero, those with ones first.
    private List<Integer> order(int i) {
        var ones = new ArrayList<Integer>();
        var others = new ArrayList<Integer>();
        for (int k = 0; k < matrix.columns(); k++) {
            if (matrix.at(i, k) == 1) ones.add(k);
            else if (matrix.at(i, k) != 0) others.add(k);
        }
        ones.addAll(others);
        return ones;
    }

    private void first(float coefficient, int k) {
        if (coefficient == 1) vectors.copy(SUM, term(k));
        else if (coefficient == -1) vectors.negate(SUM, term(k));
        else vectors.multiply(SUM, term(k), coefficient);
    }

    private void next(float coefficient, int k) {
        if (coefficient == 1) vectors.add(SUM, SUM, term(k));
        else if (coefficient == -1) vectors.subtract(SUM, SUM, term(k));
        else vectors.fuse(SUM, term(k), coefficient);
    }
}
