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
import java.util.function.Consumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorSpecies;

/// Bytecode over the Vector API: vectors of one length that live in local variables, and counted
/// loops.
///
/// An index that is a loop invariant plus the turn times a literal lets the optimising compiler
/// take the range check out of the loop; so bases are pushed by the caller, and what lies ahead of
/// them is literal.
final class VectorCode {
    static final ClassDesc FLOATS = CD_float.arrayType();
    private static final ClassDesc ANY_VECTOR = describe(Vector.class);
    private static final ClassDesc FLOAT_VECTOR = describe(FloatVector.class);
    private static final ClassDesc SPECIES = describe(VectorSpecies.class);
    private static final MethodTypeDesc LOAD =
            MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, FLOATS, CD_int);
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(CD_void, FLOATS, CD_int);
    private static final MethodTypeDesc BROADCAST =
            MethodTypeDesc.of(FLOAT_VECTOR, SPECIES, CD_float);
    private static final MethodTypeDesc ZERO = MethodTypeDesc.of(FLOAT_VECTOR, SPECIES);
    private static final MethodTypeDesc UNARY = MethodTypeDesc.of(FLOAT_VECTOR);
    private static final MethodTypeDesc BINARY = MethodTypeDesc.of(FLOAT_VECTOR, ANY_VECTOR);
    private static final MethodTypeDesc FMA =
            MethodTypeDesc.of(FLOAT_VECTOR, ANY_VECTOR, ANY_VECTOR);

    /// HotSpot compiles no method longer than this.
    private static final int CODE_BYTES_MAX = 8000;

    final CodeBuilder code;
    private final int lanes;

    VectorCode(CodeBuilder code, int lanes) {
        this.code = code;
        this.lanes = lanes;
    }

    /// Makes an object of a hidden class that implements `type`, an interface with the one method
    /// `run`.
    ///
    /// @param form what the class is for, named in errors
    /// @throws IllegalStateException if the method would be too long to be compiled
    static <T> T make(Class<T> type, MethodTypeDesc run, Object form, Consumer<CodeBuilder> body) {
        var name = ClassDesc.of(type.getPackageName(), "Generated" + type.getSimpleName());
        var bytes = ClassFile.of().build(name, made -> declare(made, type, run, body));
        checkSize(form, bytes);
        try {
            var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            var constructor = MethodType.methodType(void.class);
            return type.cast(
                    lookup.findConstructor(lookup.lookupClass(), constructor)
                            .asType(MethodType.methodType(Object.class))
                            .invokeExact());
        } catch (Throwable e) {
            throw new IllegalStateException("code: %s cannot be made".formatted(form), e);
        }
    }

    private static void declare(
            ClassBuilder made, Class<?> type, MethodTypeDesc run, Consumer<CodeBuilder> body) {
        made.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER);
        made.withInterfaceSymbols(describe(type));
        made.withMethodBody(INIT_NAME, MTD_void, 0, VectorCode::create);
        made.withMethodBody("run", run, ClassFile.ACC_PUBLIC, body);
    }

    private static void create(CodeBuilder code) {
        code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_();
    }

    private static void checkSize(Object form, byte[] bytes) {
        for (var method : ClassFile.of().parse(bytes).methods()) {
            int size = method.findAttribute(Attributes.code()).orElseThrow().codeLength();
            if (size > CODE_BYTES_MAX) {
                throw new IllegalStateException(
                        "code: %s has %d bytes of code (expected: at most %d)"
                                .formatted(form, size, CODE_BYTES_MAX));
            }
        }
    }

    private static ClassDesc describe(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    /// Loads the vector of `array` that lies `ahead` of the place that `base` pushes.
    void load(int to, int array, Runnable base, int ahead) {
        species();
        code.aload(array);
        base.run();
        add(ahead);
        code.invokestatic(FLOAT_VECTOR, "fromArray", LOAD).astore(to);
    }

    void store(int vector, int array, Runnable base, int ahead) {
        code.aload(vector).aload(array);
        base.run();
        add(ahead);
        code.invokevirtual(FLOAT_VECTOR, "intoArray", STORE);
    }

    void zero(int to) {
        species();
        code.invokestatic(FLOAT_VECTOR, "zero", ZERO).astore(to);
    }

    /// A vector of the float that `number` pushes.
    void broadcast(int to, Runnable number) {
        push(number);
        code.astore(to);
    }

    private void push(Runnable number) {
        species();
        number.run();
        code.invokestatic(FLOAT_VECTOR, "broadcast", BROADCAST);
    }

    void copy(int to, int from) {
        code.aload(from).astore(to);
    }

    void negate(int to, int from) {
        code.aload(from).invokevirtual(FLOAT_VECTOR, "neg", UNARY).astore(to);
    }

    void add(int to, int left, int right) {
        code.aload(left).aload(right).invokevirtual(FLOAT_VECTOR, "add", BINARY).astore(to);
    }

    void subtract(int to, int left, int right) {
        code.aload(left).aload(right).invokevirtual(FLOAT_VECTOR, "sub", BINARY).astore(to);
    }

    void multiply(int to, int vector, float factor) {
        code.aload(vector);
        push(() -> code.loadConstant(factor));
        code.invokevirtual(FLOAT_VECTOR, "mul", BINARY).astore(to);
    }

    /// `sum + left·right`, rounded once.
    void fuse(int sum, int left, int right) {
        code.aload(left).aload(right).aload(sum);
        code.invokevirtual(FLOAT_VECTOR, "fma", FMA).astore(sum);
    }

    void fuse(int sum, int vector, float factor) {
        code.aload(vector);
        push(() -> code.loadConstant(factor));
        code.aload(sum).invokevirtual(FLOAT_VECTOR, "fma", FMA).astore(sum);
    }

    private void species() {
        code.getstatic(FLOAT_VECTOR, "SPECIES_" + lanes * Float.SIZE, SPECIES);
    }

    private void add(int literal) {
        if (literal != 0) code.loadConstant(literal).iadd();
    }

    /// `variable` from 0 to what `limit` pushes, in steps of `step`.
    ///
    /// The test jumps back: where a method is compiled before it has run, as by a [WarmUp], the
    /// optimising compiler takes such a jump for a likely one, and the loop for a hot one.
    void loop(int variable, Runnable limit, int step, Runnable body) {
        var begin = code.newLabel();
        var test = code.newLabel();
        code.iconst_0().istore(variable).goto_(test).labelBinding(begin);
        body.run();
        code.iinc(variable, step).labelBinding(test).iload(variable);
        limit.run();
        code.if_icmplt(begin);
    }
}
