package motley.cpu.kernel;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/// Writes the class of a [Transform] from its matrix: a loop over vectors around two loops, over
/// the columns of `X` and over the rows of `T`, each with one dot product after another for every
/// row of the matrix, zeros and ones left out.
///
/// Steps between columns are literal, so every index of the inner loops is a loop invariant plus
/// the turn times a literal: that lets the optimising compiler take the range checks out of them.
/// The inner loops stay loops, because the first-tier compiler refuses longer methods, which then
/// may never reach the second.
final class TransformCode {
    private static final ClassDesc NAME = ClassDesc.of("motley.cpu.kernel.GeneratedTransform");
    private static final ClassDesc FLOATS = CD_float.arrayType();
    private static final ClassDesc ANY_VECTOR = describe(Vector.class);
    private static final ClassDesc FLOAT_VECTOR = describe(FloatVector.class);
    private static final ClassDesc SPECIES = describe(VectorSpecies.class);
    private static final MethodTypeDesc LOAD =
            MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(CD_void, FLOATS, CD_int);
    private static final MethodTypeDesc BROADCAST =
            MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float);
    private static final MethodTypeDesc WITH_VECTOR = MethodTypeDesc.of(FLOAT_VECTOR, ANY_VECTOR);
    private static final MethodTypeDesc FMA =
            MethodTypeDesc.of(FLOAT_VECTOR, ANY_VECTOR, ANY_VECTOR);
    private static final MethodTypeDesc NEG = MethodTypeDesc.of(FLOAT_VECTOR);
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(
                    CD_void, FLOATS, CD_int, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, FLOATS,
                    CD_int, CD_int);
    private static final int CODE_BYTES_MAX = 8000;

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
    private static final int ROWS = 16;

    private final TransformForm form;
    private final Matrix matrix;
    private final CodeBuilder code;

    private TransformCode(TransformForm form, CodeBuilder code) {
        this.form = form;
        this.matrix = form.matrix();
        this.code = code;
    }

    /// Makes the transform of `form`, as a hidden class.
    static Transform make(TransformForm form) {
        var bytes = ClassFile.of().build(NAME, type -> declare(type, form));
        checkSize(form, bytes);
        try {
            var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            var constructor = MethodType.methodType(void.class);
            return (Transform) lookup.findConstructor(lookup.lookupClass(), constructor).invoke();
        } catch (Throwable e) {
            throw new IllegalStateException("transform: %s cannot be made".formatted(form), e);
        }
    }

    private static void declare(ClassBuilder type, TransformForm form) {
        type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
        type.withInterfaceSymbols(describe(Transform.class));
        type.withMethodBody(INIT_NAME, MTD_void, 0, TransformCode::create);
        type.withMethodBody(
                "run", RUN, ClassFile.ACC_PUBLIC, code -> new TransformCode(form, code).run());
    }

    private static void checkSize(TransformForm form, byte[] bytes) {
        for (var method : ClassFile.of().parse(bytes).methods()) {
            int size = method.findAttribute(Attributes.code()).orElseThrow().codeLength();
            if (size > CODE_BYTES_MAX) {
                throw new IllegalStateException(
                        "transform: %s has %d bytes of code (expected: at most %d)"
                                .formatted(form, size, CODE_BYTES_MAX));
            }
        }
    }

    private static ClassDesc describe(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    private static void create(CodeBuilder code) {
        code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_();
    }

    private void run() {
        loop(VECTOR, () -> code.iload(VECTORS), this::transform);
        code.return_();
    }

    private void transform() {
        for (int k = 0; k < matrix.columns(); k++) {
            code.iload(FROM_OFFSET);
            if (k > 0) code.loadConstant(k).iload(FROM_ROW).imul().iadd();
            code.istore(row(k));
        }
        loop(TURN, () -> code.loadConstant(matrix.columns()), this::columnOfX);
        loop(TURN, () -> code.loadConstant(matrix.rows()), this::rowOfT);
        code.iload(FROM_OFFSET).iload(FROM_STEP).iadd().istore(FROM_OFFSET);
        code.iload(TO_OFFSET).iload(TO_STEP).iadd().istore(TO_OFFSET);
    }

    /// `P` times a column of `X`, into a column of `T`.
    private void columnOfX() {
        for (int k = 0; k < matrix.columns(); k++) {
            int row = row(k);
            load(FROM, () -> place(row, form.fromColumn()), 0);
            code.astore(term(k));
        }
        for (int i = 0; i < matrix.rows(); i++) {
            dot(i);
            code.aload(SUM).aload(SCRATCH);
            place(SCRATCH_OFFSET, form.lanes());
            add(i * matrix.columns() * form.lanes());
            code.invokevirtual(FLOAT_VECTOR, "intoArray", STORE);
        }
    }

    /// A row of `T` times `Pᵀ`, into a row of `Y`.
    private void rowOfT() {
        for (int k = 0; k < matrix.columns(); k++) {
            int ahead = k * form.lanes();
            load(SCRATCH, () -> place(SCRATCH_OFFSET, matrix.columns() * form.lanes()), ahead);
            code.astore(term(k));
        }
        code.iload(TO_OFFSET).iload(TURN).iload(TO_ROW).imul().iadd().istore(TARGET);
        for (int j = 0; j < matrix.rows(); j++) {
            int ahead = j * form.toColumn();
            dot(j);
            if (form.adding()) {
                load(TO, () -> code.iload(TARGET), ahead);
                code.aload(SUM).invokevirtual(FLOAT_VECTOR, "add", WITH_VECTOR).astore(SUM);
            }
            code.aload(SUM).aload(TO).iload(TARGET);
            add(ahead);
            code.invokevirtual(FLOAT_VECTOR, "intoArray", STORE);
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
        code.aload(term(k));
        if (coefficient == -1) {
            code.invokevirtual(FLOAT_VECTOR, "neg", NEG);
        } else if (coefficient != 1) {
            broadcast(coefficient);
            code.invokevirtual(FLOAT_VECTOR, "mul", WITH_VECTOR);
        }
        code.astore(SUM);
    }

    private void next(float coefficient, int k) {
        if (coefficient == 1) {
            code.aload(SUM).aload(term(k)).invokevirtual(FLOAT_VECTOR, "add", WITH_VECTOR);
        } else if (coefficient == -1) {
            code.aload(SUM).aload(term(k)).invokevirtual(FLOAT_VECTOR, "sub", WITH_VECTOR);
        } else {
            code.aload(term(k));
            broadcast(coefficient);
            code.aload(SUM).invokevirtual(FLOAT_VECTOR, "fma", FMA);
        }
        code.astore(SUM);
    }

    private void broadcast(float coefficient) {
        species();
        code.loadConstant(coefficient).invokestatic(FLOAT_VECTOR, "broadcast", BROADCAST);
    }

    /// Pushes the vector of `array` at `base` plus a literal.
    private void load(int array, Runnable base, int ahead) {
        species();
        code.aload(array);
        base.run();
        add(ahead);
        code.invokestatic(FLOAT_VECTOR, "fromArray", LOAD);
    }

    private void species() {
        code.getstatic(FLOAT_VECTOR, "SPECIES_" + form.lanes() * Float.SIZE, SPECIES);
    }

    private void add(int literal) {
        if (literal != 0) code.loadConstant(literal).iadd();
    }

    private void loop(int variable, Runnable turns, Runnable body) {
        var begin = code.newLabel();
        var end = code.newLabel();
        code.iconst_0().istore(variable);
        code.labelBinding(begin).iload(variable);
        turns.run();
        code.if_icmpge(end);
        body.run();
        code.iinc(variable, 1).goto_(begin).labelBinding(end);
    }
}
