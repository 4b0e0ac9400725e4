package motley.program;

import java.util.ArrayList;
import java.util.List;

/// Programs as bytes: the form in which devices receive them and by which they are named.
///
/// Canonical: one program has one encoding, and the decoder refuses every other spelling of it, so
/// that equal programs have equal [ProgramHash]es. Types of equations are not written; they follow
/// from the type rules. The layout is in `docs/protocol/program-format.md`.
public final class ProgramCodec {
    /// The first bytes of every encoded program.
    static final byte[] magic() {
        return new byte[] {'M', 'O', 'T', 'P'};
    }

    /// Changes whenever older decoders would misread.
    static final int VERSION = 1;

    /// The fewest bytes an equation takes: op, operand count, nothing else.
    private static final int EQUATION_BYTES_MIN = 2;

    private ProgramCodec() {}

    /// `program` as bytes.
    ///
    /// @throws InvalidProgramException if it is ill-formed or ill-typed
    public static byte[] encode(Program program) {
        Verifier.verify(program, Limits.NONE);
        var to = new ByteSink();
        for (byte b : magic()) to.octet(b);
        to.natural(VERSION);
        to.natural(program.params().size());
        for (var param : program.params()) to.type("param", param.type());
        to.natural(program.equations().size());
        for (var e : program.equations()) equation(e, to);
        to.natural(program.results().size());
        for (var result : program.results()) to.natural(result.id());
        return to.toBytes();
    }

    /// Operands are written as distances back from the result: small numbers, most of the time.
    private static void equation(Equation e, ByteSink to) {
        to.natural(OpCode.of(e.op()).number());
        to.natural(e.in().size());
        for (var operand : e.in()) to.natural(e.out().id() - operand.id());
        OpForm.write(e.op(), to);
    }

    /// The program in `bytes`, verified.
    ///
    /// Time and memory are in proportion to `bytes.length`.
    ///
    /// @throws InvalidProgramException if `bytes` are not exactly one program within `limits`
    public static Program decode(byte[] bytes, Limits limits) {
        var from = new ByteSource(bytes);
        Program program;
        try {
            program = program(from, limits);
        } catch (InvalidProgramException refused) {
            throw refused;
        } catch (IllegalArgumentException refused) { // By a type rule or a record's constructor.
            throw from.refused(String.valueOf(refused.getMessage()));
        }
        Verifier.verify(program, limits);
        return program;
    }

    private static Program program(ByteSource from, Limits limits) {
        for (byte expected : magic()) {
            if (from.octet() != expected) throw from.refused("magic (expected: MOTP)");
        }
        int version = from.natural();
        if (version != VERSION) {
            throw from.refused("version: %d (expected: %d)".formatted(version, VERSION));
        }
        var values = new ArrayList<Var>();
        int paramCount = from.count("params", limits.paramCountMax(), EQUATION_BYTES_MIN);
        for (int i = 0; i < paramCount; i++) values.add(new Var(i, from.type("param")));
        var params = List.copyOf(values);
        int equationCount = from.count("equations", limits.equationCountMax(), EQUATION_BYTES_MIN);
        var equations = new ArrayList<Equation>();
        for (int i = 0; i < equationCount; i++) {
            var equation = equation(from, values, limits);
            equations.add(equation);
            values.add(equation.out());
        }
        int resultCount = from.count("results", limits.resultCountMax(), 1);
        var results = new ArrayList<Var>();
        for (int i = 0; i < resultCount; i++) {
            int id = from.natural();
            if (id < 0 || id >= values.size()) {
                throw from.refused("result: v%s".formatted(Integer.toUnsignedString(id)));
            }
            results.add(values.get(id));
        }
        from.requireEnd();
        return new Program(params, equations, results);
    }

    private static Equation equation(ByteSource from, List<Var> values, Limits limits) {
        int number = from.natural();
        var code = OpCode.ALL.stream().filter(c -> c.number() == number).findFirst();
        if (code.isEmpty()) {
            throw from.refused("op: %s".formatted(Integer.toUnsignedString(number)));
        }
        int operandCount = from.count("operands", limits.operandCountMax(), 1);
        var in = new ArrayList<Var>();
        for (int i = 0; i < operandCount; i++) {
            int distance = from.natural();
            if (distance < 1 || distance > values.size()) {
                throw from.refused(
                        "operand: %s back (expected: in [1, %d])"
                                .formatted(Integer.toUnsignedString(distance), values.size()));
            }
            in.add(values.get(values.size() - distance));
        }
        var op = OpForm.read(code.get(), from);
        var type = TypeRules.infer(op, in.stream().map(Var::type).toList());
        return new Equation(new Var(values.size(), type), op, in);
    }
}
