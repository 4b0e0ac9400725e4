package motley.program;

import java.util.List;
import java.util.Locale;
import motley.tensor.DType;

/// The number of every op in the binary form, and its name in the printed form.
///
/// Numbers are forever: one is never changed, and the number of a removed op never used again. The
/// same holds for the places in the lists of words below; new words are appended.
enum OpCode {
    UNARY(0x01),
    BINARY(0x02),
    COMPARE(0x03),
    SELECT(0x04),
    CONVERT(0x05),
    RESHAPE(0x10),
    TRANSPOSE(0x11),
    BROADCAST(0x12),
    SLICE(0x13),
    PAD(0x14),
    CONCATENATE(0x15),
    REVERSE(0x16),
    REDUCE(0x20),
    ARG_MAX(0x21),
    MAX_POOL(0x30),
    MAX_POOL_GRADIENT(0x31),
    MAX_POOL_PICK(0x32),
    AVERAGE_POOL(0x33),
    AVERAGE_POOL_GRADIENT(0x34),
    DOT_GENERAL(0x40),
    CONVOLUTION(0x41),
    CONVOLUTION_INPUT_GRADIENT(0x42),
    CONVOLUTION_FILTER_GRADIENT(0x43),
    GATHER(0x50),
    SCATTER_ADD(0x51),
    ONE_HOT(0x52),
    FILL(0x60),
    IOTA(0x61),
    RANDOM_UNIFORM(0x62);

    static final List<OpCode> ALL = List.of(values());

    static final List<DType> DTYPES = List.of(DType.F32, DType.I32, DType.BOOL);

    static final List<UnaryKind> UNARY_KINDS =
            List.of(
                    UnaryKind.NEG,
                    UnaryKind.ABS,
                    UnaryKind.SIGN,
                    UnaryKind.EXP,
                    UnaryKind.LOG,
                    UnaryKind.LOG1P,
                    UnaryKind.EXPM1,
                    UnaryKind.TANH,
                    UnaryKind.LOGISTIC,
                    UnaryKind.SQRT,
                    UnaryKind.RSQRT,
                    UnaryKind.SIN,
                    UnaryKind.COS,
                    UnaryKind.ERF,
                    UnaryKind.FLOOR,
                    UnaryKind.NOT);

    static final List<BinaryKind> BINARY_KINDS =
            List.of(
                    BinaryKind.ADD,
                    BinaryKind.SUB,
                    BinaryKind.MUL,
                    BinaryKind.DIV,
                    BinaryKind.MAX,
                    BinaryKind.MIN,
                    BinaryKind.POW,
                    BinaryKind.AND,
                    BinaryKind.OR);

    static final List<CompareKind> COMPARE_KINDS =
            List.of(
                    CompareKind.EQ,
                    CompareKind.NE,
                    CompareKind.LT,
                    CompareKind.LE,
                    CompareKind.GT,
                    CompareKind.GE);

    static final List<ReduceKind> REDUCE_KINDS =
            List.of(ReduceKind.SUM, ReduceKind.MAX, ReduceKind.MIN);

    private final int number;

    OpCode(int number) {
        this.number = number;
    }

    /// Below 128, so that it takes one byte.
    int number() {
        return number;
    }

    /// `max_pool`.
    String label() {
        return word(this);
    }

    /// An enum constant in lower snake case, as programs are printed.
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static OpCode of(Op op) {
        return switch (op) {
            case Op.Unary _ -> UNARY;
            case Op.Binary _ -> BINARY;
            case Op.Compare _ -> COMPARE;
            case Op.Select _ -> SELECT;
            case Op.Convert _ -> CONVERT;
            case Op.Reshape _ -> RESHAPE;
            case Op.Transpose _ -> TRANSPOSE;
            case Op.Broadcast _ -> BROADCAST;
            case Op.Slice _ -> SLICE;
            case Op.Pad _ -> PAD;
            case Op.Concatenate _ -> CONCATENATE;
            case Op.Reverse _ -> REVERSE;
            case Op.Reduce _ -> REDUCE;
            case Op.ArgMax _ -> ARG_MAX;
            case Op.MaxPool _ -> MAX_POOL;
            case Op.MaxPoolGradient _ -> MAX_POOL_GRADIENT;
            case Op.MaxPoolPick _ -> MAX_POOL_PICK;
            case Op.AveragePool _ -> AVERAGE_POOL;
            case Op.AveragePoolGradient _ -> AVERAGE_POOL_GRADIENT;
            case Op.DotGeneral _ -> DOT_GENERAL;
            case Op.Convolution _ -> CONVOLUTION;
            case Op.ConvolutionInputGradient _ -> CONVOLUTION_INPUT_GRADIENT;
            case Op.ConvolutionFilterGradient _ -> CONVOLUTION_FILTER_GRADIENT;
            case Op.Gather _ -> GATHER;
            case Op.ScatterAdd _ -> SCATTER_ADD;
            case Op.OneHot _ -> ONE_HOT;
            case Op.Fill _ -> FILL;
            case Op.Iota _ -> IOTA;
            case Op.RandomUniform _ -> RANDOM_UNIFORM;
        };
    }
}
