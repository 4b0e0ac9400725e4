package motley.programs;

import java.util.SplittableRandom;
import motley.program.reference.Values;
import motley.tensor.DType;

/// Numbers at the edges of their types, put among the operands of a program.
public final class Extraordinary {
    private static final double[] FLOATS = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0.0,
        -0.0,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL / 2,
        Float.MAX_VALUE,
        -Float.MAX_VALUE
    };
    private static final double[] INTS = {
        Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE + 1, -1, 0, 1 << 24
    };
    /// Elements replaced at most where they are few, as in the factors of a long sum.
    private static final int FEW = 2;

    private Extraordinary() {}

    /// One of them.
    public static double number(DType dtype, SplittableRandom random) {
        var choices = choices(dtype);
        return choices[random.nextInt(choices.length)];
    }

    /// `sample` with a few elements, or a third of them, replaced in each operand.
    public static Sample sprinkled(Sample sample, SplittableRandom random) {
        return new Sample(
                sample.program(),
                sample.operands().stream().map(x -> sprinkled(x, random)).toList());
    }

    /// `sample` with the smallest normal numbers in place of smaller ones, zeros left out.
    public static Sample withoutSubnormals(Sample sample) {
        return new Sample(
                sample.program(), sample.operands().stream().map(Extraordinary::normal).toList());
    }

    private static Values normal(Values x) {
        if (x.type().dtype() != DType.F32) return x;
        return x.map(
                v ->
                        v != 0 && Math.abs(v) < Float.MIN_NORMAL
                                ? Math.copySign(Float.MIN_NORMAL, v)
                                : v);
    }

    private static Values sprinkled(Values x, SplittableRandom random) {
        var elements = x.toArray();
        int replaced = random.nextBoolean() ? FEW : elements.length / 3 + 1;
        for (int i = 0; i < replaced; i++) {
            int place = random.nextInt(elements.length);
            elements[place] = number(x.type().dtype(), random);
        }
        return Values.of(x.type(), elements);
    }

    private static double[] choices(DType dtype) {
        return switch (dtype) {
            case F32 -> FLOATS;
            case I32 -> INTS;
            case BOOL -> new double[] {0, 1};
        };
    }
}
