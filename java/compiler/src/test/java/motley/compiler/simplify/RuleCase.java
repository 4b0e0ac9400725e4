package motley.compiler.simplify;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.reference.Values;
import motley.programs.Extraordinary;
import motley.programs.Sample;
import motley.tensor.DType;
import motley.tensor.Shape;
import motley.tensor.TensorType;

/// A way to make programs that hold nothing but what one rule looks for, at random shapes.
///
/// @param rule what it says, for a failure
/// @param pass the name of the pass that has it
/// @param trigger makes the value the rule is about
record RuleCase(String rule, String pass, Function<Site, Var> trigger) {
    Sample sample(long seed) {
        return Site.sample(seed, site -> site.results.addFirst(trigger.apply(site)));
    }

    Pass thePass() {
        return Pass.ALL.stream().filter(p -> p.name().equals(pass)).findFirst().orElseThrow();
    }

    /// Where triggers are built: params and choices at random.
    static final class Site {
        final ProgramBuilder b = new ProgramBuilder();
        final SplittableRandom random;
        final List<Var> results = new ArrayList<>();

        private final List<TensorType> asked = new ArrayList<>();
        private final List<Var> declared;

        private Site(long seed, List<TensorType> params) {
            random = new SplittableRandom(seed);
            declared = params.stream().map(b::param).toList();
        }

        /// What `triggers` build, with operands. They run twice: params come before all equations,
        /// so the first time, with zeros for params, tells which there will be.
        static Sample sample(long seed, Consumer<Site> triggers) {
            var trial = new Site(seed, List.of());
            triggers.accept(trial);
            var site = new Site(seed, trial.asked);
            triggers.accept(site);
            var operands = site.asked.stream().map(site::operand).toList();
            var sample = new Sample(site.b.build(site.results), operands);
            return Extraordinary.sprinkled(sample, site.random);
        }

        /// Axes of two elements or more, so that every permutation is seen.
        Shape shape(int rank) {
            return new Shape(random.ints(rank, 2, 5).boxed().toList());
        }

        Var param(DType dtype, Shape shape) {
            return param(new TensorType(dtype, shape));
        }

        Var param(TensorType type) {
            asked.add(type);
            return declared.isEmpty() ? b.fill(type, 0) : declared.get(asked.size() - 1);
        }

        Var floats(int rank) {
            return param(DType.F32, shape(rank));
        }

        /// A number as likely at an edge of f32 as not.
        double number() {
            return random.nextBoolean()
                    ? Extraordinary.number(DType.F32, random)
                    : (float) random.nextDouble(-3, 3);
        }

        Var fill(Shape shape, double value) {
            return b.fill(TensorType.f32().with(shape), value);
        }

        /// A permutation that moves an axis.
        Integer[] permutation(int rank) {
            int step = random.nextInt(1, rank);
            var order = new Integer[rank];
            for (int axis = 0; axis < rank; axis++) order[axis] = (axis + step) % rank;
            return order;
        }

        private Values operand(TensorType type) {
            return Values.tabulate(
                    type,
                    _ ->
                            switch (type.dtype()) {
                                case F32 -> random.nextInt(-8, 9) / 4.0;
                                case I32 -> random.nextInt(-3, 4);
                                case BOOL -> random.nextInt(2);
                            });
        }
    }
}
