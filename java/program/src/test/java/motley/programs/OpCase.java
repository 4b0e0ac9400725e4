package motley.programs;

import java.util.List;
import java.util.SplittableRandom;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.reference.Accuracy;
import motley.program.reference.Enclosure;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.tensor.DType;
import motley.tensor.TensorType;

/// One use of one operation, to be tested by itself.
///
/// @param low of f32 operands: the lower end of the operation's domain, or of a part of it
/// @param high of f32 operands
public record OpCase(Op op, List<TensorType> operands, double low, double high) {
    private static final int ATTEMPTS = 1000;

    public OpCase {
        operands = List.copyOf(operands);
    }

    static OpCase of(Op op, TensorType... operands) {
        return new OpCase(op, List.of(operands), -2, 2);
    }

    static OpCase positive(Op op, TensorType... operands) {
        return new OpCase(op, List.of(operands), 0.5, 3);
    }

    /// A program of this operation alone.
    public Program program() {
        var b = new ProgramBuilder();
        var in = operands.stream().map(b::param).toArray(Var[]::new);
        return b.build(List.of(b.apply(op, in)));
    }

    /// Operands in the operation's domain, on a grid of 2⁻¹². Indices are sometimes out of range.
    public Sample sample(SplittableRandom random) {
        return new Sample(program(), operands.stream().map(type -> values(random, type)).toList());
    }

    /// Operands that may move by `wiggle` without crossing a kink.
    public Sample sample(SplittableRandom random, double wiggle) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var sample = sample(random);
            if (!kinked(sample, wiggle)) return sample;
        }
        throw new IllegalStateException(this + ": wiggle " + wiggle + " (expected: less)");
    }

    private boolean kinked(Sample sample, double wiggle) {
        var in = sample.operands().stream().map(x -> around(x, wiggle)).toList();
        var out = sample.program().resultTypes().getFirst();
        var result = ErrorBound.apply(op, in, out, Accuracy.FLOAT64);
        boolean jumps = out.dtype() != DType.F32 && result.radius().sum() > 0;
        return jumps || Kinks.near(op, in);
    }

    private static Enclosure around(Values x, double wiggle) {
        double radius = x.type().dtype() == DType.F32 ? wiggle : 0;
        return new Enclosure(x, Values.filled(x.type().with(DType.F32), radius));
    }

    private Values values(SplittableRandom random, TensorType type) {
        return switch (type.dtype()) {
            case F32 -> Values.tabulate(type, _ -> onGrid(random.nextDouble(low, high)));
            case I32 -> Values.tabulate(type, _ -> random.nextInt(-1, 5));
            case BOOL -> Values.tabulate(type, _ -> random.nextInt(2));
        };
    }

    private static double onGrid(double x) {
        return Math.ceil(x * 0x1p12) * 0x1p-12;
    }

    /// Shown as the test's name.
    @Override
    public String toString() {
        return op + " of " + operands;
    }
}
