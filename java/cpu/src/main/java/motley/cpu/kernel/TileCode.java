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
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/// Writes the class of a [Tile], with every vector of the tile in a local variable of its own.
///
/// The loop over `k` has one induction variable, and every index is a loop invariant plus `k` times
/// a literal: that lets the optimising compiler take the range checks out of the loop. A row's
/// place in `a` is such an invariant and not a literal, so the same code serves all images and
/// matrices. The step in `b` may be a variable where registers abound: its checks then stay, and
/// cost nothing beside 24 multiplications of vectors; with 16 registers they cost a third of the
/// speed. Methods above 8000 bytes are never compiled, hence the check.
final class TileCode {
    private static final ClassDesc NAME = ClassDesc.of("motley.cpu.kernel.GeneratedTile");
    private static final ClassDesc FLOATS = CD_float.arrayType();
    private static final ClassDesc INTS = CD_int.arrayType();
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final ClassDesc VECTOR = describe(Vector.class);
    private static final ClassDesc FLOAT_VECTOR = describe(FloatVector.class);
    private static final ClassDesc SPECIES = describe(VectorSpecies.class);
    private static final MethodTypeDesc LOAD =
            MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(CD_void, FLOATS, CD_int);
    private static final MethodTypeDesc BROADCAST =
            MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float);
    private static final MethodTypeDesc FMA = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR, VECTOR);
    private static final MethodTypeDesc MAX = MethodTypeDesc.of(FLOAT_VECTOR, VECTOR);
    private static final MethodTypeDesc MIN = MethodTypeDesc.of(CD_int, CD_int, CD_int);
    private static final MethodTypeDesc RUN =
            MethodTypeDesc.of(
                    CD_void, FLOATS, CD_int, INTS, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int,
                    FLOATS, CD_int, CD_int, FLOATS, CD_int, CD_int, CD_int, CD_int, CD_int,
                    CD_float);
    private static final int CODE_BYTES_MAX = 8000;

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

    private TileCode(TileForm form, CodeBuilder code) {
        this.form = form;
        this.code = code;
    }

    /// Makes the tile of `form`, as a hidden class.
    static Tile make(TileForm form) {
        var bytes = ClassFile.of().build(NAME, type -> declare(type, form));
        checkSize(form, bytes);
        try {
            var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            var constructor = MethodType.methodType(void.class);
            return (Tile) lookup.findConstructor(lookup.lookupClass(), constructor).invoke();
        } catch (Throwable e) {
            throw new IllegalStateException("tile: %s cannot be made".formatted(form), e);
        }
    }

    private static void declare(ClassBuilder type, TileForm form) {
        type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
        type.withInterfaceSymbols(describe(Tile.class));
        type.withMethodBody(INIT_NAME, MTD_void, 0, TileCode::create);
        type.withMethodBody(
                "run", RUN, ClassFile.ACC_PUBLIC, code -> new TileCode(form, code).run());
    }

    private static void checkSize(TileForm form, byte[] bytes) {
        for (var method : ClassFile.of().parse(bytes).methods()) {
            int size = method.findAttribute(Attributes.code()).orElseThrow().codeLength();
            if (size > CODE_BYTES_MAX) {
                throw new IllegalStateException(
                        "tile: %s has %d bytes of code (expected: at most %d)"
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
        var begin = code.newLabel();
        code.labelBinding(begin);
        code.iload(B_OFFSET).istore(B_PLACE);
        forEachRow(this::startRow);
        loop(TURN, OUTER, this::sumInner);
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
            int sum = sum(i / form.vectors(), i % form.vectors());
            code.aload(sum);
            species();
            code.fload(FLOOR).invokestatic(FLOAT_VECTOR, "broadcast", BROADCAST);
            code.invokevirtual(FLOAT_VECTOR, "max", MAX).astore(sum);
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
            load(INIT, () -> code.iload(SCRATCH), v * form.lanes());
            code.astore(sum(row, v));
        }
    }

    private void finishRow(int row) {
        rowNumber(row);
        code.iload(C_OFFSET).iload(SCRATCH).iload(C_ROW).imul().iadd().istore(SCRATCH);
        for (int v = 0; v < form.vectors(); v++) {
            code.aload(sum(row, v)).aload(C).iload(SCRATCH);
            add(v * form.lanes());
            code.invokevirtual(FLOAT_VECTOR, "intoArray", STORE);
        }
    }

    /// The row itself or, beyond those that are left, the last one.
    private void rowNumber(int row) {
        code.loadConstant(row).iload(LEFT).iconst_1().isub();
        code.invokestatic(MATH, "min", MIN).istore(SCRATCH);
    }

    /// The sums over `k`; then all places move on to the next turn.
    private void sumInner() {
        loop(K, LENGTH, this::step);
        forEachRow(row -> code.iload(place(row)).iload(A_OUTER).iadd().istore(place(row)));
        code.iload(B_PLACE).iload(B_OUTER).iadd().istore(B_PLACE);
    }

    private void step() {
        for (int v = 0; v < form.vectors(); v++) {
            load(B, this::placeInB, v * form.lanes());
            code.astore(factor(v));
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
        species();
        code.aload(A).iload(place(row)).iload(K);
        if (form.aStep() != 1) code.loadConstant(form.aStep()).imul();
        code.iadd().faload().invokestatic(FLOAT_VECTOR, "broadcast", BROADCAST);
        code.astore(factor(form.vectors()));
        for (int v = 0; v < form.vectors(); v++) {
            code.aload(factor(form.vectors())).aload(factor(v)).aload(sum(row, v));
            code.invokevirtual(FLOAT_VECTOR, "fma", FMA).astore(sum(row, v));
        }
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

    private void loop(int variable, int limit, Runnable body) {
        var begin = code.newLabel();
        var end = code.newLabel();
        code.iconst_0().istore(variable);
        code.labelBinding(begin).iload(variable).iload(limit).if_icmpge(end);
        body.run();
        code.iinc(variable, 1).goto_(begin).labelBinding(end);
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
