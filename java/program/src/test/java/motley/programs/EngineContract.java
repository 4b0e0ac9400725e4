package motley.programs;

import static motley.tensor.TensorType.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import motley.program.BinaryKind;
import motley.program.Engine;
import motley.program.Engine.Carry;
import motley.program.Equation;
import motley.program.Op;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Var;
import motley.program.reference.Accuracy;
import motley.program.reference.ErrorBound;
import motley.program.reference.Reference;
import motley.program.reference.Values;
import motley.tensor.Shape;
import motley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// What every [Engine] promises; each implementation's tests extend it.
public abstract class EngineContract {
    private static final int PROGRAMS = 50;
    private static final int SHAPES = 20;

    /// A new engine, which the caller closes.
    protected abstract Engine engine();

    /// How exactly the engine computes.
    protected Accuracy accuracy() {
        return Accuracy.FLOAT32;
    }

    /// Whether numbers below the smallest normal one are numbers, and not zeros.
    protected boolean keepsSubnormals() {
        return true;
    }

    @Test
    void everyOperationIsWithinItsErrorBound() {
        try (var engine = engine()) {
            for (var operation : OpCases.all().toList()) {
                requireWithinBound(engine, operation.sample(new SplittableRandom(1)));
            }
        }
    }

    @Test
    void randomProgramsAreWithinTheirErrorBound() {
        try (var engine = engine()) {
            Seeds.forEach(
                    PROGRAMS,
                    getClass(),
                    "randomProgramsAreWithinTheirErrorBound",
                    seed ->
                            requireWithinBound(
                                    engine, RandomPrograms.generate(seed, Options.forEngines())));
        }
    }

    /// Shapes of any rank, several vectors and tiles with their rests, strides, paddings, dilations
    /// and groups.
    @Test
    void everyOperationIsWithinItsErrorBoundForAnyShape() {
        try (var engine = engine()) {
            Seeds.forEach(
                    SHAPES,
                    getClass(),
                    "everyOperationIsWithinItsErrorBoundForAnyShape",
                    seed ->
                            RandomPrograms.everyOperation(seed, Options.forLargeValues())
                                    .forEach(sample -> requireWithinBound(engine, sample)));
        }
    }

    /// Such as a product of a reversed and a strided operand.
    @Test
    void randomProgramsOfLargeValuesAreWithinTheirErrorBound() {
        try (var engine = engine()) {
            Seeds.forEach(
                    PROGRAMS,
                    getClass(),
                    "randomProgramsOfLargeValuesAreWithinTheirErrorBound",
                    seed ->
                            requireWithinBound(
                                    engine,
                                    RandomPrograms.generate(seed, Options.forLargeValues())));
        }
    }

    /// NaN, infinities, both zeros, subnormal and the largest numbers, the ends of i32.
    @Test
    void extraordinaryNumbersGoWhereTheFormulaTakesThem() {
        try (var engine = engine()) {
            Seeds.forEach(
                    SHAPES,
                    getClass(),
                    "extraordinaryNumbersGoWhereTheFormulaTakesThem",
                    seed -> {
                        var random = new SplittableRandom(seed);
                        var shaped = RandomPrograms.everyOperation(seed, Options.forLargeValues());
                        Stream.concat(OpCases.all().map(c -> c.sample(random)), shaped.stream())
                                .map(sample -> Extraordinary.sprinkled(sample, random))
                                .map(this::kept)
                                .forEach(sample -> requireExtraordinary(engine, sample));
                    });
        }
    }

