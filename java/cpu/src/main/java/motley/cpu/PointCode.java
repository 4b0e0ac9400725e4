package motley.cpu;

import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_float;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static motley.cpu.VectorTypes.BINARY;
import static motley.cpu.VectorTypes.COMPARISON;
import static motley.cpu.VectorTypes.CONVERSION;
import static motley.cpu.VectorTypes.FLOATS;
import static motley.cpu.VectorTypes.FLOAT_ARRAY;
import static motley.cpu.VectorTypes.INTS;
import static motley.cpu.VectorTypes.INT_ARRAY;
import static motley.cpu.VectorTypes.MASK;
import static motley.cpu.VectorTypes.OPERATORS;
import static motley.cpu.VectorTypes.SPECIES;
import static motley.cpu.VectorTypes.VECTOR;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Optional;
import motley.compiler.kernel.Access;
import motley.compiler.kernel.Node;
import motley.compiler.kernel.Primitive;
import motley.tensor.DType;

/// Emits the nodes of a kernel for one vector of neighbouring points.
///
/// Every node has a local variable: a float vector, an int vector, or a mask of float lanes. Nodes
/// that do not change along the vector axis are computed before the loop over it.
final class PointCode {
    /// Slots of the parameters of [LoopBody#run].
    static final int F = 1;

    static final int I = 2;
    static final int STARTS = 3;
    static final int FROM = 4;
    static final int TO = 5;

    private static final MethodTypeDesc FLOATS_OF_VECTOR = MethodTypeDesc.of(FLOATS, VECTOR);
    private static final MethodTypeDesc INTS_OF_VECTOR = MethodTypeDesc.of(INTS, VECTOR);

    private final CodeBuilder c;
    private final ClassDesc owner;
    private final List<Node> nodes;
    private final int axis;
    private final LaneMaps maps;
    private final int[] locals;
    private final int[] bases;
    private final boolean[] invariant;

    /// @param axis the axis that vectors lie along
    /// @param maps of the strides along it, behind the starts
    PointCode(CodeBuilder c, ClassDesc owner, List<Node> nodes, int axis, LaneMaps maps) {
        this.c = c;
        this.owner = owner;
        this.nodes = nodes;
        this.axis = axis;
        this.maps = maps;
        locals = new int[nodes.size()];
        bases = new int[nodes.size()];
        invariant = new boolean[nodes.size()];
        for (int n = 0; n < locals.length; n++) {
            locals[n] = c.allocateLocal(TypeKind.REFERENCE);
            bases[n] = c.allocateLocal(TypeKind.INT);
            invariant[n] = isInvariant(nodes.get(n));
        }
    }

    private boolean isInvariant(Node node) {
        return switch (node) {
            case Node.Constant _ -> true;
            case Node.Load(var access) -> access.strides().get(axis) == 0;
            case Node.Index index -> index.strides().get(axis) == 0;
            case Node.Apply(_, var in) -> in.stream().allMatch(n -> invariant[n]);
        };
    }

    int local(int node) {
        return locals[node];
    }

    /// The local of the index at which node `n`'s access begins for the current outer indices.
    int base(int node) {
        return bases[node];
    }

    // ---- Before loops ----------------------------------------------------------------------

    /// Vectors that never change.
    void constants() {
        for (int n = 0; n < locals.length; n++) {
            if (nodes.get(n) instanceof Node.Constant(var dtype, int bits)) {
                switch (dtype) {
                    case F32 -> {
                        floatSpecies();
                        c.loadConstant(Float.intBitsToFloat(bits));
                        broadcastFloat();
                    }
                    case I32 -> {
                        intSpecies();
                        c.loadConstant(bits);
                        broadcastInt();
                    }
                    case BOOL -> {
                        floatSpecies();
                        c.loadConstant(bits);
                        var type = MethodTypeDesc.of(MASK, CD_boolean);
                        c.invokeinterface(SPECIES, "maskAll", type);
                    }
                }
                c.astore(locals[n]);
            }
        }
    }

