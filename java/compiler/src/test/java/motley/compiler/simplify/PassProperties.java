package motley.compiler.simplify;

import static org.assertj.core.api.Assertions.assertThat;

import motley.program.Limits;
import motley.program.Program;
import motley.program.ProgramBuilder;
import motley.program.Verifier;
import motley.program.reference.Accuracy;
import motley.program.reference.ErrorBound;
import motley.program.reference.Reference;
import motley.programs.Options;
import motley.programs.RandomPrograms;
import motley.programs.Sample;
import motley.programs.Seeds;
import motley.tensor.Shape;
import motley.tensor.TensorType;
import org.junit.jupiter.api.Test;

/// Laws of every pass over random programs.
final class PassProperties {
    private static final int SEEDS = 60;

    @Test
    void passesPreserveTheReferencesValues() {
        forEachPass("passesPreserveTheReferencesValues", PassProperties::assertPreserves);
    }

    private static void assertPreserves(Pass pass, Sample sample) {
        var before = ErrorBound.evaluate(sample.program(), sample.operands(), Accuracy.FLOAT32);
        var rewritten = pass.apply(sample.program());
        var after = Reference.evaluate(rewritten, sample.operands());
        for (int i = 0; i < after.size(); i++) {
            for (int position = 0; position < after.get(i).count(); position++) {
                assertThat(before.get(i).contains(position, after.get(i).get(position)))
                        .as("%s: result %d, element %d", pass.name(), i, position)
                        .isTrue();
            }
        }
    }

    @Test
    void passesGiveWellTypedPrograms() {
        forEachPass(
                "passesGiveWellTypedPrograms",
                (pass, sample) -> Verifier.verify(pass.apply(sample.program()), Limits.NONE));
    }

    @Test
    void passesAppliedTwiceAreAppliedOnce() {
        forEachPass(
                "passesAppliedTwiceAreAppliedOnce",
                (pass, sample) -> {
                    var once = pass.apply(sample.program());
                    assertThat(pass.apply(once)).as(pass.name()).isEqualTo(once);
                });
    }

    private interface Check {
        void accept(Pass pass, Sample sample);
    }

    private static void forEachPass(String method, Check check) {
        Seeds.forEach(
                SEEDS,
                PassProperties.class,
                method,
                seed -> {
                    var sample = RandomPrograms.generate(seed, Options.forEngines());
                    for (var pass : Pass.ALL) check.accept(pass, sample);
                });
    }

    @Test
    void chainsOfMovementBecomeOne() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(2, 3, 4));
        var y = b.transpose(b.transpose(x, 1, 2, 0), 2, 0, 1);
        var z = b.reshape(b.reshape(x, Shape.of(24)), Shape.of(6, 4));
        var result = simplified(b.build(java.util.List.of(y, z)));

        assertThat(result.results().getFirst()).isEqualTo(result.params().getFirst());
        assertThat(result.equations()).hasSize(1);
    }

    @Test
    void transposesOfMatricesGoIntoTheContraction() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(5, 3));
        var w = b.param(TensorType.f32(7, 5));
        var y = b.matmul(b.transpose(x, 1, 0), b.transpose(w, 1, 0));
        var result = simplified(b.build(java.util.List.of(y)));

        assertThat(result.equations()).hasSize(1);
    }

    @Test
    void equalEquationsAreComputedOnce() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(5));
        var y = b.add(b.exp(x), b.exp(x));
        var result = simplified(b.build(java.util.List.of(y)));

        assertThat(result.equations()).hasSize(2);
    }

    @Test
    void addingZeroStaysBecauseOfNegativeZero() {
        var b = new ProgramBuilder();
        var x = b.param(TensorType.f32(5));
        var result = simplified(b.build(java.util.List.of(b.scale(b.shift(x, 0), 1))));

        assertThat(result.equations()).hasSize(2);
    }

    private static Program simplified(Program program) {
        var simple = program;
        for (var pass : Pass.ALL) simple = pass.apply(simple);
        return simple;
    }
}
