package motley.nn;

import java.util.ArrayList;
import java.util.List;
import motley.tensor.DType;
import motley.tensor.Require;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// Several outputs of a model in one vector, one after another, and their targets in another.
///
/// As text: `several:cross-entropy[3]*1.0+mean-squared-error[1]*0.5`. A class is one number of the
/// targets' vector, so that `cross-entropy[3]` takes three outputs and one target.
public final class Several {
    static final String PREFIX = "several:";

    /// Outputs of a model, at most.
    public static final int TERMS_MAX = 64;

    private Several() {}

    /// One output.
    ///
    /// @param count of the output vector's elements
    /// @param weight of its loss in the sum, finite and at least 0
    public record Term(Loss loss, int count, double weight) {
        public Term {
            Require.require(count >= 1, "count: %d (expected: at least 1)", count);
            boolean holds = weight >= 0 && Double.isFinite(weight);
            Require.require(holds, "weight: %s (expected: at least 0)", weight);
            boolean single = !(loss instanceof Loss.Joint);
            Require.require(single, "loss: several in one (expected: a single loss)");
        }

        /// Elements of the targets' vector.
        public int targets() {
            return loss.target(Shape.of(count)).shape().count();
        }
    }

    static void require(List<Term> terms) {
        boolean holds = !terms.isEmpty() && terms.size() <= TERMS_MAX;
        Require.require(holds, "outputs: %d (expected: 1 to %d)", terms.size(), TERMS_MAX);
    }

    static TensorType target(List<Term> terms, Shape output) {
        long count = terms.stream().mapToLong(Term::count).sum();
        boolean fits = output.equals(Shape.of((int) Math.min(count, Integer.MAX_VALUE)));
        Require.require(fits, "output: %s (expected: [%d], of several losses)", output, count);
        int targets = terms.stream().mapToInt(Term::targets).sum();
        return new TensorType(DType.F32, Shape.of(targets));
    }

    static String text(List<Term> terms) {
        var parts = new ArrayList<String>();
        for (var term : terms) {
            parts.add("%s[%d]*%s".formatted(term.loss.text(), term.count, term.weight));
        }
        return PREFIX + String.join("+", parts);
    }

    static List<Term> parse(String text) {
        var terms = new ArrayList<Term>();
        for (var part : text.substring(PREFIX.length()).split("\\+", -1)) terms.add(term(part));
        return terms;
    }

    private static Term term(String part) {
        int open = part.indexOf('[');
        int close = part.indexOf("]*");
        boolean holds = open > 0 && close > open;
        Require.require(holds, "loss: %s (expected: LOSS[COUNT]*WEIGHT)", part);
        try {
            int count = Integer.parseInt(part.substring(open + 1, close));
            double weight = Double.parseDouble(part.substring(close + 2));
            return new Term(Loss.named(part.substring(0, open)), count, weight);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "loss: %s (expected: LOSS[COUNT]*WEIGHT)".formatted(part), e);
        }
    }
}