    /// Nodes that stay the same along the vector axis; bases are set.
    void invariants() {
        for (int n = 0; n < locals.length; n++) {
            if (!invariant[n]) continue;
            switch (nodes.get(n)) {
                case Node.Constant _ -> {}
                case Node.Load load -> {
                    repeat(load.dtype(), n);
                    c.astore(locals[n]);
                }
                case Node.Index _ -> {
                    intSpecies();
                    c.iload(bases[n]);
                    broadcastInt();
                    c.astore(locals[n]);
                }
                case Node.Apply apply -> {
                    apply(apply);
                    c.astore(locals[n]);
                }
            }
        }
    }

    private void repeat(DType dtype, int n) {
        switch (dtype) {
            case F32 -> {
                floatSpecies();
                c.aload(F).iload(bases[n]).faload();
                broadcastFloat();
            }
            case I32 -> {
                intSpecies();
                c.aload(I).iload(bases[n]).iaload();
                broadcastInt();
            }
            case BOOL -> {
                floatSpecies();
                c.aload(I).iload(bases[n]).iaload();
                c.invokeinterface(SPECIES, "maskAll", MethodTypeDesc.of(MASK, CD_boolean));
            }
        }
    }

    // ---- Inside the loop -------------------------------------------------------------------

    /// Computes the other nodes for the vector at `j + shift` along the vector axis.
    ///
    /// @param j the local of the index
    /// @param mask the local of the mask of lanes to load, if not all
    void vary(int j, int shift, Optional<Integer> mask) {
        for (int n = 0; n < locals.length; n++) {
            if (invariant[n]) continue;
            switch (nodes.get(n)) {
                case Node.Constant _ -> {}
                case Node.Load(var access) when access.strides().get(axis) == 1 ->
                        load(access.buffer().dtype(), n, j, shift, mask);
                case Node.Load(var access) -> gather(access, n, j, shift);
                case Node.Index(_, var strides) -> index(n, strides.get(axis), j, shift);
                case Node.Apply apply -> apply(apply);
            }
            c.astore(locals[n]);
        }
    }

    /// The address of `base + stride·(j + shift)`.
    private void strided(int base, int stride, int j, int shift) {
        c.iload(base).iload(j);
        if (shift != 0) c.loadConstant(shift).iadd();
        c.loadConstant(stride).imul().iadd();
    }

    private void address(int base, int j, int shift) {
        c.iload(base).iload(j).iadd();
        if (shift != 0) c.loadConstant(shift).iadd();
    }

    /// Lanes a stride apart, through the map of that stride behind the starts.
    private void gather(Access access, int n, int j, int shift) {
        var dtype = access.buffer().dtype();
        int stride = access.strides().get(axis);
        boolean floats = dtype == DType.F32;
        if (floats) floatSpecies();
        else intSpecies();
        c.aload(floats ? F : I);
        strided(bases[n], stride, j, shift);
        c.aload(STARTS).loadConstant(maps.offset(stride));
        var vector = floats ? FLOATS : INTS;
        var array = floats ? FLOAT_ARRAY : INT_ARRAY;
        var type = MethodTypeDesc.of(vector, SPECIES, array, CD_int, INT_ARRAY, CD_int);
        c.invokestatic(vector, "fromArray", type);
        if (dtype == DType.BOOL) isSet();
    }

    /// The mask of the lanes of an int vector that are not 0.
    private void isSet() {
        c.getstatic(OPERATORS, "NE", COMPARISON).iconst_0();
        c.invokevirtual(INTS, "compare", MethodTypeDesc.of(MASK, COMPARISON, CD_int));
        castTo("FS");
    }

    private void load(DType dtype, int n, int j, int shift, Optional<Integer> mask) {
        boolean floats = dtype == DType.F32;
        if (floats) floatSpecies();
        else intSpecies();
        c.aload(floats ? F : I);
        address(bases[n], j, shift);
        var vector = floats ? FLOATS : INTS;
        var array = floats ? FLOAT_ARRAY : INT_ARRAY;
        if (mask.isPresent()) {
            c.aload(mask.get());
            if (!floats) castTo("IS");
            var type = MethodTypeDesc.of(vector, SPECIES, array, CD_int, MASK);
            c.invokestatic(vector, "fromArray", type);
        } else {
            var type = MethodTypeDesc.of(vector, SPECIES, array, CD_int);
            c.invokestatic(vector, "fromArray", type);
        }
        if (dtype == DType.BOOL) isSet();
    }

