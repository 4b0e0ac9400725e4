package motley.cpu;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/// Names of the Vector API for generated code.
final class VectorTypes {
    private static final String PACKAGE = "jdk.incubator.vector.";

    static final ClassDesc FLOATS = ClassDesc.of(PACKAGE + "FloatVector");
    static final ClassDesc INTS = ClassDesc.of(PACKAGE + "IntVector");
    static final ClassDesc VECTOR = ClassDesc.of(PACKAGE + "Vector");
    static final ClassDesc MASK = ClassDesc.of(PACKAGE + "VectorMask");
    static final ClassDesc SPECIES = ClassDesc.of(PACKAGE + "VectorSpecies");
    static final ClassDesc OPERATORS = ClassDesc.of(PACKAGE + "VectorOperators");
    static final ClassDesc BINARY = ClassDesc.of(PACKAGE + "VectorOperators$Binary");
    static final ClassDesc COMPARISON = ClassDesc.of(PACKAGE + "VectorOperators$Comparison");
    static final ClassDesc CONVERSION = ClassDesc.of(PACKAGE + "VectorOperators$Conversion");

    static final ClassDesc FLOAT_ARRAY = ClassDesc.ofDescriptor("[F");
    static final ClassDesc INT_ARRAY = ClassDesc.ofDescriptor("[I");

    static final MethodTypeDesc RUN =
            MethodTypeDesc.of(CD_void, FLOAT_ARRAY, INT_ARRAY, INT_ARRAY, CD_int, CD_int);

    private VectorTypes() {}
}