    @Test
    void aProgramRunsOnce() {
        var b = new ProgramBuilder();
        var x = b.param(f32(2));
        var y = b.param(f32(2));
        var program = b.build(List.of(b.add(x, y), b.mul(x, y)));
        var three = Tensor.ofFloats(Shape.of(2), 3, 4);
        try (var engine = engine()) {
            var results = engine.run(program, three, Tensor.ofFloats(Shape.of(2), 10, 20));
            assertThat(results.get(0).toFloats()).containsExactly(13, 24);
            assertThat(results.get(1).toFloats()).containsExactly(30, 80);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.run(program, three))
                    .withMessage("params: 1 (expected: 2)");
        }
    }

    private Sample kept(Sample sample) {
        return keepsSubnormals() ? sample : Extraordinary.withoutSubnormals(sample);
    }

    private void requireExtraordinary(Engine engine, Sample sample) {
        var op = sample.program().equations().getFirst().op();
        // Convolutions may multiply what is not finite with padding, or mix a tile of it.
        boolean spreads = op instanceof Op.Contraction && !(op instanceof Op.DotGeneral);
        if (!spreads) requireWithinBound(engine, sample);
        var expected = Reference.evaluate(sample.program(), sample.operands()).getFirst();
        var result = Values.of(run(engine, sample).getFirst());
        for (int i = 0; i < result.count(); i++) {
            double value = expected.get(i);
            boolean same =
                    (Double.isNaN(value) && !spreads)
                            ? Double.isNaN(result.get(i))
                            : Double.isFinite(value) || !Double.isFinite(result.get(i));
            assertThat(same)
                    .as(
                            "element %d: %s (expected: %s) of %s",
                            i, result.get(i), value, sample.program())
                    .isTrue();
        }
    }

    @Test
    void equalInputsGiveEqualBits() {
        try (var engine = engine();
                var other = engine()) {
            for (long seed = 0; seed < PROGRAMS; seed++) {
                var sample = RandomPrograms.generate(seed, Options.forEngines());
                var first = bits(run(engine, sample));
                assertThat(bits(run(engine, sample))).isEqualTo(first);
                assertThat(bits(run(other, sample))).isEqualTo(first);
            }
        }
    }

    @Test
    void operandsAreLeftUnchanged() {
        try (var engine = engine()) {
            for (long seed = 0; seed < PROGRAMS; seed++) {
                var sample = RandomPrograms.generate(seed, Options.forEngines());
                var operands = sample.tensors();
                var before = bits(operands);
                run(engine, sample.program(), operands);
                assertThat(bits(operands)).isEqualTo(before);
            }
        }
    }

    @Test
    void illTypedProgramIsRefused() {
        var x = new Var(0, f32(2));
        var y = new Var(1, f32(3));
        var sum = new Equation(new Var(2, f32(2)), new Op.Binary(BinaryKind.ADD), List.of(x, y));
        var program = new Program(List.of(x, y), List.of(sum), List.of(sum.out()));
        try (var engine = engine()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> engine.prepare(program, List.of()));
        }
    }

    @Test
    void paramsAndEqualValuesMayBeResults() {
        var b = new ProgramBuilder();
        var x = b.param(f32(2));
        var y = b.neg(x);
        var sample = new Sample(b.build(List.of(y, x, y)), List.of(Values.of(f32(2), 1, -2)));
        try (var engine = engine()) {
            var results = run(engine, sample);
            assertThat(results.get(0).toFloats()).containsExactly(-1, 2);
            assertThat(results.get(1).toFloats()).containsExactly(1, -2);
            assertThat(results.get(2).toFloats()).containsExactly(-1, 2);
        }
    }

    /// `(x, y) → (x + y, x)` with the sum carried to x and the old x to y: Fibonacci numbers.
    @Test
    void carriedResultsBecomeParamsOfTheNextRun() {
        var b = new ProgramBuilder();
        var x = b.param(f32(1));
        var y = b.param(f32(1));
        var program = b.build(List.of(b.add(x, y), x));
        var seen = new ArrayList<Float>();
        try (var engine = engine();
                var run = engine.prepare(program, List.of(new Carry(0, 0), new Carry(1, 1)))) {
            run.write(0, scalar(1));
            run.write(1, scalar(0));
            var into = scalar(0);
            for (int i = 0; i < 6; i++) {
                run.run();
                run.read(0, into);
                seen.add(into.getFloat(0));
            }
        }
        assertThat(seen).containsExactly(1f, 2f, 3f, 5f, 8f, 13f);
    }

    @Test
    void valuesWrittenStayUntilTheyAreWrittenAgain() {
        var b = new ProgramBuilder();
        var x = b.param(f32(1));
        var y = b.param(f32(1));
        var program = b.build(List.of(b.sub(x, y)));
        try (var engine = engine();
                var run = engine.prepare(program, List.of())) {
            var into = scalar(0);
            run.write(0, scalar(5));
            run.write(1, scalar(2));
            run.run();
            run.write(1, scalar(4));
            run.run();
            run.read(0, into);
            assertThat(into.getFloat(0)).isEqualTo(1);
        }
    }

    @Test
    void carryThatDoesNotFitIsRefused() {
        var b = new ProgramBuilder();
        var x = b.param(f32(2));
        var program = b.build(List.of(b.sumAll(x)));
        try (var engine = engine()) {
            for (var carry : List.of(new Carry(0, 0), new Carry(1, 0), new Carry(0, 1))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> engine.prepare(program, List.of(carry)));
            }
        }
    }

    @Test
    void tensorsOfAnotherTypeAreRefused() {
        var b = new ProgramBuilder();
        var program = b.build(List.of(b.neg(b.param(f32(2)))));
        try (var engine = engine();
                var run = engine.prepare(program, List.of())) {
            var wrong = Tensor.ofInts(Shape.of(2), 1, 2);
            assertThatIllegalArgumentException().isThrownBy(() -> run.write(0, wrong));
            assertThatIllegalArgumentException().isThrownBy(() -> run.read(0, wrong));
        }
    }

    private void requireWithinBound(Engine engine, Sample sample) {
        var bounds = ErrorBound.evaluate(sample.program(), sample.operands(), accuracy());
        var results = run(engine, sample);
        for (int r = 0; r < bounds.size(); r++) {
            var bound = bounds.get(r);
            var result = Values.of(results.get(r));
            for (int i = 0; i < result.count(); i++) {
                assertThat(bound.contains(i, result.get(i)))
                        .as(
                                "result %d, element %d: %s (expected: %s ± %s) of %s",
                                r,
                                i,
                                result.get(i),
                                bound.center().get(i),
                                bound.radius().get(i),
                                sample.program().equations())
                        .isTrue();
            }
        }
    }

    private static List<Tensor> run(Engine engine, Sample sample) {
        return run(engine, sample.program(), sample.tensors());
    }

    private static List<Tensor> run(Engine engine, Program program, List<Tensor> operands) {
        try (var run = engine.prepare(program, List.of())) {
            for (int i = 0; i < operands.size(); i++) run.write(i, operands.get(i));
            run.run();
            var results = program.resultTypes().stream().map(Tensor::onHeap).toList();
            for (int i = 0; i < results.size(); i++) run.read(i, results.get(i));
            return results;
        }
    }

    private static List<Values> bits(List<Tensor> tensors) {
        return tensors.stream().map(Values::of).toList();
    }

    private static Tensor scalar(float value) {
        return Tensor.ofFloats(Shape.of(1), value);
    }
}