    private void index(int n, int stride, int j, int shift) {
        intSpecies();
        strided(bases[n], stride, j, shift);
        broadcastInt();
        c.loadConstant(stride);
        c.invokevirtual(INTS, "addIndex", MethodTypeDesc.of(INTS, CD_int));
    }

    /// Writes node `n` to the vector at `base + j + shift`.
    void store(int n, int base, int j, int shift, Optional<Integer> mask) {
        var dtype = nodes.get(n).dtype();
        boolean floats = dtype == DType.F32;
        if (dtype == DType.BOOL) {
            intSpecies();
            c.iconst_0();
            broadcastInt();
            intSpecies();
            c.iconst_1();
            broadcastInt();
            c.aload(locals[n]);
            castTo("IS");
            c.invokevirtual(INTS, "blend", MethodTypeDesc.of(INTS, VECTOR, MASK));
        } else {
            c.aload(locals[n]);
        }
        c.aload(floats ? F : I);
        address(base, j, shift);
        var vector = floats ? FLOATS : INTS;
        var array = floats ? FLOAT_ARRAY : INT_ARRAY;
        if (mask.isPresent()) {
            c.aload(mask.get());
            if (!floats) castTo("IS");
            var type = MethodTypeDesc.of(CD_void, array, CD_int, MASK);
            c.invokevirtual(vector, "intoArray", type);
        } else {
            c.invokevirtual(vector, "intoArray", MethodTypeDesc.of(CD_void, array, CD_int));
        }
    }

    /// Writes the float vector in `local` to `base + j + shift`.
    void storeVector(int local, int base, int j, int shift, Optional<Integer> mask) {
        c.aload(local).aload(F);
        address(base, j, shift);
        if (mask.isPresent()) {
            c.aload(mask.get());
            var type = MethodTypeDesc.of(CD_void, FLOAT_ARRAY, CD_int, MASK);
            c.invokevirtual(FLOATS, "intoArray", type);
        } else {
            c.invokevirtual(FLOATS, "intoArray", MethodTypeDesc.of(CD_void, FLOAT_ARRAY, CD_int));
        }
    }

    // ---- Primitives ------------------------------------------------------------------------

    private void apply(Node.Apply apply) {
        var in = apply.operands();
        var primitive = apply.primitive();
        switch (primitive) {
            case ADD, SUB, MUL, DIV, MAX, MIN -> {
                operands(in);
                c.invokevirtual(FLOATS, method(primitive), FLOATS_OF_VECTOR);
            }
            case FMA -> {
                operands(in);
                c.invokevirtual(FLOATS, "fma", MethodTypeDesc.of(FLOATS, VECTOR, VECTOR));
            }
            case SQRT, NEG, ABS -> {
                operands(in);
                c.invokevirtual(FLOATS, method(primitive), MethodTypeDesc.of(FLOATS));
            }
            case INT_ADD, INT_SUB, INT_MUL, INT_MAX, INT_MIN, INT_AND, INT_OR -> {
                operands(in);
                c.invokevirtual(INTS, method(primitive), INTS_OF_VECTOR);
            }
            case SHIFT_LEFT -> shift("LSHL", in);
            case SHIFT_RIGHT -> shift("ASHR", in);
            case TO_INT -> convert(FLOATS, "F2I", INTS, in);
            case TO_FLOAT -> convert(INTS, "I2F", FLOATS, in);
            case BITS -> {
                operands(in);
                c.invokevirtual(FLOATS, "reinterpretAsInts", MethodTypeDesc.of(INTS));
            }
            case FROM_BITS -> {
                operands(in);
                c.invokevirtual(INTS, "reinterpretAsFloats", MethodTypeDesc.of(FLOATS));
            }
            case EQ, NE, LT, LE -> compare(FLOATS, primitive, in);
            case INT_EQ, INT_NE, INT_LT, INT_LE -> {
                compare(INTS, primitive, in);
                castTo("FS");
            }
            case AND, OR -> {
                operands(in);
                c.invokevirtual(MASK, method(primitive), MethodTypeDesc.of(MASK, MASK));
            }
            case NOT -> {
                operands(in);
                c.invokevirtual(MASK, "not", MethodTypeDesc.of(MASK));
            }
            case SELECT -> select(FLOATS, in);
            case INT_SELECT -> select(INTS, in);
        }
    }

