package motley.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.UnaryKind;
import motley.program.Var;
import motley.program.autodiff.Autodiff;
import motley.program.reference.Accuracy;
import motley.program.reference.ErrorBound;
import motley.program.reference.Values;
import motley.programs.Seeds;
import motley.tensor.Tensor;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Laws of what works row by row: softmax, its logarithm and normalisation, with their gradients,
/// for random shapes.
final class RowsProperties {
    private static final int SEEDS = 24;

    /// Rows and their results, drawn from a seed.
    private record Chain(Program program, List<Tensor> operands) {
        static Chain draw(long seed) {
            var random = new SplittableRandom(seed);
            int rows = random.nextInt(1, 12) * random.nextInt(1, 12);
            int width = random.nextInt(1, 70);
            var b = new ProgramBuilder();
            var x = b.param(TensorType.f32(rows, width));
            var dy = b.param(TensorType.f32(rows, width));
            var gain = b.param(TensorType.f32(width));
            var y =
                    switch (random.nextInt(3)) {
                        case 0 -> softmax(b, x);
                        case 1 -> b.log(softmax(b, x));
                        default -> normalized(b, x, gain);
                    };
            var results = new ArrayList<>(List.of(y));
            results.addAll(Autodiff.pullback(b, List.of(y), List.of(dy), List.of(x, gain)));
            var operands = new ArrayList<Tensor>();
            for (var param : b.build(results).params()) operands.add(tensor(param, random));
            return new Chain(b.build(results), operands);
        }

        private static Tensor tensor(Var param, SplittableRandom random) {
            var tensor = Tensor.onHeap(param.type());
            for (int i = 0; i < param.type().shape().count(); i++) {
                tensor.setFloat(i, (float) random.nextDouble(-2, 2));
            }
            return tensor;
        }

        private static Var softmax(ProgramBuilder b, Var x) {
            var shape = x.type().shape();
            var e = b.exp(b.sub(x, b.alongOutermost(b.maxOver(x, 1), shape)));
            return b.div(e, b.alongOutermost(b.sum(e, 1), shape));
        }

        private static Var normalized(ProgramBuilder b, Var x, Var gain) {
            var shape = x.type().shape();
            double share = 1.0 / shape.dim(1);
            var mean = b.scale(b.sum(x, 1), share);
            var centered = b.sub(x, b.alongOutermost(mean, shape));
            var variance = b.scale(b.sum(b.mul(centered, centered), 1), share);
            var scale = b.unary(UnaryKind.RSQRT, b.shift(variance, 1e-2));
            var unit = b.mul(centered, b.alongOutermost(scale, shape));
            return b.mul(unit, b.alongInnermost(gain, shape));
        }
    }

    @Test
    void resultsLieWithinTheDerivedBoundOfTheReference() {
        try (var engine = CpuEngine.open(new CpuSettings(2))) {
            forEachChain(
                    "resultsLieWithinTheDerivedBoundOfTheReference",
                    chain -> {
                        var operands = chain.operands().stream().map(Values::of).toList();
                        var bounds =
                                ErrorBound.evaluate(chain.program(), operands, Accuracy.FLOAT32);
                        var results = Runs.once(engine, chain.program(), chain.operands());
                        for (int r = 0; r < results.size(); r++) {
                            var values = Values.of(results.get(r));
                            for (int i = 0; i < values.count(); i++) {
                                assertThat(bounds.get(r).contains(i, values.get(i)))
                                        .as("result %d, element %d", r, i)
                                        .isTrue();
                            }
                        }
                    });
        }
    }

    @Test
    void bitsDependOnNeitherThreadsNorCompilation() {
        try (var one = CpuEngine.open(new CpuSettings(1));
                var two = CpuEngine.open(new CpuSettings(2));
                var three = CpuEngine.open(new CpuSettings(3));
                var seven = CpuEngine.open(new CpuSettings(7));
                var interpreted = CpuEngine.interpreting(new CpuSettings(3))) {
            forEachChain(
                    "bitsDependOnNeitherThreadsNorCompilation",
                    chain -> {
                        var expected = Runs.once(one, chain.program(), chain.operands());
                        for (var other : List.of(two, three, seven, interpreted)) {
                            var results = Runs.once(other, chain.program(), chain.operands());
                            for (int r = 0; r < results.size(); r++) {
                                assertThat(Runs.sameBits(results.get(r), expected.get(r)))
                                        .as("result %d", r)
                                        .isTrue();
                            }
                        }
                    });
        }
    }

    private interface Check {
        void accept(Chain chain);
    }

    private static void forEachChain(String method, Check check) {
        Seeds.forEach(SEEDS, RowsProperties.class, method, seed -> check.accept(Chain.draw(seed)));
    }
}