    private static String method(Primitive primitive) {
        return primitive.name().toLowerCase(java.util.Locale.ROOT).replace("int_", "");
    }

    private void operands(List<Integer> in) {
        for (int n : in) c.aload(locals[n]);
    }

    private void shift(String operator, List<Integer> in) {
        if (!(nodes.get(in.get(1)) instanceof Node.Constant(_, int distance))) {
            throw new IllegalStateException("shift by " + nodes.get(in.get(1)));
        }
        c.aload(locals[in.get(0)]).getstatic(OPERATORS, operator, BINARY).loadConstant(distance);
        c.invokevirtual(INTS, "lanewise", MethodTypeDesc.of(INTS, BINARY, CD_int));
    }

    private void convert(ClassDesc from, String conversion, ClassDesc to, List<Integer> in) {
        operands(in);
        c.getstatic(OPERATORS, conversion, CONVERSION).iconst_0();
        c.invokevirtual(from, "convert", MethodTypeDesc.of(VECTOR, CONVERSION, CD_int));
        c.checkcast(to);
    }

    private void compare(ClassDesc vector, Primitive primitive, List<Integer> in) {
        var relation = primitive.name().replace("INT_", "");
        c.aload(locals[in.get(0)]).getstatic(OPERATORS, relation, COMPARISON);
        c.aload(locals[in.get(1)]);
        c.invokevirtual(vector, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
    }

    private void select(ClassDesc vector, List<Integer> in) {
        c.aload(locals[in.get(2)]).aload(locals[in.get(1)]).aload(locals[in.get(0)]);
        if (vector.equals(INTS)) castTo("IS");
        c.invokevirtual(vector, "blend", MethodTypeDesc.of(vector, VECTOR, MASK));
    }

    // ---- Species and masks -----------------------------------------------------------------

    void floatSpecies() {
        c.getstatic(owner, "FS", SPECIES);
    }

    private void intSpecies() {
        c.getstatic(owner, "IS", SPECIES);
    }

    void broadcastFloat() {
        c.invokestatic(FLOATS, "broadcast", MethodTypeDesc.of(FLOATS, SPECIES, CD_float));
    }

    private void broadcastInt() {
        c.invokestatic(INTS, "broadcast", MethodTypeDesc.of(INTS, SPECIES, CD_int));
    }

    private void castTo(String species) {
        c.getstatic(owner, species, SPECIES);
        c.invokevirtual(MASK, "cast", MethodTypeDesc.of(MASK, SPECIES));
    }

    /// The local of a mask of the first `lanes` lanes.
    int maskOf(int lanes) {
        int mask = c.allocateLocal(TypeKind.REFERENCE);
        floatSpecies();
        c.loadConstant((1L << lanes) - 1);
        c.invokestatic(MASK, "fromLong", MethodTypeDesc.of(MASK, SPECIES, CD_long)).astore(mask);
        return mask;
    }

    /// The local of a mask of the lanes from local `j` up to local `end`.
    int maskBetween(int j, int end) {
        int mask = c.allocateLocal(TypeKind.REFERENCE);
        floatSpecies();
        c.iload(j).iload(end);
        c.invokeinterface(SPECIES, "indexInRange", MethodTypeDesc.of(MASK, CD_int, CD_int));
        c.astore(mask);
        return mask;
    }
}
